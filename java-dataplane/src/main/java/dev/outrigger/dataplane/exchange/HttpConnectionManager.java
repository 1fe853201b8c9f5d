// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.accesslog.AccessLog;
import dev.outrigger.dataplane.config.HeaderNameCase;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.ServerHeader;
import dev.outrigger.dataplane.config.OnDemand;
import dev.outrigger.dataplane.config.RouteMatchConfig.ValueMatch;
import dev.outrigger.dataplane.filter.FactoryContext;
import dev.outrigger.dataplane.filter.HttpFilters;
import dev.outrigger.dataplane.filter.headermutation.HeaderChanges;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.EncoderOptions;
import dev.outrigger.dataplane.message.HeaderKeyFormat;
import dev.outrigger.dataplane.message.PreserveCase;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.RequestReader;
import dev.outrigger.dataplane.message.SoundHeaders;
import dev.outrigger.dataplane.message.WireText;
import dev.outrigger.dataplane.route.Routes;
import dev.outrigger.dataplane.route.ScopedRoutes;
import dev.outrigger.dataplane.route.ValueMatcher;
import dev.outrigger.dataplane.upstream.Cluster;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP connection manager compiled, together with the routes and clusters it works with as of
 * one moment. Immutable: a swap makes a new one, and an exchange keeps the one it began with.
 */
public final class HttpConnectionManager {
    private final Settings settings;
    private final @Nullable Routes routes;
    private final @Nullable ScopedRoutes scopes;
    private final Map<String, Cluster> clusters;

    /**
     * @param routes {@code null} before the route table has arrived
     */
    public HttpConnectionManager(
            Settings settings, @Nullable Routes routes, Map<String, Cluster> clusters) {
        this(settings, routes, null, clusters);
    }

    /** With a route table for each scope of requests. */
    public HttpConnectionManager(
            Settings settings, ScopedRoutes scopes, Map<String, Cluster> clusters) {
        this(settings, null, scopes, clusters);
    }

    private HttpConnectionManager(
            Settings settings,
            @Nullable Routes routes,
            @Nullable ScopedRoutes scopes,
            Map<String, Cluster> clusters) {
        this.settings = settings;
        this.routes = routes;
        this.scopes = scopes;
        this.clusters = clusters;
    }

    public Settings settings() {
        return settings;
    }

    /** The same with the routes and clusters of another moment. */
    HttpConnectionManager withRoutesOf(HttpConnectionManager other) {
        return new HttpConnectionManager(settings, other.routes, other.scopes, other.clusters);
    }

    /** The route table for a request. */
    @Nullable Routes routes(RequestHead head) {
        return scopes == null ? routes : scopes.find(head);
    }

    /** The request's scope, if its routes may be asked for. */
    @Nullable OnDemand scopeOnDemand(RequestHead head) {
        return scopes == null ? null : scopes.findOnDemand(head);
    }

    @Nullable Cluster cluster(String name) {
        return clusters.get(name);
    }

    /**
     * The filters of an upgrade that has its own.
     *
     * @param upstreamLogs its router's
     */
    public record UpgradeChain(HttpFilters filters, List<AccessLog> upstreamLogs) {}

    /** The part that depends on the listener alone. Immutable. */
    public static final class Settings {
        final HttpConnectionManagerConfig config;
        final HcmStats stats;
        final PathNormalizer paths;
        final AccessLog[] accessLogs;
        final byte[] serverName;
        final byte[] via;
        final HeaderChanges[] earlyMutations;
        final @Nullable ProxyStatus proxyStatus;
        final boolean overwriteServer;
        final boolean passServer;
        final RouterOptions router;
        final long streamIdleTimeoutNanos;
        final long requestTimeoutNanos;
        final long maxStreamDurationNanos;
        final int bufferLimitBytes;
        private final HttpFilters filters;
        private final Map<String, HttpFilters> upgradeFilters = new HashMap<>();
        private final Map<String, RouterOptions> upgradeRouters = new HashMap<>();
        final @Nullable LocalReplyMapping localReplies;
        final byte[] serviceCluster;
        final byte[] serviceNode;

        /** Whether what it adds to every request may be sent. */
        final boolean addsSound;

        final long logIntervalNanos;
        private final RequestReader.Options readerOptions;
        private final RequestReader.Options securedReaderOptions;
        private final EncoderOptions encoderOptions;

        /**
         * @param upstreamLogs the router's
         * @param context of its filters
         * @param upgradeChains those of upgrades that have their own, by lower-case type
         * @param serviceNode the node's id
         */
        public Settings(
                HttpConnectionManagerConfig config,
                HcmStats stats,
                List<AccessLog> accessLogs,
                List<AccessLog> upstreamLogs,
                int bufferLimitBytes,
                FactoryContext context,
                Map<String, UpgradeChain> upgradeChains,
                String serviceNode) {
            this.config = config;
            this.stats = stats;
            this.paths = new PathNormalizer(config, context.runtime().snapshot(), context.random());
            this.accessLogs = accessLogs.toArray(AccessLog[]::new);
            this.serverName = WireText.bytes(serverName(config));
            this.via = WireText.bytes(config.via());
            this.earlyMutations =
                    config.forwarding().earlyHeaderMutations().stream()
                            .map(HeaderChanges::of)
                            .toArray(HeaderChanges[]::new);
            this.proxyStatus =
                    config.forwarding()
                            .proxyStatus()
                            .map(status -> new ProxyStatus(status, serverName(config), serviceNode))
                            .orElse(null);
            this.overwriteServer = config.serverHeader() == ServerHeader.OVERWRITE;
            this.passServer = config.serverHeader() == ServerHeader.PASS_THROUGH;
            this.router = RouterOptions.of(config.httpFilters(), upstreamLogs, context);
            this.streamIdleTimeoutNanos = config.streamIdleTimeout().toNanos();
            this.requestTimeoutNanos = config.requestTimeout().toNanos();
            this.maxStreamDurationNanos =
                    config.maxStreamDuration().map(d -> d.toNanos()).orElse(0L);
            this.bufferLimitBytes = bufferLimitBytes;
            this.filters = HttpFilters.compile(config.httpFilters(), context);
            upgradeChains.forEach((type, chain) -> {
                upgradeFilters.put(type, chain.filters());
                upgradeRouters.put(
                        type,
                        RouterOptions.of(
                                Objects.requireNonNull(config.upgrades().get(type)).filters(),
                                chain.upstreamLogs(),
                                context));
            });
            this.localReplies = LocalReplyMapping.of(config.localReply());
            this.serviceCluster = WireText.bytes(context.serviceCluster());
            this.serviceNode = WireText.bytes(serviceNode);
            this.addsSound =
                    SoundHeaders.isValue(via)
                            && (!config.forwarding().addUserAgent()
                                    || (SoundHeaders.isValue(serviceCluster)
                                            && SoundHeaders.isValue(this.serviceNode)));
            this.logIntervalNanos = config.accessLogTimes().interval().toNanos();
            this.readerOptions = readerOptions(config);
            this.securedReaderOptions = readerOptions.secured();
            this.encoderOptions =
                    new EncoderOptions(
                            config.http1Options().headerNameCase() instanceof HeaderNameCase.Proper
                                    ? HeaderKeyFormat.ProperCase.INSTANCE
                                    : null,
                            false,
                            config.http1Options().enableTrailers());
        }

        private static String serverName(HttpConnectionManagerConfig config) {
            return config.serverName().isEmpty() ? "envoy" : config.serverName();
        }

        public HttpConnectionManagerConfig config() {
            return config;
        }

        public HcmStats stats() {
            return stats;
        }

        /**
         * The filters of an exchange.
         *
         * @param upgrade its type; {@code null} for none
         */
        HttpFilters filters(@Nullable String upgrade) {
            return upgrade == null ? filters : upgradeFilters.getOrDefault(upgrade, filters);
        }

        /**
         * What the router of an exchange's filters says.
         *
         * @param upgrade its type; {@code null} for none
         */
        RouterOptions router(@Nullable String upgrade) {
            return upgrade == null ? router : upgradeRouters.getOrDefault(upgrade, router);
        }

        /**
         * What the codec of this manager's connections allows.
         *
         * @param secured whether the connection is encrypted
         */
        public RequestReader.Options readerOptions(boolean secured) {
            return secured ? securedReaderOptions : readerOptions;
        }

        /** How the codec of this manager's connections writes. */
        public EncoderOptions encoderOptions() {
            return encoderOptions;
        }

        private static RequestReader.Options readerOptions(HttpConnectionManagerConfig config) {
            var http1 = config.http1Options();
            return new RequestReader.Options(
                    config.maxRequestHeadersBytes(),
                    config.maxHeadersCount(),
                    http1.allowAbsoluteUrl(),
                    http1.acceptHttp10(),
                    http1.allowChunkedLength(),
                    http1.allowCustomMethods(),
                    switch (config.headersWithUnderscoresAction()) {
                        case ALLOW -> RequestReader.Underscores.ALLOW;
                        case DROP_HEADER -> RequestReader.Underscores.DROP;
                        case REJECT_REQUEST -> RequestReader.Underscores.REJECT;
                    },
                    http1.headerNameCase()
                                    instanceof HeaderNameCase.Preserve(boolean proper, boolean why)
                            ? new PreserveCase(proper, why)
                            : null,
                    ignoredUpgrade(http1.ignoredUpgrades()),
                    WireText.of(http1.defaultHostForHttp10()),
                    config.useRemoteAddress() && config.xffNumTrustedHops() == 0);
        }

        private static @Nullable Predicate<String> ignoredUpgrade(List<ValueMatch> matches) {
            if (matches.isEmpty()) {
                return null;
            }
            List<ValueMatcher> matchers = matches.stream().map(ValueMatcher::of).toList();
            return type -> {
                byte[] bytes = Ascii.bytes(type);
                return matchers.stream().anyMatch(m -> m.matches(bytes, 0, bytes.length));
            };
        }
    }
}
