// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import dev.outrigger.dataplane.config.Metadata;
import dev.outrigger.dataplane.config.RouteActionConfig.VirtualClusterConfig;
import dev.outrigger.dataplane.config.RouteTable;
import dev.outrigger.dataplane.config.VirtualHostConfig;
import dev.outrigger.dataplane.config.VirtualHostConfig.TlsRequirement;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.Method;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A virtual host compiled. Immutable. */
public final class VirtualHost {
    private static final byte[] HTTPS = Ascii.bytes("https");

    private final String name;
    private final Route[] routes;
    private final @Nullable MatchTree matcher;
    private final TlsRequirement requireTls;
    private final Route tlsRedirect;
    private final boolean ignorePathParameters;
    private final VirtualCluster[] virtualClusters;
    private final @Nullable UpstreamRequestStats otherCluster;
    private final boolean requestAttemptCount;
    private final boolean attemptCountInResponse;
    private final boolean isTimeoutRetryHeader;
    private final FilterSettings filterSettings;

    @SuppressWarnings("ArrayRecordComponent") // never compared; read for each request
    private record VirtualCluster(HeaderMatcher[] headers, UpstreamRequestStats stats) {}

    VirtualHost(
            VirtualHostConfig config,
            RouteTable table,
            StatsStore store,
            PerFilterConfigs.Level tableFilters,
            PerFilterConfigs.Compiler compiler) {
        name = config.name();
        requestAttemptCount = config.includeRequestAttemptCount();
        attemptCountInResponse = config.includeAttemptCountInResponse();
        isTimeoutRetryHeader = config.includeIsTimeoutRetryHeader();
        requireTls = config.requireTls();
        ignorePathParameters = table.ignorePathParametersInPathMatching();
        filterSettings = FilterSettings.of(config.filters());
        var filters =
                RouteFilters.of(
                        tableFilters,
                        new PerFilterConfigs.Level(config.filters().perFilterConfigs(), compiler),
                        compiler);
        var place = new Route.Place(this, config, table, store, filters);
        tlsRedirect = Route.toTls(place);
        routes =
                config.routes().stream()
                        .map(route -> new Route(route, place))
                        .toArray(Route[]::new);
        matcher =
                config.matcher()
                        .map(tree ->
                                MatchTree.of(
                                        tree,
                                        new MatchTree.Parts(
                                                route -> new Route(route, place), store::counter)))
                        .orElse(null);
        String prefix = statPrefix() + "vcluster.";
        List<VirtualClusterConfig> clusters = config.virtualClusters();
        virtualClusters =
                clusters.stream()
                        .map(each -> virtualCluster(each, store, prefix))
                        .toArray(VirtualCluster[]::new);
        otherCluster =
                clusters.isEmpty() ? null : new UpstreamRequestStats(store, prefix + "other.", "");
    }

    private static VirtualCluster virtualCluster(
            VirtualClusterConfig config, StatsStore store, String prefix) {
        return new VirtualCluster(
                HeaderMatcher.all(config.headers()),
                new UpstreamRequestStats(
                        store, prefix + config.name().replace(':', '_') + '.', config.name()));
    }

    String statPrefix() {
        return "vhost." + name.replace(':', '_') + '.';
    }

    /** The first route that matches whole (M1), or the redirect to https (V6). */
    @Nullable Route find(RequestHead head, RouteContext context) {
        if (requireTls != TlsRequirement.NONE && mustRedirect(head.headers())) {
            return tlsRedirect;
        }
        int length = head.pathLengthWithoutQuery();
        boolean connect = head.method() == Method.CONNECT;
        byte[] data = head.headers().data();
        int offset = head.pathOffset();
        if (ignorePathParameters) {
            byte[] bare = withoutParameters(data, offset, length);
            if (bare != null) {
                data = bare;
                offset = 0;
                length = bare.length;
            }
        }
        Route[] candidates = matcher == null ? routes : matcher.find(head, context);
        if (candidates == null) {
            return null;
        }
        for (Route route : candidates) {
            boolean pathMatches =
                    route.isConnect()
                            ? connect
                            : head.pathLength() > 0 && route.pathMatches(data, offset, length);
            if (pathMatches && route.matches(head, context)) {
                return route;
            }
        }
        return null;
    }

    private boolean mustRedirect(HeaderBlock headers) {
        int entry = headers.find(KnownHeader.X_FORWARDED_PROTO);
        if (entry >= 0 && headers.valueEquals(entry, HTTPS)) {
            return false;
        }
        return requireTls == TlsRequirement.ALL || !headers.has(KnownHeader.ENVOY_INTERNAL);
    }

    /** The path without what follows a semicolon in each segment (M10); {@code null} for none. */
    private static byte @Nullable [] withoutParameters(byte[] data, int offset, int length) {
        int first = offset;
        while (first < offset + length && data[first] != ';') {
            first++;
        }
        if (first == offset + length) {
            return null;
        }
        byte[] bare = new byte[length];
        int size = 0;
        boolean parameters = false;
        for (int i = offset; i < offset + length; i++) {
            parameters = data[i] == ';' || (parameters && data[i] != '/');
            if (!parameters) {
                bare[size++] = data[i];
            }
        }
        return Arrays.copyOf(bare, size);
    }

    /** The stats of the first virtual cluster that matches, else of the catch-all (MI4). */
    public @Nullable UpstreamRequestStats virtualCluster(RequestHead head) {
        for (VirtualCluster cluster : virtualClusters) {
            if (HeaderMatcher.allMatch(cluster.headers(), head)) {
                return cluster.stats();
            }
        }
        return otherCluster;
    }

    /** The field {@code cors}; {@code null} when it is not set. */
    public @Nullable CorsPolicy corsPolicy() {
        return filterSettings.cors();
    }

    /** What the configuration says of it. */
    public Metadata metadata() {
        return filterSettings.metadata();
    }

    public RateLimits rateLimits() {
        return filterSettings.rateLimits();
    }

    public String name() {
        return name;
    }

    public boolean includeRequestAttemptCount() {
        return requestAttemptCount;
    }

    public boolean includeAttemptCountInResponse() {
        return attemptCountInResponse;
    }

    public boolean includeIsTimeoutRetryHeader() {
        return isTimeoutRetryHeader;
    }
}
