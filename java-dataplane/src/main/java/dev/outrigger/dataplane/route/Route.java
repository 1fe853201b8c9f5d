// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import dev.outrigger.dataplane.config.HeaderEdits;
import dev.outrigger.dataplane.config.RouteActionConfig;
import dev.outrigger.dataplane.config.RouteActionConfig.ClusterSpecifier;
import dev.outrigger.dataplane.config.RouteActionConfig.Forward;
import dev.outrigger.dataplane.config.RouteConfig;
import dev.outrigger.dataplane.config.RouteTable;
import dev.outrigger.dataplane.config.VirtualHostConfig;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.RequestHead;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
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
    private final RouteActionConfig action;
    private final HeaderEditor requestEditor;
    private final HeaderEditor responseEditor;
    private final Target[] targets;
    private final long totalWeight;
    private final @Nullable RetryPolicy retryPolicy;
    private final long timeoutNanos;
    private final long idleTimeoutNanos;
    private final long bodyBufferLimit;
    private final byte[] prefixRewrite;
    private final PerFilterConfigs perFilterConfigs;

    /** One cluster a route can send to, with the edits of that choice. */
    @SuppressWarnings("ArrayRecordComponent") // never compared; read as bytes on the hot path
    public record Target(
            String cluster,
            long weight,
            byte[] hostRewrite,
            HeaderEditor requestEditor,
            HeaderEditor responseEditor,
            PerFilterConfigs filters) {}

    /** The levels above a route, and how its own is compiled. */
    record Filters(
            PerFilterConfigs.Level table,
            PerFilterConfigs.Level host,
            PerFilterConfigs inherited,
            PerFilterConfigs.Compiler compiler) {
        static Filters of(
                PerFilterConfigs.Level table,
                PerFilterConfigs.Level host,
                PerFilterConfigs.Compiler compiler) {
            return new Filters(table, host, PerFilterConfigs.of(table, host), compiler);
        }

        /** Most routes add nothing, and share what their virtual host has. */
        PerFilterConfigs with(PerFilterConfigs.Level route, PerFilterConfigs.Level cluster) {
            return route.isEmpty() && cluster.isEmpty()
                    ? inherited
                    : PerFilterConfigs.of(table, host, route, cluster);
        }
    }

    Route(
            RouteConfig config,
            VirtualHost virtualHost,
            VirtualHostConfig host,
            RouteTable table,
            Filters filters) {
        this.name = config.name();
        this.virtualHost = virtualHost;
        this.path = new PathMatcher(config.match().path(), config.match().caseSensitive());
        this.headers = HeaderMatcher.all(config.match().headers());
        this.queryParameters =
                config.match().queryParameters().stream()
                        .map(QueryMatcher::new)
                        .toArray(QueryMatcher[]::new);
        this.action = config.action();
        this.requestEditor =
                editor(
                        table,
                        config.requestHeaders(),
                        host.requestHeaders(),
                        table.requestHeaders(),
                        HeaderEdits.NONE);
        this.responseEditor =
                editor(
                        table,
                        config.responseHeaders(),
                        host.responseHeaders(),
                        table.responseHeaders(),
                        HeaderEdits.NONE);
        Optional<Long> limit =
                config.requestBodyBufferLimitBytes().or(host::requestBodyBufferLimitBytes);
        this.bodyBufferLimit = limit.orElse(-1L);
        var own = new PerFilterConfigs.Level(config.perFilterConfigs(), filters.compiler());
        this.perFilterConfigs = filters.with(own, PerFilterConfigs.Level.EMPTY);
        if (config.action() instanceof Forward forward) {
            this.targets = targets(forward, config, host, table, filters, own);
            this.totalWeight =
                    forward.cluster() instanceof ClusterSpecifier.Weighted(var _, long total)
                            ? total
                            : 1;
            this.retryPolicy =
                    forward.retryPolicy().or(host::retryPolicy).map(RetryPolicy::new).orElse(null);
            this.timeoutNanos = forward.timeout().toNanos();
            this.idleTimeoutNanos = forward.idleTimeout().map(Duration::toNanos).orElse(-1L);
            this.prefixRewrite = Ascii.bytes(forward.prefixRewrite());
        } else {
            this.targets = new Target[0];
            this.totalWeight = 1;
            this.retryPolicy = null;
            this.timeoutNanos = 0;
            this.idleTimeoutNanos = -1;
            this.prefixRewrite = new byte[0];
        }
    }

    private static HeaderEditor editor(
            RouteTable table,
            HeaderEdits route,
            HeaderEdits host,
            HeaderEdits routeTable,
            HeaderEdits cluster) {
        List<HeaderEdits> levels = List.of(cluster, route, host, routeTable);
        return HeaderEditor.of(
                table.mostSpecificHeaderMutationsWins() ? levels.reversed() : levels);
    }

    private Target[] targets(
            Forward forward,
            RouteConfig config,
            VirtualHostConfig host,
            RouteTable table,
            Filters filters,
            PerFilterConfigs.Level own) {
        var list = new ArrayList<Target>();
        switch (forward.cluster()) {
            case ClusterSpecifier.Single(String cluster) ->
                    list.add(
                            new Target(
                                    cluster,
                                    1,
                                    Ascii.bytes(forward.hostRewriteLiteral()),
                                    requestEditor,
                                    responseEditor,
                                    perFilterConfigs));
            case ClusterSpecifier.Header(String _) ->
                    list.add(
                            new Target(
                                    "",
                                    1,
                                    Ascii.bytes(forward.hostRewriteLiteral()),
                                    requestEditor,
                                    responseEditor,
                                    perFilterConfigs));
            case ClusterSpecifier.Weighted(var clusters, long _) -> {
                for (var choice : clusters) {
                    String literal =
                            forward.hostRewriteLiteral().isEmpty()
                                    ? choice.hostRewriteLiteral()
                                    : forward.hostRewriteLiteral();
                    list.add(
                            new Target(
                                    choice.name(),
                                    choice.weight(),
                                    Ascii.bytes(literal),
                                    editor(
                                            table,
                                            config.requestHeaders(),
                                            host.requestHeaders(),
                                            table.requestHeaders(),
                                            choice.requestHeaders()),
                                    editor(
                                            table,
                                            config.responseHeaders(),
                                            host.responseHeaders(),
                                            table.responseHeaders(),
                                            choice.responseHeaders()),
                                    choice.perFilterConfigs().isEmpty()
                                            ? perFilterConfigs
                                            : filters.with(
                                                    own,
                                                    new PerFilterConfigs.Level(
                                                            choice.perFilterConfigs(),
                                                            filters.compiler()))));
                }
            }
        }
        return list.toArray(Target[]::new);
    }

    boolean matches(RequestHead head, int pathLength) {
        return (headers.length == 0 || HeaderMatcher.allMatch(headers, head))
                && queryMatches(head)
                && path.matches(head.headers().data(), head.pathOffset(), pathLength);
    }

    private boolean queryMatches(RequestHead head) {
        for (QueryMatcher matcher : queryParameters) {
            if (!matcher.matches(head)) {
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

    /**
     * The choice for this request, {@code null} when the route forwards to none. For {@code
     * cluster_header} its cluster name is empty.
     */
    public @Nullable Target chooseTarget(RandomGenerator random) {
        if (targets.length <= 1) {
            return targets.length == 0 ? null : targets[0];
        }
        long left = Long.remainderUnsigned(random.nextLong(), totalWeight);
        for (Target target : targets) {
            left -= target.weight();
            if (left < 0) {
                return target;
            }
        }
        return targets[targets.length - 1];
    }

    /** Edits that apply before a cluster is chosen: for direct responses and redirects. */
    public HeaderEditor responseEditor() {
        return responseEditor;
    }

    public HeaderEditor requestEditor() {
        return requestEditor;
    }

    /** What the route says for filters, before a cluster is chosen. */
    public PerFilterConfigs perFilterConfigs() {
        return perFilterConfigs;
    }

    public @Nullable RetryPolicy retryPolicy() {
        return retryPolicy;
    }

    /** 0 for none. */
    public long timeoutNanos() {
        return timeoutNanos;
    }

    /** -1 when the listener's stream idle timeout holds, 0 for none. */
    public long idleTimeoutNanos() {
        return idleTimeoutNanos;
    }

    /** -1 when the connection's buffer limit holds. */
    public long bodyBufferLimit() {
        return bodyBufferLimit;
    }

    /** Rewrites the path's prefix, if the route says so; the query stays (B2, B4, B5). */
    public void rewritePath(RequestHead head, boolean keepOriginal) {
        if (prefixRewrite.length == 0) {
            return;
        }
        byte[] rewritten = withPrefix(head, prefixRewrite);
        if (keepOriginal) {
            head.headers().set(KnownHeader.ENVOY_ORIGINAL_PATH, Ascii.bytes(head.path()));
        }
        head.setPath(rewritten);
    }

    byte[] withPrefix(RequestHead head, byte[] replacement) {
        byte[] data = head.headers().data();
        int matched = path.matchedLength(head.pathLengthWithoutQuery());
        int rest = head.pathLength() - matched;
        byte[] rewritten = new byte[replacement.length + rest];
        System.arraycopy(replacement, 0, rewritten, 0, replacement.length);
        System.arraycopy(data, head.pathOffset() + matched, rewritten, replacement.length, rest);
        return rewritten;
    }
}
