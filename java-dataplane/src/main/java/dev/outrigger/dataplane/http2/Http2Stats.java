// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.http2;

import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import dev.outrigger.dataplane.telemetry.StatsStore.Gauge;

/**
 * What HTTP/2 connections count, under Envoy's names ({@code http2/codec_stats.h}): all downstream
 * ones together, upstream ones by cluster. Made with the first such connection, as there.
 * Immutable.
 */
public final class Http2Stats {
    public final Counter downstreamConnections;
    public final Counter upstreamConnections;
    public final Counter headerOverflow;
    public final Counter headerListTooLarge;
    public final Counter messagingErrors;
    public final Counter resetsReceived;
    public final Counter resetsSent;
    public final Counter trailers;
    public final Counter goAwaySent;
    public final Counter flushTimeout;
    public final Counter droppedUnderscores;
    public final Counter rejectedUnderscores;
    public final Gauge streamsActive;
    final Gauge pendingSendBytes;
    final Gauge outboundActive;
    final Gauge outboundControlActive;
    final Counter priorityFlood;
    final Counter windowUpdateFlood;
    final Counter emptyFlood;
    final Counter outboundFlood;
    final Counter outboundControlFlood;

    final Counter keepaliveTimeout;
    final Counter streamRefused;

    /** What accepted connections count. */
    public Http2Stats(StatsStore store) {
        this(store, "");
    }

    /**
     * @param scope whose connections they are, with a dot at its end
     */
    public Http2Stats(StatsStore store, String scope) {
        String prefix = scope + "http2.";
        downstreamConnections = store.counter(prefix + "nghttp2_downstream_connections");
        headerOverflow = store.counter(prefix + "header_overflow");
        headerListTooLarge = store.counter(prefix + "header_list_size_too_large");
        messagingErrors = store.counter(prefix + "rx_messaging_error");
        resetsReceived = store.counter(prefix + "rx_reset");
        resetsSent = store.counter(prefix + "tx_reset");
        trailers = store.counter(prefix + "trailers");
        goAwaySent = store.counter(prefix + "goaway_sent");
        flushTimeout = store.counter(prefix + "tx_flush_timeout");
        streamsActive = store.gauge(prefix + "streams_active");
        pendingSendBytes = store.gauge(prefix + "pending_send_bytes");
        outboundActive = store.gauge(prefix + "outbound_frames_active");
        outboundControlActive = store.gauge(prefix + "outbound_control_frames_active");
        priorityFlood = store.counter(prefix + "inbound_priority_frames_flood");
        windowUpdateFlood = store.counter(prefix + "inbound_window_update_frames_flood");
        emptyFlood = store.counter(prefix + "inbound_empty_frames_flood");
        outboundFlood = store.counter(prefix + "outbound_flood");
        outboundControlFlood = store.counter(prefix + "outbound_control_flood");
        upstreamConnections = store.counter(prefix + "nghttp2_upstream_connections");
        keepaliveTimeout = store.counter(prefix + "keepalive_timeout");
        droppedUnderscores = store.counter(prefix + "dropped_headers_with_underscores");
        rejectedUnderscores =
                store.counter(prefix + "requests_rejected_with_underscores_in_headers");
        streamRefused = store.counter(prefix + "stream_refused_errors");
        registerUnused(store, prefix);
    }

    /**
     * Names Envoy shows and nothing here touches. The histograms stay empty there, too, unless a
     * reloadable feature that is off has them filled.
     */
    private static void registerUnused(StatsStore store, String prefix) {
        for (String name :
                new String[] {
                    "cookies_total_bytes_too_large",
                    "headers_cb_no_stream",
                    "metadata_empty_frames",
                    "oghttp2_downstream_connections",
                    "oghttp2_upstream_connections",
                }) {
            store.counter(prefix + name);
        }
        store.gauge(prefix + "deferred_stream_close");
        for (String name :
                new String[] {"cookie_count", "cookie_size", "header_count", "header_list_size"}) {
            store.histogram(prefix + name);
        }
    }
}
