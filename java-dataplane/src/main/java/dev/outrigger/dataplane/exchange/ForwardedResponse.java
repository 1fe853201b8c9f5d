// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.accesslog.GrpcStatuses;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.route.HeaderEditor;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.upstream.Host;
import dev.outrigger.dataplane.upstream.TrackedClusterStats;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The upstream's response on its way through the router: the router's own header edits (1.9), what
 * is counted of it, and how far it has come. Follows {@code Filter::onUpstreamHeaders} of Envoy.
 * One per {@link ForwardedRequest}; confined to its event loop.
 */
final class ForwardedResponse {
    private final WorkerContext worker;
    private final StatsShard shard;
    private final Exchange exchange;
    private final ForwardedRequest request;
    private HeaderEditor editor = HeaderEditor.NONE;
    private boolean begun;
    private boolean informed;

    /** Whose gRPC response has begun that says only at its end how the call went. */
    private @Nullable Attempt undecided;

    ForwardedResponse(WorkerContext worker, Exchange exchange, ForwardedRequest request) {
        this.worker = worker;
        this.shard = worker.stats();
        this.exchange = exchange;
        this.request = request;
    }

    /** A request goes upstream. */
    void reset() {
        editor = HeaderEditor.NONE;
        begun = false;
        informed = false;
        undecided = null;
    }

    /** The route's edits of the response to come. */
    void edit(HeaderEditor route) {
        editor = route;
    }

    /** Whether its head goes to the client, so that nothing else can. */
    boolean isBegun() {
        return begun;
    }

    /** Whether a 1xx went before it. */
    boolean isInformed() {
        return informed;
    }

    /**
     * The response is cut off.
     *
     * @return whether a gRPC call was still without its status
     */
    boolean onReset() {
        boolean cut = undecided != null;
        decideGrpc(false);
        return cut;
    }

    /** Forwards a 1xx; only the first counts (E11). */
    void sendInterim(ResponseHead interim) {
        if (!informed) {
            informed = true;
            request.charges().response(interim.status());
            exchange.downstreamResponse().sendInterim(interim);
        }
    }

    /** This attempt's response is the exchange's. */
    void begin(Attempt attempt, ResponseHead response, boolean endStream) {
        int status = response.status();
        countResult(attempt, response, endStream);
        begun = true;
        if (endStream) {
            exchange.info().upstreamRxEnd(worker.now());
        }
        request.charges().response(status);
        exchange.info().setDetails("via_upstream");
        Host host = attempt.host();
        if (host != null) {
            exchange.info().setUpstreamHost(host.addressText());
            exchange.info().setUpstreamMetadata(host.metadata());
        }
        ResponseMutations.strip(response, request.head());
        HeaderBlock headers = response.headers();
        if (request.isComplete() && !exchange.routerOptions().suppressEnvoyHeaders()) {
            headers.set(KnownHeader.ENVOY_UPSTREAM_SERVICE_TIME, serviceNanos() / 1_000_000);
        }
        request.hosts().addCookies(headers);
        exchange.info().setResponseCode(status);
        exchange.downstreamResponse().begin(response);
        editor.apply(headers, exchange);
        // Not one of what edits see.
        request.tellAttemptCount(headers);
        if (endStream) {
            countEnd();
        }
        exchange.downstreamResponse().sendHead(response, endStream, false);
    }

    /** A gRPC call went well when its status, which may come with the trailers, says so. */
    private void countResult(Attempt attempt, ResponseHead head, boolean endStream) {
        boolean grpc = request.head().isGrpc();
        boolean well = head.status() < 500;
        if (grpc && well && !endStream) {
            undecided = attempt;
        } else {
            attempt.countResult(well && (!grpc || GrpcStatuses.isWell(head.headers())));
        }
    }

    private void decideGrpc(boolean well) {
        Attempt decided = undecided;
        if (decided != null) {
            undecided = null;
            decided.countResult(well);
        }
    }

    void onBody(ByteBuf data, boolean endStream) {
        if (!begun) {
            data.release();
            return;
        }
        if (endStream) {
            decideGrpc(false);
            countEnd();
        }
        exchange.downstreamResponse().sendBody(data, endStream);
        if (!endStream && exchange.isActive() && !exchange.downstream().isWritable()) {
            request.onDownstreamWritable(false);
        }
    }

    /** The response ends with trailers; valid until the exchange ends. */
    void onTrailers(HeaderBlock trailers) {
        if (begun) {
            decideGrpc(GrpcStatuses.isWell(trailers));
            countEnd();
            exchange.downstreamResponse().sendTrailers(trailers);
        }
    }

    private void countEnd() {
        exchange.info().upstreamRxEnd(worker.now());
        if (request.isComplete()) {
            long nanos = serviceNanos();
            request.charges().time(nanos / 1_000_000);
            TrackedClusterStats tracked = request.cluster().trackedStats();
            if (tracked != null) {
                tracked.recordGlobalBudget(shard, nanos, request.timeouts().globalNanos());
            }
        }
    }

    private long serviceNanos() {
        return worker.now() - request.requestEndNanos();
    }
}
