// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import dev.outrigger.dataplane.telemetry.StatsStore.Gauge;
import dev.outrigger.dataplane.telemetry.StatsStore.Histogram;

/** The stats of one listener under Envoy's names (7.2). */
final class ListenerStats {
    private final Counter handshakeTimeouts;
    private final Counter cxTotal;
    private final Gauge cxActive;
    private final Counter cxDestroy;
    private final Histogram cxLengthMs;
    private final Histogram acceptedPerEvent;
    private final Gauge preCxActive;
    private final Counter noFilterChainMatch;
    private final Counter extensionConfigMissing;
    private final Counter networkExtensionConfigMissing;
    private final Counter cxOverflow;
    private final Counter globalCxOverflow;
    private final Counter preCxTimeout;
    private final Counter filterError;
    private final Counter filterRemoteClose;
    private final Counter[] workerCxTotal;
    private final Gauge[] workerCxActive;

    ListenerStats(StatsStore store, String statPrefix, int workers) {
        String p = "listener." + statPrefix.replace(':', '_') + '.';
        cxTotal = store.counter(p + "downstream_cx_total");
        cxActive = store.gauge(p + "downstream_cx_active");
        cxDestroy = store.counter(p + "downstream_cx_destroy");
        cxLengthMs = store.histogram(p + "downstream_cx_length_ms");
        workerCxTotal = new Counter[workers];
        workerCxActive = new Gauge[workers];
        for (int i = 0; i < workers; i++) {
            workerCxTotal[i] = store.counter(p + "worker_" + i + ".downstream_cx_total");
            workerCxActive[i] = store.gauge(p + "worker_" + i + ".downstream_cx_active");
        }
        store.declareCounter(p + "downstream_cx_overload_reject");
        extensionConfigMissing = store.counter(p + "extension_config_missing");
        handshakeTimeouts = store.counter(p + "downstream_cx_transport_socket_connect_timeout");
        networkExtensionConfigMissing = store.counter(p + "network_extension_config_missing");
        cxOverflow = store.counter(p + "downstream_cx_overflow");
        globalCxOverflow = store.counter(p + "downstream_global_cx_overflow");
        preCxTimeout = store.counter(p + "downstream_pre_cx_timeout");
        filterError = store.counter(p + "downstream_listener_filter_error");
        filterRemoteClose = store.counter(p + "downstream_listener_filter_remote_close");
        noFilterChainMatch = store.counter(p + "no_filter_chain_match");
        preCxActive = store.gauge(p + "downstream_pre_cx_active");
        acceptedPerEvent = store.histogram(p + "connections_accepted_per_socket_event");
    }

    /** Of handshakes that took too long. */
    Counter handshakeTimeouts() {
        return handshakeTimeouts;
    }

    Counter cxTotal() {
        return cxTotal;
    }

    Gauge cxActive() {
        return cxActive;
    }

    Counter cxDestroy() {
        return cxDestroy;
    }

    Histogram cxLengthMs() {
        return cxLengthMs;
    }

    /** Connections that listener filters look at. */
    Gauge preCxActive() {
        return preCxActive;
    }

    /** Connections that came before the configuration of a listener filter. */
    Counter extensionConfigMissing() {
        return extensionConfigMissing;
    }

    /** Connections of chains without filters count as well. */
    Counter networkExtensionConfigMissing() {
        return networkExtensionConfigMissing;
    }

    Counter cxOverflow() {
        return cxOverflow;
    }

    Counter globalCxOverflow() {
        return globalCxOverflow;
    }

    Counter preCxTimeout() {
        return preCxTimeout;
    }

    Counter filterError() {
        return filterError;
    }

    Counter filterRemoteClose() {
        return filterRemoteClose;
    }

    Counter noFilterChainMatch() {
        return noFilterChainMatch;
    }

    Histogram acceptedPerEvent() {
        return acceptedPerEvent;
    }

    Counter workerCxTotal(int worker) {
        return workerCxTotal[worker];
    }

    Gauge workerCxActive(int worker) {
        return workerCxActive[worker];
    }
}
