// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.http2.Http2Stats;
import dev.outrigger.dataplane.telemetry.ResponseCodeStats;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import dev.outrigger.dataplane.telemetry.StatsStore.Gauge;
import dev.outrigger.dataplane.telemetry.StatsStore.Histogram;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The stats of one cluster under Envoy's names (7.2). Names only; counting is the shard's work. */
public final class ClusterStats {
    /** Names come from requests of internal callers, so their number is bounded. */
    private static final int MAX_ALTERNATIVES = 1000;

    private final StatsStore store;
    private final String prefix;
    private volatile @Nullable ResponseCodeStats all;
    private volatile @Nullable ResponseCodeStats external;
    private volatile @Nullable ResponseCodeStats internal;
    private volatile @Nullable ResponseCodeStats retry;
    private volatile Map<String, ResponseCodeStats> zones = Map.of();

    public final Counter cxTotal;
    public final Gauge cxActive;
    public final Counter cxHttp1Total;
    public final Counter cxHttp2Total;
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
    public final Gauge cxRxBytesBuffered;
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
    public final Counter rqMaintenanceMode;
    public final Counter rqRetrySuccess;
    public final Counter rqRetryBackoffExponential;
    public final Counter rqRetryBackoffRatelimited;
    public final Counter rqMaxDurationReached;
    public final Counter internalRedirectSucceeded;
    public final Counter internalRedirectFailed;
    public final Counter retryOrShadowAbandoned;
    public final Counter lbHealthyPanic;
    public final Counter cxConnectAttemptsExceeded;
    public final Counter flowControlPaused;
    public final Counter flowControlResumed;
    public final Counter flowControlBackedUp;
    public final Counter flowControlDrained;
    public final Counter cxPoolOverflow;
    public final Counter cxMaxDuration;
    public final Counter bindErrors;
    public final Counter originalDstHostInvalid;
    public final Counter lbLocalClusterNotOk;
    public final Counter lbRecalculateZoneStructures;
    public final Counter lbSubsetsCreated;
    public final Counter lbSubsetsFallback;
    public final Counter lbSubsetsFallbackPanic;
    public final Counter lbSubsetsRemoved;
    public final Counter lbSubsetsSelected;
    public final Counter lbZoneClusterTooSmall;
    public final Counter lbZoneNoCapacityLeft;
    public final Counter lbZoneRoutingAllDirectly;
    public final Counter lbZoneRoutingCrossZone;
    public final Counter lbZoneRoutingSampled;
    public final Gauge lbSubsetsActive;
    public final Histogram rqPerCx;
    private final Counter membershipChange;
    private final Gauge membershipTotal;
    private final Gauge membershipHealthy;
    private final Gauge membershipDegraded;
    private final Gauge membershipExcluded;
    private final Gauge maxHostWeight;
    private volatile @Nullable Map<String, ResponseCodeStats> alternatives;
    private volatile boolean codecShown;
    private volatile @Nullable Http2Stats http2;

    ClusterStats(StatsStore store, String statName) {
        this.store = store;
        this.prefix = "cluster." + statName.replace(':', '_') + '.';
        // What the main loop counts comes first, so that its part of the values stays small.
        membershipChange = counter("membership_change");
        membershipTotal = gauge("membership_total");
        membershipHealthy = gauge("membership_healthy");
        membershipDegraded = gauge("membership_degraded");
        membershipExcluded = gauge("membership_excluded");
        maxHostWeight = gauge("max_host_weight");
        cxTotal = counter("upstream_cx_total");
        cxActive = gauge("upstream_cx_active");
        cxHttp1Total = counter("upstream_cx_http1_total");
        cxHttp2Total = counter("upstream_cx_http2_total");
        cxConnectFail = counter("upstream_cx_connect_fail");
        cxConnectTimeout = counter("upstream_cx_connect_timeout");
        cxIdleTimeout = counter("upstream_cx_idle_timeout");
        cxOverflow = counter("upstream_cx_overflow");
        cxNoneHealthy = counter("upstream_cx_none_healthy");
        cxConnectAttemptsExceeded = counter("upstream_cx_connect_attempts_exceeded");
        flowControlPaused = counter("upstream_flow_control_paused_reading_total");
        flowControlResumed = counter("upstream_flow_control_resumed_reading_total");
        flowControlBackedUp = counter("upstream_flow_control_backed_up_total");
        flowControlDrained = counter("upstream_flow_control_drained_total");
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
        cxRxBytesBuffered = gauge("upstream_cx_rx_bytes_buffered");
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
        rqMaintenanceMode = counter("upstream_rq_maintenance_mode");
        rqRetrySuccess = counter("upstream_rq_retry_success");
        rqRetryBackoffExponential = counter("upstream_rq_retry_backoff_exponential");
        rqRetryBackoffRatelimited = counter("upstream_rq_retry_backoff_ratelimited");
        rqMaxDurationReached = counter("upstream_rq_max_duration_reached");
        internalRedirectSucceeded = counter("upstream_internal_redirect_succeeded_total");
        internalRedirectFailed = counter("upstream_internal_redirect_failed_total");
        retryOrShadowAbandoned = counter("retry_or_shadow_abandoned");
        lbHealthyPanic = counter("lb_healthy_panic");
        cxPoolOverflow = counter("upstream_cx_pool_overflow");
        cxMaxDuration = counter("upstream_cx_max_duration_reached");
        bindErrors = counter("bind_errors");
        originalDstHostInvalid = counter("original_dst_host_invalid");
        lbLocalClusterNotOk = counter("lb_local_cluster_not_ok");
        lbRecalculateZoneStructures = counter("lb_recalculate_zone_structures");
        lbSubsetsCreated = counter("lb_subsets_created");
        lbSubsetsFallback = counter("lb_subsets_fallback");
        lbSubsetsFallbackPanic = counter("lb_subsets_fallback_panic");
        lbSubsetsRemoved = counter("lb_subsets_removed");
        lbSubsetsSelected = counter("lb_subsets_selected");
        lbZoneClusterTooSmall = counter("lb_zone_cluster_too_small");
        lbZoneNoCapacityLeft = counter("lb_zone_no_capacity_left");
        lbZoneRoutingAllDirectly = counter("lb_zone_routing_all_directly");
        lbZoneRoutingCrossZone = counter("lb_zone_routing_cross_zone");
        lbZoneRoutingSampled = counter("lb_zone_routing_sampled");
        lbSubsetsActive = gauge("lb_subsets_active");
        rqPerCx = store.histogram(prefix + "upstream_rq_per_cx");
        registerUnused();
    }

    /** Names Envoy always shows and nothing here touches yet. */
    private void registerUnused() {
        for (String name :
                new String[] {
                    "upstream_cx_connect_with_0_rtt",
                    "upstream_cx_http3_total",
                    "upstream_rq_0rtt",
                    "upstream_cx_preconnect_skipped",
                    "upstream_http3_broken",
                    "upstream_rq_completed",
                    "upstream_rq_rx_reset_no_error",
                    "default.total_match_count",
                }) {
            store.declareCounter(prefix + name);
        }
        for (String name :
                new String[] {
                    "version", "upstream_cx_tx_bytes_buffered", "upstream_queue_overloaded",
                }) {
            store.declareGauge(prefix + name);
        }
    }

    /** Whoever belongs to the cluster now; main loop. */
    void setMembership(StatsShard shard, int total, int healthy, int degraded, int excluded) {
        shard.set(membershipTotal, total);
        shard.set(membershipHealthy, healthy);
        shard.set(membershipDegraded, degraded);
        shard.set(membershipExcluded, excluded);
    }

    void addMembershipChanges(StatsShard shard, int count) {
        shard.add(membershipChange, count);
    }

    /** An assignment changed nothing that Envoy makes anew for; main loop. */
    void countNoRebuild(StatsShard shard) {
        shard.inc(counter("update_no_rebuild"));
    }

    void setMaxHostWeight(StatsShard shard, int weight) {
        shard.set(maxHostWeight, weight);
    }

    /** Sets a gauge that few clusters have; main loop. */
    void set(StatsShard shard, String name, long value) {
        shard.set(gauge(name), value);
    }

    /** Of subsets that may have one host; main loop. */
    void setSubsetDuplicates(StatsShard shard, int count) {
        set(shard, "lb_subsets_single_host_per_subset_duplicate", count);
    }

    /** A request the control plane wanted dropped; counted where that happens, as in Envoy. */
    public void countDropOverload(StatsShard shard) {
        shard.inc(counter("upstream_rq_drop_overload"));
    }

    /** A host takes one of the transport sockets; main loop. */
    void countTransportSocket(StatsShard shard, String name) {
        shard.inc(counter(name + ".total_match_count"));
    }

    /** In front of its names; ends in a dot. */
    public String prefix() {
        return prefix;
    }

    /** Has a counter shown that somebody else counts. */
    void declare(String name) {
        store.declareCounter(prefix + name);
    }

    Counter counter(String name) {
        return store.counter(prefix + name);
    }

    Histogram histogram(String name) {
        return store.histogram(prefix + name);
    }

    Gauge gauge(String name) {
        return store.gauge(prefix + name);
    }

    /** Counts the final answer of an exchange (ST2, ST3). */
    public void chargeResponse(StatsShard shard, int code, boolean internalRequest) {
        all().charge(shard, code);
        (internalRequest ? internal() : external()).charge(shard, code);
    }

    /**
     * Of answers from one zone to another.
     *
     * @param from the proxy's own
     * @param to the host's
     */
    ResponseCodeStats zone(String from, String to) {
        ResponseCodeStats known = zones.get(to);
        return known == null ? firstOfZone(from, to) : known;
    }

    private synchronized ResponseCodeStats firstOfZone(String from, String to) {
        ResponseCodeStats known = zones.get(to);
        if (known == null) {
            known = new ResponseCodeStats(store, prefix + "zone." + from + '.' + to + '.');
            var more = new HashMap<>(zones);
            more.put(to, known);
            zones = Map.copyOf(more);
        }
        return known;
    }

    /** Counts a response that a retry replaces (RT11). */
    public void chargeRetried(StatsShard shard, int code) {
        ResponseCodeStats known = retry;
        if (known == null) {
            known = new ResponseCodeStats(store, prefix + "retry.");
            retry = known;
        }
        known.charge(shard, code);
    }

    /** Records how long a real response took, from the end of the request (ST4). */
    public void recordTime(StatsShard shard, long millis, boolean internalRequest) {
        all().recordTime(shard, millis);
        (internalRequest ? internal() : external()).recordTime(shard, millis);
    }

    /** Counts a final answer whose code is not to be counted. */
    public void chargeCompleted(StatsShard shard) {
        all().chargeCompleted(shard);
    }

    // Made when first counted: most of many clusters never answer. Two of them are as good as one.

    private ResponseCodeStats all() {
        ResponseCodeStats known = all;
        if (known == null) {
            known = new ResponseCodeStats(store, prefix);
            all = known;
        }
        return known;
    }

    private ResponseCodeStats external() {
        ResponseCodeStats known = external;
        if (known == null) {
            known = new ResponseCodeStats(store, prefix + "external.");
            external = known;
        }
        return known;
    }

    private ResponseCodeStats internal() {
        ResponseCodeStats known = internal;
        if (known == null) {
            known = new ResponseCodeStats(store, prefix + "internal.");
            internal = known;
        }
        return known;
    }

    /** The HTTP/1 codec's stats, which Envoy makes with the first connection. */
    public void onCodec() {
        if (!codecShown) {
            codecShown = true;
            for (String name :
                    new String[] {
                        "dropped_headers_with_underscores",
                        "metadata_not_supported_error",
                        "requests_rejected_with_underscores_in_headers",
                        "response_flood",
                    }) {
                store.declareCounter(prefix + "http1." + name);
            }
        }
    }

    /** What its HTTP/2 connections count, which Envoy makes with the first one. */
    Http2Stats http2() {
        Http2Stats known = http2;
        if (known == null) {
            known = new Http2Stats(store, prefix);
            http2 = known;
        }
        return known;
    }

    /** The stats a request asks for by name, or {@code null} when there are too many already. */
    public @Nullable ResponseCodeStats alternative(String name) {
        Map<String, ResponseCodeStats> named = alternatives();
        ResponseCodeStats known = named.get(name);
        if (known == null && named.size() < MAX_ALTERNATIVES) {
            known = new ResponseCodeStats(store, prefix + name.replace(':', '_') + '.');
            named.put(name, known);
        }
        return known;
    }

    private synchronized Map<String, ResponseCodeStats> alternatives() {
        Map<String, ResponseCodeStats> named = alternatives;
        if (named == null) {
            named = new ConcurrentHashMap<>();
            alternatives = named;
        }
        return named;
    }
}
