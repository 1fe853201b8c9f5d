// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import dev.outrigger.dataplane.config.ConnectConfig;
import dev.outrigger.dataplane.config.FilterFields;
import dev.outrigger.dataplane.config.HeaderEdits;
import dev.outrigger.dataplane.config.Metadata;
import dev.outrigger.dataplane.config.RouteActionConfig;
import dev.outrigger.dataplane.config.RouteActionConfig.Forward;
import dev.outrigger.dataplane.config.RouteActionConfig.HedgePolicyConfig;
import dev.outrigger.dataplane.config.RouteActionConfig.HostRewrite;
import dev.outrigger.dataplane.config.RouteActionConfig.InternalRedirectConfig;
import dev.outrigger.dataplane.config.RouteActionConfig.MirrorPolicyConfig;
import dev.outrigger.dataplane.config.RouteActionConfig.PathRewrite;
import dev.outrigger.dataplane.config.RouteActionConfig.Redirect;
import dev.outrigger.dataplane.config.RouteConfig;
import dev.outrigger.dataplane.config.RouteMatchConfig;
import dev.outrigger.dataplane.config.RouteMatchConfig.PathMatch;
import dev.outrigger.dataplane.config.RouteMatchConfig.TlsContextMatch;
import dev.outrigger.dataplane.config.RouteTable;
import dev.outrigger.dataplane.config.RuntimeFractionalPercent;
import dev.outrigger.dataplane.config.VirtualHostConfig;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.Method;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One route compiled: its conditions, what it does, and all that depends on its place. Immutable.
 */
public final class Route {
    private final String name;
    private final VirtualHost virtualHost;
    private final PathMatcher path;
    private final HeaderMatcher[] headers;
    private final QueryMatcher[] queryParameters;
    private final @Nullable RuntimeFractionalPercent runtimeFraction;
    private final boolean grpc;
    private final @Nullable TlsContextMatch tlsContext;
    private final boolean needsFilterState;
    private final MetadataMatcher[] metadata;
    private final RouteActionConfig action;
    private final boolean toTls;
    private final HeaderEditor responseEditor;
    private final ClusterChoice clusters;
    private final @Nullable RetryPolicy retryPolicy;
    private final boolean hedgeOnPerTryTimeout;
    private final RouteTimeouts timeouts;
    private final MirrorPolicy[] mirrors;
    private final HashPolicy hashPolicy;
    private final @Nullable InternalRedirectPolicy internalRedirect;
    private final PathRewriter pathRewriter;
    private final boolean soundPath;
    private final HostRewriter hostRewriter;
    private final boolean autoHostRewrite;
    private final boolean appendXForwardedHost;
    private final Map<String, Boolean> upgrades;
    private final @Nullable ConnectConfig connect;
    private final long bodyBufferLimit;
    private final @Nullable UpstreamRequestStats stats;
    private final PerFilterConfigs perFilterConfigs;
    private final FilterSettings filterSettings;

    /** What is above a route, and what it is compiled with. */
    record Place(
            VirtualHost virtualHost,
            VirtualHostConfig host,
            RouteTable table,
            StatsStore store,
            RouteFilters filters) {}

    Route(RouteConfig config, Place place) {
        this(config, place, false);
    }

    private Route(RouteConfig config, Place place, boolean toTls) {
        RouteMatchConfig match = config.match();
        VirtualHostConfig host = place.host();
        RouteTable table = place.table();
        this.name = config.name();
        this.virtualHost = place.virtualHost();
        var ownFilters =
                new PerFilterConfigs.Level(
                        config.filters().perFilterConfigs(), place.filters().compiler());
        this.filterSettings = FilterSettings.of(config.filters());
        this.perFilterConfigs = place.filters().with(ownFilters, PerFilterConfigs.Level.EMPTY);
        this.toTls = toTls;
        this.path = new PathMatcher(match.path(), match.caseSensitive());
        this.headers = HeaderMatcher.all(match.headers());
        this.queryParameters =
                match.queryParameters().stream()
                        .map(QueryMatcher::new)
                        .toArray(QueryMatcher[]::new);
        this.runtimeFraction = match.runtimeFraction().orElse(null);
        this.grpc = match.grpc();
        this.tlsContext = match.tlsContext().orElse(null);
        this.needsFilterState = match.needsFilterState();
        this.metadata = MetadataMatcher.all(match.dynamicMetadata());
        this.action = config.action();
        var edits = new HeaderLevels(config, host, table);
        this.responseEditor = toTls ? HeaderEditor.NONE : edits.response(HeaderEdits.NONE);
        this.bodyBufferLimit =
                config.requestBodyBufferLimitBytes()
                        .or(host::requestBodyBufferLimitBytes)
                        .orElse(-1L);
        this.stats =
                config.statPrefix().isEmpty()
                        ? null
                        : new UpstreamRequestStats(
                                place.store(),
                                virtualHost.statPrefix()
                                        + "route."
                                        + config.statPrefix().replace(':', '_')
                                        + '.',
                                "");
        Optional<Forward> forward =
                config.action() instanceof Forward f ? Optional.of(f) : Optional.empty();
        this.clusters =
                forward.map(f ->
                                ClusterChoice.of(
                                        f,
                                        edits,
                                        cluster -> place.filters().with(ownFilters, cluster),
                                        place.filters().compiler()))
                        .orElse(ClusterChoice.NOWHERE);
        this.retryPolicy =
                forward.flatMap(f -> f.retryPolicy().or(host::retryPolicy))
                        .map(RetryPolicy::new)
                        .orElse(null);
        this.hedgeOnPerTryTimeout =
                forward.flatMap(f -> f.hedgePolicy().or(host::hedgePolicy))
                        .map(HedgePolicyConfig::hedgeOnPerTryTimeout)
                        .orElse(false);
        this.timeouts = forward.map(f -> RouteTimeouts.of(f.timeouts())).orElse(RouteTimeouts.NONE);
        this.mirrors =
                forward.map(f -> MirrorPolicy.all(nearest(f, host, table)))
                        .orElse(new MirrorPolicy[0]);
        this.hashPolicy = new HashPolicy(forward.map(Forward::hashPolicies).orElse(List.of()));
        Optional<InternalRedirectConfig> redirect = forward.flatMap(Forward::internalRedirect);
        this.internalRedirect =
                redirect.map(r -> new InternalRedirectPolicy(r, config.name())).orElse(null);
        PathRewrite pathRewrite = pathRewrite(config.action());
        this.pathRewriter = PathRewriter.of(pathRewrite, match.path());
        this.soundPath = PathRewriter.isSound(pathRewrite);
        HostRewrite hostRewrite = forward.map(Forward::hostRewrite).orElse(new HostRewrite.None());
        this.hostRewriter = HostRewriter.of(hostRewrite);
        this.autoHostRewrite = hostRewrite instanceof HostRewrite.Auto;
        this.appendXForwardedHost = forward.map(Forward::appendXForwardedHost).orElse(false);
        this.upgrades = forward.map(Forward::upgrades).orElse(Map.of());
        this.connect = forward.flatMap(Forward::connect).orElse(null);
    }

    /** The redirect of a virtual host that wants https: no name, no header edits (V6). */
    static Route toTls(Place place) {
        var redirect = new Redirect(301, "", true, "", 0, "", new PathRewrite.None(), false);
        var config =
                new RouteConfig(
                        "",
                        RouteMatchConfig.of(new PathMatch.Prefix("")),
                        redirect,
                        HeaderEdits.NONE,
                        HeaderEdits.NONE,
                        Optional.empty(),
                        "",
                        FilterFields.NONE);
        return new Route(config, place, true);
    }

    private static List<MirrorPolicyConfig> nearest(
            Forward forward, VirtualHostConfig host, RouteTable table) {
        if (!forward.mirrors().isEmpty()) {
            return forward.mirrors();
        }
        return host.mirrors().isEmpty() ? table.mirrors() : host.mirrors();
    }

    private static PathRewrite pathRewrite(RouteActionConfig action) {
        return switch (action) {
            case Forward forward -> forward.pathRewrite();
            case Redirect redirect -> redirect.pathRewrite();
            case RouteActionConfig.DirectResponse _ -> new PathRewrite.None();
        };
    }

    /** Whether only CONNECT requests match, whatever their path. */
    boolean isConnect() {
        return path.isConnect();
    }

    /**
     * The condition on the path.
     *
     * @param length without the query
     */
    boolean pathMatches(byte[] data, int offset, int length) {
        return path.matches(data, offset, length);
    }

    /** All conditions but that on the path (M2). */
    boolean matches(RequestHead head, RouteContext context) {
        if ((tlsContext != null && !context.fits(tlsContext))
                || needsFilterState
                || (grpc && !head.isGrpc())
                || (runtimeFraction != null && !context.isEnabled(runtimeFraction))
                || (headers.length > 0 && !HeaderMatcher.allMatch(headers, head))) {
            return false;
        }
        for (QueryMatcher matcher : queryParameters) {
            if (!matcher.matches(head)) {
                return false;
            }
        }
        for (MetadataMatcher matcher : metadata) {
            if (!matcher.matches(context.metadata())) {
                return false;
            }
        }
        return true;
    }

    public String name() {
        return name;
    }

    public VirtualHost virtualHost() {
        return virtualHost;
    }

    public RouteActionConfig action() {
        return action;
    }

    /** Whether this is the virtual host's own redirect to https. */
    boolean isToTls() {
        return toTls;
    }

    /** The choice of a cluster for this request; {@code null} when nothing can be chosen. */
    public ClusterChoice.@Nullable Target target(RequestHead head, RouteContext context) {
        return clusters.choose(head, context);
    }

    /** Whether requests go to a cluster. */
    public boolean isForwarding() {
        return action instanceof Forward;
    }

    /** The field {@code cors}; {@code null} when it is not set. */
    public @Nullable CorsPolicy corsPolicy() {
        return filterSettings.cors();
    }

    public RateLimits rateLimits() {
        return filterSettings.rateLimits();
    }

    /** Whether the virtual host's rate limits count too. */
    public boolean includeVhRateLimits() {
        return filterSettings.includeVhRateLimits();
    }

    public Metadata metadata() {
        return filterSettings.metadata();
    }

    /** What the route says for filters, before a cluster is chosen. */
    public PerFilterConfigs perFilterConfigs() {
        return perFilterConfigs;
    }

    /** Edits that apply before a cluster is chosen: for direct responses and redirects. */
    public HeaderEditor responseEditor() {
        return responseEditor;
    }

    public @Nullable RetryPolicy retryPolicy() {
        return retryPolicy;
    }

    public boolean hedgeOnPerTryTimeout() {
        return hedgeOnPerTryTimeout;
    }

    public RouteTimeouts timeouts() {
        return timeouts;
    }

    public MirrorPolicy[] mirrors() {
        return mirrors;
    }

    public HashPolicy hashPolicy() {
        return hashPolicy;
    }

    public @Nullable InternalRedirectPolicy internalRedirect() {
        return internalRedirect;
    }

    /** What the route says about a protocol upgrade; {@code null} when it does not. */
    public @Nullable Boolean upgrade(String lowerCaseType) {
        return upgrades.get(lowerCaseType);
    }

    /** How a request ends here that goes on as plain TCP (W4); {@code null} where it does not. */
    public @Nullable ConnectConfig connectEnd(Method method) {
        ConnectConfig end = connect;
        boolean ends =
                end != null
                        && (method == Method.CONNECT || (end.allowPost() && method == Method.POST));
        return ends ? end : null;
    }

    /** -1 when the connection's buffer limit holds. */
    public long bodyBufferLimit() {
        return bodyBufferLimit;
    }

    /** The route's own stats, where it has a {@code stat_prefix}. */
    public @Nullable UpstreamRequestStats stats() {
        return stats;
    }

    public boolean isAutoHostRewrite() {
        return autoHostRewrite;
    }

    public boolean appendsXForwardedHost() {
        return appendXForwardedHost;
    }

    /** Rewrites the host, if the route says so (B6, B7). */
    public void rewriteHost(RequestHead head, boolean keepOriginal) {
        byte[] host = hostRewriter.rewrite(head);
        if (host != null && host.length > 0) {
            HostRewriter.replace(head.headers(), host, appendXForwardedHost, keepOriginal);
        }
    }

    /** Rewrites the path, if the route says so; the query stays (B2, B4, B5). */
    public void rewritePath(RequestHead head, boolean keepOriginal) {
        int matched =
                path.matchedLength(
                        head.headers().data(), head.pathOffset(), head.pathLengthWithoutQuery());
        byte[] rewritten = pathRewriter.rewrite(head, matched);
        if (rewritten == null) {
            return;
        }
        if (keepOriginal) {
            head.headers().set(KnownHeader.ENVOY_ORIGINAL_PATH, Ascii.bytes(head.path()));
        }
        if (!soundPath) {
            head.headers().doubt();
        }
        head.setPath(rewritten);
    }
}
