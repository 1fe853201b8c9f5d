// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.http2.Http2Stats;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import dev.outrigger.dataplane.telemetry.StatsStore.Gauge;
import dev.outrigger.dataplane.telemetry.StatsStore.Histogram;
import org.jspecify.annotations.Nullable;

/** The stats of one HTTP connection manager under Envoy's names (7.2). */
public final class HcmStats {
    public final Counter cxTotal;

    /** Of the HTTP/1 codec of all listeners. */
    public final Counter http1DroppedUnderscores;

    public final Counter http1RejectedUnderscores;
    public final Counter http1ResponseFlood;

    public final Gauge cxActive;
    public final Counter cxSslTotal;
    public final Gauge cxSslActive;
    public final Counter cxHttp1Total;
    public final Gauge cxHttp1Active;
    public final Counter cxHttp2Total;
    public final Gauge cxHttp2Active;
    public final Counter cxDestroy;
    public final Counter cxDestroyLocal;
    public final Counter cxDestroyRemote;
    public final Counter cxDestroyActiveRq;
    public final Counter cxDestroyLocalActiveRq;
    public final Counter cxDestroyRemoteActiveRq;
    public final Counter cxProtocolError;
    public final Counter cxRxBytes;
    public final Gauge cxRxBytesBuffered;
    public final Counter cxTxBytes;
    public final Counter cxDrainClose;
    final Counter flowControlPaused;
    final Counter flowControlResumed;
    public final Counter cxIdleTimeout;
    public final Counter cxMaxDurationReached;
    public final Counter cxMaxRequestsReached;
    public final Counter cxDelayedCloseTimeout;
    public final Histogram cxLengthMs;
    public final Counter rqTotal;
    public final Counter rqHttp1Total;
    public final Counter rqHttp2Total;
    public final Gauge rqActive;
    public final Counter rqRxReset;
    public final Counter rqTxReset;
    public final Counter rqTimeout;
    public final Counter rqHeaderTimeout;
    public final Counter rqIdleTimeout;
    public final Counter rqMaxDurationReached;
    public final Counter rqNonRelativePath;
    public final Counter rqFailedPathNormalization;
    public final Counter rqRedirectedWithNormalizedPath;
    public final Counter rqResponseBeforeRqComplete;
    public final Counter rqWsOnNonWsRoute;
    public final Counter rqTooLarge;
    public final Counter tracingHealthCheck;
    public final Counter rqRejectedViaIpDetection;
    public final Counter rqTooManyPrematureResets;
    public final Counter cxUpgradesTotal;
    public final Gauge cxUpgradesActive;
    public final Counter rsTooLarge;
    public final Histogram rqTime;
    public final Counter noRoute;
    public final Counter noCluster;
    public final Counter routerRqTotal;
    public final Counter rqDirectResponse;

    /** Mirrored requests, which are nobody's in particular. */
    public final Counter asyncClientRqTotal;

    public final Counter rqResetAfterResponseStarted;
    public final Counter redirectUnsafeScheme;
    public final Counter redirectTooMany;
    public final Counter redirectPredicate;
    public final Counter redirectNoRoute;
    public final Counter redirectBadLocation;
    private final StatsStore store;
    private volatile @Nullable Http2Stats http2;
    private final Counter rqCompleted;
    private final Counter listenerRqCompleted;
    private final Counter[] byClass = new Counter[6];
    private final Counter[] listenerByClass = new Counter[6];

    public HcmStats(StatsStore store, String statPrefix, String listenerPrefix) {
        this.store = store;
        String p = "http." + statPrefix.replace(':', '_') + '.';
        String l =
                "listener."
                        + listenerPrefix.replace(':', '_')
                        + ".http."
                        + statPrefix.replace(':', '_')
                        + '.';
        cxTotal = store.counter(p + "downstream_cx_total");
        http1DroppedUnderscores = store.counter("http1.dropped_headers_with_underscores");
        http1RejectedUnderscores =
                store.counter("http1.requests_rejected_with_underscores_in_headers");
        http1ResponseFlood = store.counter("http1.response_flood");
        cxActive = store.gauge(p + "downstream_cx_active");
        cxSslTotal = store.counter(p + "downstream_cx_ssl_total");
        cxSslActive = store.gauge(p + "downstream_cx_ssl_active");
        cxHttp1Total = store.counter(p + "downstream_cx_http1_total");
        cxHttp1Active = store.gauge(p + "downstream_cx_http1_active");
        cxHttp2Total = store.counter(p + "downstream_cx_http2_total");
        cxHttp2Active = store.gauge(p + "downstream_cx_http2_active");
        cxDestroy = store.counter(p + "downstream_cx_destroy");
        cxDestroyLocal = store.counter(p + "downstream_cx_destroy_local");
        cxDestroyRemote = store.counter(p + "downstream_cx_destroy_remote");
        cxDestroyActiveRq = store.counter(p + "downstream_cx_destroy_active_rq");
        cxDestroyLocalActiveRq = store.counter(p + "downstream_cx_destroy_local_active_rq");
        cxDestroyRemoteActiveRq = store.counter(p + "downstream_cx_destroy_remote_active_rq");
        cxProtocolError = store.counter(p + "downstream_cx_protocol_error");
        cxRxBytes = store.counter(p + "downstream_cx_rx_bytes_total");
        cxRxBytesBuffered = store.gauge(p + "downstream_cx_rx_bytes_buffered");
        cxTxBytes = store.counter(p + "downstream_cx_tx_bytes_total");
        cxDrainClose = store.counter(p + "downstream_cx_drain_close");
        flowControlPaused = store.counter(p + "downstream_flow_control_paused_reading_total");
        flowControlResumed = store.counter(p + "downstream_flow_control_resumed_reading_total");
        cxIdleTimeout = store.counter(p + "downstream_cx_idle_timeout");
        cxMaxDurationReached = store.counter(p + "downstream_cx_max_duration_reached");
        cxMaxRequestsReached = store.counter(p + "downstream_cx_max_requests_reached");
        cxDelayedCloseTimeout = store.counter(p + "downstream_cx_delayed_close_timeout");
        cxLengthMs = store.histogram(p + "downstream_cx_length_ms");
        rqTotal = store.counter(p + "downstream_rq_total");
        rqHttp1Total = store.counter(p + "downstream_rq_http1_total");
        rqHttp2Total = store.counter(p + "downstream_rq_http2_total");
        rqActive = store.gauge(p + "downstream_rq_active");
        rqRxReset = store.counter(p + "downstream_rq_rx_reset");
        rqTxReset = store.counter(p + "downstream_rq_tx_reset");
        rqTimeout = store.counter(p + "downstream_rq_timeout");
        rqHeaderTimeout = store.counter(p + "downstream_rq_header_timeout");
        rqIdleTimeout = store.counter(p + "downstream_rq_idle_timeout");
        rqMaxDurationReached = store.counter(p + "downstream_rq_max_duration_reached");
        rqNonRelativePath = store.counter(p + "downstream_rq_non_relative_path");
        rqFailedPathNormalization = store.counter(p + "downstream_rq_failed_path_normalization");
        rqRedirectedWithNormalizedPath =
                store.counter(p + "downstream_rq_redirected_with_normalized_path");
        rqResponseBeforeRqComplete = store.counter(p + "downstream_rq_response_before_rq_complete");
        rqWsOnNonWsRoute = store.counter(p + "downstream_rq_ws_on_non_ws_route");
        rqRejectedViaIpDetection = store.counter(p + "downstream_rq_rejected_via_ip_detection");
        rqTooManyPrematureResets = store.counter(p + "downstream_rq_too_many_premature_resets");
        cxUpgradesTotal = store.counter(p + "downstream_cx_upgrades_total");
        cxUpgradesActive = store.gauge(p + "downstream_cx_upgrades_active");
        rqTooLarge = store.counter(p + "downstream_rq_too_large");
        tracingHealthCheck = store.counter(p + "tracing.health_check");
        rsTooLarge = store.counter(p + "rs_too_large");
        rqTime = store.histogram(p + "downstream_rq_time");
        noRoute = store.counter(p + "no_route");
        noCluster = store.counter(p + "no_cluster");
        routerRqTotal = store.counter(p + "rq_total");
        rqDirectResponse = store.counter(p + "rq_direct_response");
        rqResetAfterResponseStarted =
                store.counter(p + "rq_reset_after_downstream_response_started");
        asyncClientRqTotal = store.counter("http.async-client.rq_total");
        redirectUnsafeScheme = store.counter(p + "passthrough_internal_redirect_unsafe_scheme");
        redirectTooMany = store.counter(p + "passthrough_internal_redirect_too_many_redirects");
        redirectPredicate = store.counter(p + "passthrough_internal_redirect_predicate");
        redirectNoRoute = store.counter(p + "passthrough_internal_redirect_no_route");
        redirectBadLocation = store.counter(p + "passthrough_internal_redirect_bad_location");
        rqCompleted = store.counter(p + "downstream_rq_completed");
        listenerRqCompleted = store.counter(l + "downstream_rq_completed");
        for (int i = 1; i <= 5; i++) {
            byClass[i] = store.counter(p + "downstream_rq_" + i + "xx");
            listenerByClass[i] = store.counter(l + "downstream_rq_" + i + "xx");
        }
        registerUnused(store, p);
    }

    /** What HTTP/2 connections count; shown from the first one on. */
    public Http2Stats http2() {
        Http2Stats known = http2;
        if (known == null) {
            known = new Http2Stats(store);
            http2 = known;
        }
        return known;
    }

    /** Names Envoy always shows and nothing here touches yet. */
    private static void registerUnused(StatsStore store, String p) {
        for (String name :
                new String[] {
                    "downstream_cx_http3_total",
                    "downstream_cx_overload_disable_keepalive",
                    "downstream_rq_http3_total",
                    "downstream_rq_overload_close",
                    "rq_overload_local_reply",
                    "rq_redirect",
                    "tracing.client_enabled",
                    "tracing.not_traceable",
                    "tracing.random_sampling",
                    "tracing.service_forced",
                }) {
            store.declareCounter(p + name);
        }
        for (String name :
                new String[] {
                    "downstream_cx_http1_soft_drain",
                    "downstream_cx_http3_active",
                    "downstream_cx_tx_bytes_buffered",
                }) {
            store.declareGauge(p + name);
        }
    }

    /** Counts a response head sent downstream. */
    void chargeResponse(StatsShard shard, int status) {
        shard.inc(rqCompleted);
        shard.inc(listenerRqCompleted);
        int classOf = status / 100;
        if (classOf >= 1 && classOf <= 5) {
            shard.inc(byClass[classOf]);
            shard.inc(listenerByClass[classOf]);
        }
    }

    /** Counts an interim response. */
    void chargeInterim(StatsShard shard) {
        shard.inc(rqCompleted);
        shard.inc(listenerRqCompleted);
        shard.inc(byClass[1]);
        shard.inc(listenerByClass[1]);
    }
}
