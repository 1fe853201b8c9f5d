// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import dev.outrigger.dataplane.telemetry.StatsStore.Gauge;
import dev.outrigger.dataplane.telemetry.StatsStore.Histogram;

/**
 * The admin port's own traffic under Envoy's names: {@code http.admin.*} and {@code
 * listener.admin.*}. Main loop only.
 */
final class AdminStats {
    private static final String HTTP = "http.admin.";
    private static final String LISTENER = "listener.admin.";

    private final StatsShard shard;
    private final Counter[] cxTotal;
    private final Gauge[] cxActive;
    private final Counter[] cxDestroy;
    private final Counter cxDestroyLocal;
    private final Counter cxDestroyRemote;
    private final Counter rxBytes;
    private final Counter txBytes;
    private final Gauge rxBuffered;
    private final Histogram[] cxLengthMs;
    private final Counter[] rqTotal;
    private final Gauge rqActive;
    private final Counter[] rqCompleted;
    private final Counter[][] byClass = new Counter[6][];
    private final Histogram rqTime;
    private final Histogram acceptedPerEvent;
    private final Counter globalOverflow;
    private final Counter refusedPaths;

    AdminStats(StatsStore store) {
        shard = store.shard(0);
        cxTotal =
                counters(
                        store,
                        HTTP + "downstream_cx_total",
                        HTTP + "downstream_cx_http1_total",
                        LISTENER + "downstream_cx_total",
                        LISTENER + "main_thread.downstream_cx_total");
        cxActive =
                new Gauge[] {
                    store.gauge(HTTP + "downstream_cx_active"),
                    store.gauge(HTTP + "downstream_cx_http1_active"),
                    store.gauge(LISTENER + "downstream_cx_active"),
                    store.gauge(LISTENER + "main_thread.downstream_cx_active"),
                };
        cxDestroy =
                counters(store, HTTP + "downstream_cx_destroy", LISTENER + "downstream_cx_destroy");
        cxDestroyLocal = store.counter(HTTP + "downstream_cx_destroy_local");
        cxDestroyRemote = store.counter(HTTP + "downstream_cx_destroy_remote");
        rxBytes = store.counter(HTTP + "downstream_cx_rx_bytes_total");
        txBytes = store.counter(HTTP + "downstream_cx_tx_bytes_total");
        rxBuffered = store.gauge(HTTP + "downstream_cx_rx_bytes_buffered");
        cxLengthMs =
                new Histogram[] {
                    store.histogram(HTTP + "downstream_cx_length_ms"),
                    store.histogram(LISTENER + "downstream_cx_length_ms"),
                };
        rqTotal = counters(store, HTTP + "downstream_rq_total", HTTP + "downstream_rq_http1_total");
        rqActive = store.gauge(HTTP + "downstream_rq_active");
        rqCompleted =
                counters(
                        store,
                        HTTP + "downstream_rq_completed",
                        LISTENER + HTTP + "downstream_rq_completed");
        for (int i = 1; i < byClass.length; i++) {
            byClass[i] =
                    counters(
                            store,
                            HTTP + "downstream_rq_" + i + "xx",
                            LISTENER + HTTP + "downstream_rq_" + i + "xx");
        }
        rqTime = store.histogram(HTTP + "downstream_rq_time");
        acceptedPerEvent = store.histogram(LISTENER + "connections_accepted_per_socket_event");
        globalOverflow = store.counter(LISTENER + "downstream_global_cx_overflow");
        refusedPaths = store.counter(HTTP + "downstream_rq_failed_path_normalization");
        declare(store);
    }

    /** What Envoy shows too and nothing here can happen of. */
    private static void declare(StatsStore store) {
        for (String name :
                ("delayed_close_timeout destroy_active_rq destroy_local_active_rq"
                                + " destroy_remote_active_rq drain_close http2_total http3_total"
                                + " idle_timeout max_duration_reached max_requests_reached"
                                + " overload_disable_keepalive protocol_error ssl_total"
                                + " upgrades_total")
                        .split(" ")) {
            store.declareCounter(HTTP + "downstream_cx_" + name);
        }
        for (String name :
                "http1_soft_drain http2_active http3_active ssl_active tx_bytes_buffered upgrades_active"
                        .split(" ")) {
            store.declareGauge(HTTP + "downstream_cx_" + name);
        }
        for (String name :
                ("header_timeout http2_total http3_total idle_timeout"
                                + " max_duration_reached non_relative_path overload_close"
                                + " redirected_with_normalized_path rejected_via_ip_detection"
                                + " response_before_rq_complete rx_reset timeout too_large"
                                + " too_many_premature_resets tx_reset ws_on_non_ws_route")
                        .split(" ")) {
            store.declareCounter(HTTP + "downstream_rq_" + name);
        }
        store.declareCounter(HTTP + "downstream_flow_control_paused_reading_total");
        store.declareCounter(HTTP + "downstream_flow_control_resumed_reading_total");
        store.declareCounter(HTTP + "rs_too_large");
        for (String name :
                ("downstream_cx_overflow downstream_cx_overload_reject"
                                + " downstream_cx_transport_socket_connect_timeout"
                                + " downstream_listener_filter_error"
                                + " downstream_listener_filter_remote_close"
                                + " downstream_pre_cx_timeout no_filter_chain_match")
                        .split(" ")) {
            store.declareCounter(LISTENER + name);
        }
        store.declareGauge(LISTENER + "downstream_pre_cx_active");
    }

    private static Counter[] counters(StatsStore store, String... names) {
        var counters = new Counter[names.length];
        for (int i = 0; i < names.length; i++) {
            counters[i] = store.counter(names[i]);
        }
        return counters;
    }

    /** A path cannot be made a normal one. */
    void onRefusedPath() {
        shard.inc(refusedPaths);
    }

    /** There are too many connections already. */
    void onGlobalOverflow() {
        shard.inc(globalOverflow);
    }

    private void inc(Counter[] counters) {
        for (Counter counter : counters) {
            shard.inc(counter);
        }
    }

    private void add(Gauge[] gauges, int amount) {
        for (Gauge gauge : gauges) {
            shard.add(gauge, amount);
        }
    }

    void onAccepted(int connections) {
        shard.record(acceptedPerEvent, connections);
    }

    void onConnection() {
        inc(cxTotal);
        add(cxActive, 1);
    }

    /**
     * @param locally whether this side closed
     */
    void onClose(boolean locally, long millis) {
        inc(cxDestroy);
        shard.inc(locally ? cxDestroyLocal : cxDestroyRemote);
        add(cxActive, -1);
        for (Histogram histogram : cxLengthMs) {
            shard.record(histogram, millis);
        }
    }

    void onRead(int bytes) {
        shard.add(rxBytes, bytes);
    }

    /** What the last read of a connection brought counts as buffered until the next one. */
    void onBuffered(int change) {
        shard.add(rxBuffered, change);
    }

    void onWritten(int bytes) {
        shard.add(txBytes, bytes);
    }

    void onRequest() {
        inc(rqTotal);
        shard.inc(rqActive);
    }

    void onResponse(int status) {
        inc(rqCompleted);
        Counter[] ofClass = byClass[Math.clamp(status / 100, 1, 5)];
        inc(ofClass);
    }

    void onEnd(long millis) {
        shard.dec(rqActive);
        shard.record(rqTime, millis);
    }
}
