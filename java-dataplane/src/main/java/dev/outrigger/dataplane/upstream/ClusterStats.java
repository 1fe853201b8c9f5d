// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.telemetry.ResponseCodeStats;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import dev.outrigger.dataplane.telemetry.StatsStore.Gauge;
import dev.outrigger.dataplane.telemetry.StatsStore.Histogram;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The stats of one cluster under Envoy's names (7.2). Names only; counting is the shard's work. */
public final class ClusterStats {
    /** Names come from requests of internal callers, so their number is bounded. */
    private static final int MAX_ALTERNATIVES = 1000;

    private final StatsStore store;
    private final String prefix;
    private final ResponseCodeStats all;
    private final ResponseCodeStats external;
    private final ResponseCodeStats internal;
    private final ResponseCodeStats retry;

    public final Counter cxTotal;
    public final Gauge cxActive;
    public final Counter cxHttp1Total;
    public final Counter cxConnectFail;
    public final Counter cxConnectTimeout;
    public final Counter cxIdleTimeout;
    public final Counter cxOverflow;
    public final Counter cxNoneHealthy;
    public final Counter cxMaxRequests;
    public final Counter cxDestroy;
    public final Counter cxDestroyLocal;
    public final Counter cxDestroyRemote;
    public final Counter cxDestroyWithActiveRq;
    public final Counter cxDestroyLocalWithActiveRq;
    public final Counter cxDestroyRemoteWithActiveRq;
    public final Counter cxProtocolError;
    public final Counter cxCloseNotify;
    public final Counter cxRxBytes;
    public final Counter cxTxBytes;
    public final Histogram cxConnectMs;
    public final Histogram cxLengthMs;
    public final Counter rqTotal;
    public final Gauge rqActive;
    public final Counter rqPendingTotal;
    public final Gauge rqPendingActive;
    public final Counter rqPendingOverflow;
    public final Counter rqActiveOverflow;
    public final Counter rqPendingFailureEject;
    public final Counter rqCancelled;
    public final Counter rqTimeout;
    public final Counter rqPerTryTimeout;
    public final Counter rqPerTryIdleTimeout;
    public final Counter rqRxReset;
    public final Counter rqTxReset;
    public final Counter rqRetry;
    public final Counter rqRetryLimitExceeded;
    public final Counter rqRetryOverflow;
    public final Counter rqRetrySuccess;
    public final Counter rqRetryBackoffExponential;
    public final Counter rqRetryBackoffRatelimited;
    public final Counter rqMaxDurationReached;
    public final Counter internalRedirectSucceeded;
    public final Counter internalRedirectFailed;
    public final Counter retryOrShadowAbandoned;
    public final Counter lbHealthyPanic;
    private final Map<String, ResponseCodeStats> alternatives = new ConcurrentHashMap<>();

    ClusterStats(StatsStore store, String statName) {
        this.store = store;
        this.prefix = "cluster." + statName.replace(':', '_') + '.';
        all = new ResponseCodeStats(store, prefix);
        external = new ResponseCodeStats(store, prefix + "external.");
        internal = new ResponseCodeStats(store, prefix + "internal.");
        retry = new ResponseCodeStats(store, prefix + "retry.");
        cxTotal = counter("upstream_cx_total");
        cxActive = gauge("upstream_cx_active");
        cxHttp1Total = counter("upstream_cx_http1_total");
        cxConnectFail = counter("upstream_cx_connect_fail");
        cxConnectTimeout = counter("upstream_cx_connect_timeout");
        cxIdleTimeout = counter("upstream_cx_idle_timeout");
        cxOverflow = counter("upstream_cx_overflow");
        cxNoneHealthy = counter("upstream_cx_none_healthy");
        cxMaxRequests = counter("upstream_cx_max_requests");
        cxDestroy = counter("upstream_cx_destroy");
        cxDestroyLocal = counter("upstream_cx_destroy_local");
        cxDestroyRemote = counter("upstream_cx_destroy_remote");
        cxDestroyWithActiveRq = counter("upstream_cx_destroy_with_active_rq");
        cxDestroyLocalWithActiveRq = counter("upstream_cx_destroy_local_with_active_rq");
        cxDestroyRemoteWithActiveRq = counter("upstream_cx_destroy_remote_with_active_rq");
        cxProtocolError = counter("upstream_cx_protocol_error");
        cxCloseNotify = counter("upstream_cx_close_notify");
        cxRxBytes = counter("upstream_cx_rx_bytes_total");
        cxTxBytes = counter("upstream_cx_tx_bytes_total");
        cxConnectMs = store.histogram(prefix + "upstream_cx_connect_ms");
        cxLengthMs = store.histogram(prefix + "upstream_cx_length_ms");
        rqTotal = counter("upstream_rq_total");
        rqActive = gauge("upstream_rq_active");
        rqPendingTotal = counter("upstream_rq_pending_total");
        rqPendingActive = gauge("upstream_rq_pending_active");
        rqPendingOverflow = counter("upstream_rq_pending_overflow");
        rqActiveOverflow = counter("upstream_rq_active_overflow");
        rqPendingFailureEject = counter("upstream_rq_pending_failure_eject");
        rqCancelled = counter("upstream_rq_cancelled");
        rqTimeout = counter("upstream_rq_timeout");
        rqPerTryTimeout = counter("upstream_rq_per_try_timeout");
        rqPerTryIdleTimeout = counter("upstream_rq_per_try_idle_timeout");
        rqRxReset = counter("upstream_rq_rx_reset");
        rqTxReset = counter("upstream_rq_tx_reset");
        rqRetry = counter("upstream_rq_retry");
        rqRetryLimitExceeded = counter("upstream_rq_retry_limit_exceeded");
        rqRetryOverflow = counter("upstream_rq_retry_overflow");
        rqRetrySuccess = counter("upstream_rq_retry_success");
        rqRetryBackoffExponential = counter("upstream_rq_retry_backoff_exponential");
        rqRetryBackoffRatelimited = counter("upstream_rq_retry_backoff_ratelimited");
        rqMaxDurationReached = counter("upstream_rq_max_duration_reached");
        internalRedirectSucceeded = counter("upstream_internal_redirect_succeeded_total");
        internalRedirectFailed = counter("upstream_internal_redirect_failed_total");
        retryOrShadowAbandoned = counter("retry_or_shadow_abandoned");
        lbHealthyPanic = counter("lb_healthy_panic");
        registerUnused();
    }

    /** Names Envoy always shows and nothing here touches yet. */
    private void registerUnused() {
        for (String name :
                new String[] {
                    "upstream_cx_http2_total",
                    "upstream_cx_http3_total",
                    "upstream_cx_pool_overflow",
                    "upstream_cx_connect_attempts_exceeded",
                    "upstream_rq_maintenance_mode",
                    "upstream_rq_0rtt",
                    "upstream_rq_drop_overload",
                    "bind_errors",
                    "original_dst_host_invalid",
                    "upstream_flow_control_backed_up_total",
                    "upstream_flow_control_drained_total",
                    "upstream_flow_control_paused_reading_total",
                    "upstream_flow_control_resumed_reading_total",
                    "lb_local_cluster_not_ok",
                    "lb_recalculate_zone_structures",
                    "lb_subsets_created",
                    "lb_subsets_fallback",
                    "lb_subsets_fallback_panic",
                    "lb_subsets_removed",
                    "lb_subsets_selected",
                    "lb_zone_cluster_too_small",
                    "lb_zone_no_capacity_left",
                    "lb_zone_number_differs",
                    "lb_zone_routing_all_directly",
                    "lb_zone_routing_cross_zone",
                    "lb_zone_routing_sampled",
                }) {
            counter(name);
        }
        for (String name :
                new String[] {
                    "lb_subsets_active",
                    "upstream_cx_rx_bytes_buffered",
                    "upstream_cx_tx_bytes_buffered",
                }) {
            gauge(name);
        }
    }

    Counter counter(String name) {
        return store.counter(prefix + name);
    }

    Gauge gauge(String name) {
        return store.gauge(prefix + name);
    }

    /** Counts the final answer of an exchange (ST2, ST3). */
    public void chargeResponse(StatsShard shard, int code, boolean internalRequest) {
        all.charge(shard, code);
        (internalRequest ? internal : external).charge(shard, code);
    }

    /** Counts a response that a retry replaces (RT11). */
    public void chargeRetried(StatsShard shard, int code) {
        retry.charge(shard, code);
    }

    /** Records how long a real response took, from the end of the request (ST4). */
    public void recordTime(StatsShard shard, long millis, boolean internalRequest) {
        all.recordTime(shard, millis);
        (internalRequest ? internal : external).recordTime(shard, millis);
    }

    /** Counts a final answer whose code is not to be counted. */
    public void chargeCompleted(StatsShard shard) {
        all.chargeCompleted(shard);
    }

    /** The stats a request asks for by name, or {@code null} when there are too many already. */
    public @Nullable ResponseCodeStats alternative(String name) {
        ResponseCodeStats known = alternatives.get(name);
        if (known == null && alternatives.size() < MAX_ALTERNATIVES) {
            known = new ResponseCodeStats(store, prefix + name.replace(':', '_') + '.');
            alternatives.put(name, known);
        }
        return known;
    }
}
