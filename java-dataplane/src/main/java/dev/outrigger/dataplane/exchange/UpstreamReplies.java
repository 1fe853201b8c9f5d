// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.config.EndpointAssignment.DropOverload;
import dev.outrigger.dataplane.filter.LocalReply;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.ResponseFlag;
import dev.outrigger.dataplane.message.StreamReset;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.upstream.Cluster;
import org.jspecify.annotations.Nullable;

/**
 * What the router answers in an upstream's place, in Envoy's words (Y6..Y9), or how it cuts a
 * response that has begun. Reused; confined to its event loop.
 */
final class UpstreamReplies {
    private static final byte[] DROP = Ascii.bytes("x-envoy-drop-overload");
    private static final byte[] UNCONDITIONAL_DROP =
            Ascii.bytes("x-envoy-unconditional-drop-overload");

    private final Exchange exchange;
    private boolean replying;

    UpstreamReplies(Exchange exchange) {
        this.exchange = exchange;
    }

    /** Whether the local reply being made is one of these. */
    boolean isReplying() {
        return replying;
    }

    void end() {
        replying = false;
    }

    /** The control plane wants less to reach the hosts (ED4). */
    void dropped(DropOverload drop, Cluster cluster, StatsShard shard) {
        boolean everything = drop.numerator() >= drop.denominator();
        if (!everything) {
            cluster.stats().countDropOverload(shard);
            cluster.loadDrops().countOverload();
        }
        // Envoy drops before it counts a first attempt.
        exchange.info().setAttemptCount(0);
        exchange.info()
                .setFlag(
                        everything
                                ? ResponseFlag.UNCONDITIONAL_DROP_OVERLOAD
                                : ResponseFlag.DROP_OVERLOAD);
        var reply =
                everything
                        ? LocalReply.of(
                                503, "unconditional drop overload", "unconditional_drop_overload")
                        : LocalReply.of(503, "drop overload", "drop_overload");
        byte[] header = everything ? UNCONDITIONAL_DROP : DROP;
        exchange.replies()
                .sendFilterReply(
                        exchange.routerOptions().suppressEnvoyHeaders()
                                ? reply
                                : reply.withHeaders(
                                        headers -> headers.add(header, LocalReplies.TRUE)));
    }

    /** The operator wants no requests for this cluster at the moment. */
    void inMaintenance(Cluster cluster, StatsShard shard) {
        shard.inc(cluster.stats().rqMaintenanceMode);
        // Envoy answers before it counts a first attempt.
        exchange.info().setAttemptCount(0);
        reply(503, "maintenance mode", ResponseFlag.UPSTREAM_OVERFLOW, "maintenance_mode", true);
    }

    void noHealthyUpstream(String details) {
        reply(503, "no healthy upstream", ResponseFlag.NO_HEALTHY_UPSTREAM, details, false);
    }

    /** The body can no longer be kept, and no attempt is there to send it to (RT20). */
    void requestTooLargeToRetry() {
        reply(
                507,
                "exceeded request buffer limit while retrying upstream",
                null,
                "request_payload_exceeded_retry_buffer_limit",
                false);
    }

    /**
     * The last attempt failed before its final response began.
     *
     * @param informed whether a 1xx had come, with which the response began for Envoy
     */
    void reset(StreamReset reset, String transportFailure, boolean retried, boolean informed) {
        reply(
                reset.status(),
                "upstream connect error or disconnect/reset before headers. "
                        + (retried ? "retried and the latest " : "")
                        + "reset reason: "
                        + reset.text(),
                reset.flag(),
                (informed
                                ? "upstream_reset_after_response_started{"
                                : "upstream_reset_before_response_started{")
                        + cause(reset, transportFailure)
                        + "}",
                reset == StreamReset.OVERFLOW);
    }

    /** The upstream failed behind its response head. */
    void cutByReset(StreamReset reset, String transportFailure) {
        note(
                reset.flag(),
                "upstream_reset_after_response_started{" + cause(reset, transportFailure) + "}");
        exchange.abortWithUpstream();
    }

    private static String cause(StreamReset reset, String transportFailure) {
        return transportFailure.isEmpty()
                ? reset.underscored()
                : reset.underscored() + '|' + transportFailure.replace(' ', '_');
    }

    /**
     * Time is up.
     *
     * @param status 504, or what the request asks for
     */
    void timedOut(int status, String details) {
        reply(
                status,
                status == 504 ? "upstream request timeout" : "",
                ResponseFlag.UPSTREAM_REQUEST_TIMEOUT,
                details,
                false);
    }

    /** The upstream stream has lasted too long. */
    void maxDurationReached(boolean responding, boolean requestComplete) {
        String details = "upstream_max_stream_duration_reached";
        if (responding) {
            cut(ResponseFlag.UPSTREAM_MAX_STREAM_DURATION_REACHED, details);
        } else {
            reply(
                    requestComplete ? 504 : 408,
                    "upstream max stream duration reached",
                    ResponseFlag.UPSTREAM_MAX_STREAM_DURATION_REACHED,
                    details,
                    false);
        }
    }

    /** Ends a response that has begun. */
    void cut(ResponseFlag flag, String details) {
        note(flag, details);
        exchange.abort();
    }

    private void note(ResponseFlag flag, String details) {
        exchange.info().setFlag(flag);
        exchange.info().setDetails(details);
    }

    private void reply(
            int status,
            String text,
            @Nullable ResponseFlag flag,
            String details,
            boolean overloaded) {
        replying = true;
        exchange.replies().send(status, text, flag, details, false, overloaded);
    }
}
