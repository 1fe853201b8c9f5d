// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.config.RouteActionConfig.Forward;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.StreamInfo;
import dev.outrigger.dataplane.route.ClusterChoice;
import dev.outrigger.dataplane.route.PerFilterConfigs;
import dev.outrigger.dataplane.route.Route;
import dev.outrigger.dataplane.route.RouteContext;
import dev.outrigger.dataplane.route.Routes;
import dev.outrigger.dataplane.route.VirtualHost;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.upstream.Cluster;
import org.jspecify.annotations.Nullable;

/**
 * The route of a request with the cluster chosen on it, as Envoy's cached route: found once, and
 * again after {@link #forget}. Reused; confined to its event loop.
 */
final class ChosenRoute {
    private final Exchange exchange;
    private final StreamInfo info;
    private final RouteContext context;
    private @Nullable Route route;
    private ClusterChoice.@Nullable Target target;
    private @Nullable Cluster cluster;
    private String clusterName = "";
    private boolean known;

    /** Whether anybody has come as far as to ask for the virtual host. */
    private boolean hostAsked;

    ChosenRoute(Exchange exchange, StreamInfo info, StatsShard shard) {
        this.exchange = exchange;
        this.info = info;
        this.context = new RouteContext(shard);
    }

    /** Before the checks are passed there is none, and nobody looks for it. */
    void begin() {
        clear();
        hostAsked = false;
    }

    /** The draw of the request at hand. */
    void draw(long random) {
        context.begin(random);
        context.useTls(info.connection().tls());
    }

    /** What the choice depends on besides the head. */
    RouteContext context() {
        return context;
    }

    /** The next who asks for the route has it looked for again. */
    void forget() {
        known = false;
    }

    @Nullable Route route() {
        if (!known) {
            find();
        }
        return route;
    }

    /** The route if it has been looked for and found; logs do not look for one. */
    @Nullable Route known() {
        return route;
    }

    /** A refusal makes the virtual host known, but no route (observed). */
    void askForVirtualHost() {
        hostAsked = true;
    }

    /**
     * The virtual host, of the route or where none of its routes matched; {@code null} where none
     * was looked for. For logs: it may have to be looked for again.
     */
    @Nullable VirtualHost virtualHost() {
        if (route != null) {
            return route.virtualHost();
        }
        RequestHead head = exchange.request();
        Routes routes = head == null || !hostAsked ? null : exchange.manager().routes(head);
        return head == null || routes == null ? null : routes.virtualHost(head);
    }

    /** The cluster chosen with {@link #known}. */
    @Nullable Cluster knownCluster() {
        return cluster;
    }

    /** The choice of cluster; {@code null} when the route forwards to none. */
    ClusterChoice.@Nullable Target target() {
        return route() == null ? null : target;
    }

    /** The name of the chosen cluster; empty when the route forwards to none. */
    String clusterName() {
        return target() == null ? "" : clusterName;
    }

    /** The chosen cluster; {@code null} when there is none of that name. */
    @Nullable Cluster cluster() {
        return target() == null ? null : cluster;
    }

    PerFilterConfigs perFilterConfigs() {
        Route found = route();
        if (found == null) {
            return PerFilterConfigs.NONE;
        }
        return target == null ? found.perFilterConfigs() : target.filters();
    }

    /** Looks for the route at once, which sets the exchange's timers to its limits. */
    void find() {
        RequestHead head = exchange.request();
        long begun = exchange.exactNow();
        Route found = find(head, exchange.manager());
        info.routeResolved(exchange.exactNow() - begun);
        if (head != null && found != null) {
            exchange.timers().obey(found, head);
        }
    }

    /**
     * Looks for the route, and chooses where it forwards to.
     *
     * @return {@code null} for no route, which is also one that has nothing to choose from
     */
    private @Nullable Route find(@Nullable RequestHead head, HttpConnectionManager manager) {
        clear();
        Routes routes = head == null ? null : manager.routes(head);
        if (head == null || routes == null) {
            return null;
        }
        hostAsked = true;
        context.useMetadata(info.findDynamicMetadata());
        Route found = routes.find(head, context);
        if (found == null) {
            info.setRouteName(null);
            info.setUpstreamCluster(null);
            return null;
        }
        ClusterChoice.Target chosen = found.target(head, context);
        target = chosen;
        if (chosen == null && found.action() instanceof Forward) {
            return null;
        }
        route = found;
        if (chosen != null) {
            clusterName = chosen.cluster(head);
            cluster = manager.cluster(clusterName);
        }
        info.setUpstreamCluster(cluster == null ? null : cluster.name());
        info.setRouteName(found.name().isEmpty() ? null : found.name());
        info.setVirtualHost(found.virtualHost().name());
        return found;
    }

    private void clear() {
        known = true;
        route = null;
        target = null;
        cluster = null;
    }
}
