// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tcpproxy;

import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import dev.outrigger.dataplane.telemetry.StatsStore.Gauge;

/** {@code tcp.<stat_prefix>.*} under Envoy's names (TP4). */
final class TcpProxyStats {
    final Counter cxTotal;
    final Counter cxNoRoute;
    final Counter cxRxBytes;
    final Gauge cxRxBytesBuffered;
    final Counter cxTxBytes;
    final Counter flowControlPaused;
    final Counter flowControlResumed;
    final Counter idleTimeout;
    final Counter maxDownstreamConnectionDuration;
    final Counter upstreamFlushTotal;
    final Gauge upstreamFlushActive;

    TcpProxyStats(StatsStore store, String statPrefix) {
        String p = "tcp." + statPrefix.replace(':', '_') + '.';
        cxTotal = store.counter(p + "downstream_cx_total");
        cxNoRoute = store.counter(p + "downstream_cx_no_route");
        cxRxBytes = store.counter(p + "downstream_cx_rx_bytes_total");
        cxRxBytesBuffered = store.gauge(p + "downstream_cx_rx_bytes_buffered");
        cxTxBytes = store.counter(p + "downstream_cx_tx_bytes_total");
        flowControlPaused = store.counter(p + "downstream_flow_control_paused_reading_total");
        flowControlResumed = store.counter(p + "downstream_flow_control_resumed_reading_total");
        idleTimeout = store.counter(p + "idle_timeout");
        maxDownstreamConnectionDuration = store.counter(p + "max_downstream_connection_duration");
        upstreamFlushTotal = store.counter(p + "upstream_flush_total");
        upstreamFlushActive = store.gauge(p + "upstream_flush_active");
        for (String unused :
                new String[] {
                    "downstream_cx_drain_close",
                    "downstream_cx_overload_close",
                    "early_data_received_count_total",
                    "route_delayed_total",
                }) {
            store.declareCounter(p + unused);
        }
        store.declareGauge(p + "downstream_cx_tx_bytes_buffered");
    }
}
