// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.config.RouteActionConfig.DirectResponse;
import dev.outrigger.dataplane.config.RouteActionConfig.Forward;
import dev.outrigger.dataplane.config.RouteActionConfig.Redirect;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseFlag;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.StreamInfo;
import dev.outrigger.dataplane.route.ClusterChoice;
import dev.outrigger.dataplane.route.Redirects;
import dev.outrigger.dataplane.route.Route;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.upstream.Cluster;
import io.netty.buffer.ByteBuf;

/**
 * The router filter: does what the route says. Redirects and direct responses are answered here;
 * what is forwarded becomes an {@link ForwardedRequest}. One per {@link Exchange}, reused with it;
 * confined to its event loop.
 */
final class Router {
    private final StatsShard shard;
    private final Exchange exchange;
    private final ResponseCharges charges;
    private final HostSelection hosts;
    private final RequestTimeouts timeouts = new RequestTimeouts();
    private final ForwardedRequest upstream;

    Router(WorkerServices services, Exchange exchange) {
        this.shard = services.worker().stats();
        this.exchange = exchange;
        this.charges = new ResponseCharges(shard);
        this.hosts = new HostSelection(exchange.info());
        this.upstream = new ForwardedRequest(services, exchange, charges, hosts, timeouts);
    }

    private StreamInfo info() {
        return exchange.info();
    }

    private HcmStats hcmStats() {
        return exchange.settings().stats;
    }

    private boolean keepsOriginals() {
        return !exchange.routerOptions().suppressEnvoyHeaders();
    }

    /** Begins with a matched route. */
    void start(RequestHead head, Route route, boolean endStream) {
        shard.inc(hcmStats().routerRqTotal);
        switch (route.action()) {
            case Redirect redirect -> {
                shard.inc(hcmStats().rqDirectResponse);
                route.rewritePath(head, keepsOriginals());
                exchange.replies()
                        .sendRouteReply(
                                redirect.status(), "", Redirects.location(redirect, route, head));
            }
            case DirectResponse(int status, String text) -> {
                shard.inc(hcmStats().rqDirectResponse);
                exchange.replies().sendRouteReply(status, text, directLocation(status, head));
            }
            case Forward forward -> forward(head, route, forward, endStream);
        }
    }

    /** Envoy adds a location to these direct responses on its own (observed). */
    private static String directLocation(int status, RequestHead head) {
        return status == 201 || status / 100 == 3
                ? head.scheme() + "://" + head.authority() + head.path()
                : "";
    }

    private void forward(RequestHead head, Route route, Forward forward, boolean endStream) {
        ClusterChoice.Target target = exchange.choice().target();
        if (target == null) {
            throw new IllegalStateException("a forwarding route has no target");
        }
        Cluster found = exchange.choice().cluster();
        if (found == null) {
            shard.inc(hcmStats().noCluster);
            exchange.replies()
                    .send(
                            forward.clusterNotFoundStatus(),
                            "",
                            ResponseFlag.NO_CLUSTER_FOUND,
                            "cluster_not_found",
                            false,
                            false);
            return;
        }
        RouterOptions options = exchange.routerOptions();
        charges.begin(found, route, head, options, info().isHealthCheck());
        info().setVirtualCluster(charges.virtualClusterName());
        if (options.strictCheckHeaders().length > 0 && refusesHeaders(head.headers(), options)) {
            return;
        }
        hosts.begin(route, head, target.metadata());
        upstream.begin(head, route, found, forward.highPriority());
        timeouts.begin(route, route.retryPolicy(), head.headers(), head.isGrpc(), options);
        prepare(head, route, target);
        upstream.start(endStream, target.responseEditor());
    }

    private boolean refusesHeaders(HeaderBlock headers, RouterOptions options) {
        int bad = StrictHeaders.findBad(options.strictCheckHeaders(), headers);
        if (bad == KnownHeader.UNKNOWN) {
            return false;
        }
        String name = KnownHeader.text(bad);
        exchange.replies()
                .send(
                        400,
                        "invalid header '" + name + "' with value '" + headers.text(bad) + "'",
                        ResponseFlag.INVALID_ENVOY_REQUEST_HEADERS,
                        "request_headers_failed_strict_check{" + name + "}",
                        false,
                        false);
        return true;
    }

    /** The request as it goes upstream, in the order D7 gives. */
    private void prepare(RequestHead head, Route route, ClusterChoice.Target target) {
        HeaderBlock headers = head.headers();
        timeouts.tell(headers, 0);
        AttemptHeaders.tellHost(headers, route.virtualHost());
        exchange.info().setAttemptCount(1);
        target.ownRequestEditor().apply(headers, exchange);
        if (target.host().length > 0) {
            headers.set(KnownHeader.HOST, target.host());
        }
        target.requestEditor().apply(headers, exchange);
        route.rewriteHost(head, keepsOriginals());
        route.rewritePath(head, keepsOriginals());
    }

    void onRequestBody(ByteBuf data, boolean endStream) {
        upstream.onRequestBody(data, endStream);
    }

    void onRequestTrailers(HeaderBlock trailers) {
        upstream.onRequestTrailers(trailers);
    }

    void onTunnelOpen() {
        upstream.onTunnelOpen();
    }

    void onDownstreamWritable(boolean writable) {
        upstream.onDownstreamWritable(writable);
    }

    /**
     * A reply of our own passes the route's response edits too (Y4), which see nothing of what the
     * router itself says.
     *
     * @param overloaded whether it says that there is too much load
     */
    void editLocalResponse(ResponseHead head, boolean overloaded) {
        Route route = exchange.route();
        if (route != null) {
            ClusterChoice.Target target = exchange.choice().target();
            (target == null ? route.responseEditor() : target.responseEditor())
                    .apply(head.headers(), exchange);
            if (overloaded) {
                head.headers().add(KnownHeader.ENVOY_OVERLOADED, LocalReplies.TRUE);
            }
            if (upstream.isReplying()) {
                upstream.tellAttemptCount(head.headers());
            }
        }
    }

    /** Ends whatever goes on upstream. */
    void cancel() {
        upstream.cancel();
    }

    /** The exchange is over. */
    void end() {
        upstream.end();
        hosts.end();
    }

    void dispose() {
        upstream.dispose();
    }
}
