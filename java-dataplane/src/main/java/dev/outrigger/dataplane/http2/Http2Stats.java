// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.http2;

import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import dev.outrigger.dataplane.telemetry.StatsStore.Gauge;

/**
 * What all HTTP/2 connections of a proxy count together, under {@code http2.} as Envoy names it
 * ({@code http2/codec_stats.h}). Made with the first such connection, as there. Immutable.
 */
public final class Http2Stats {
    private static final String PREFIX = "http2.";

    public final Counter downstreamConnections;
    public final Counter headerOverflow;
    public final Counter headerListTooLarge;
    public final Counter messagingErrors;
    public final Counter resetsReceived;
    public final Counter resetsSent;
    public final Counter trailers;
    public final Counter goAwaySent;
    public final Counter flushTimeout;
    public final Gauge streamsActive;
    final Counter priorityFlood;
    final Counter windowUpdateFlood;
    final Counter emptyFlood;
    final Counter outboundFlood;
    final Counter outboundControlFlood;

    public Http2Stats(StatsStore store) {
        downstreamConnections = store.counter(PREFIX + "nghttp2_downstream_connections");
        headerOverflow = store.counter(PREFIX + "header_overflow");
        headerListTooLarge = store.counter(PREFIX + "header_list_size_too_large");
        messagingErrors = store.counter(PREFIX + "rx_messaging_error");
        resetsReceived = store.counter(PREFIX + "rx_reset");
        resetsSent = store.counter(PREFIX + "tx_reset");
        trailers = store.counter(PREFIX + "trailers");
        goAwaySent = store.counter(PREFIX + "goaway_sent");
        flushTimeout = store.counter(PREFIX + "tx_flush_timeout");
        streamsActive = store.gauge(PREFIX + "streams_active");
        priorityFlood = store.counter(PREFIX + "inbound_priority_frames_flood");
        windowUpdateFlood = store.counter(PREFIX + "inbound_window_update_frames_flood");
        emptyFlood = store.counter(PREFIX + "inbound_empty_frames_flood");
        outboundFlood = store.counter(PREFIX + "outbound_flood");
        outboundControlFlood = store.counter(PREFIX + "outbound_control_flood");
        registerUnused(store);
    }

    /** Names Envoy shows and nothing here touches. */
    private static void registerUnused(StatsStore store) {
        for (String name :
                new String[] {
                    "deferred_stream_close",
                    "dropped_headers_with_underscores",
                    "headers_cb_no_stream",
                    "keepalive_timeout",
                    "metadata_empty_frames",
                    "nghttp2_upstream_connections",
                    "oghttp2_downstream_connections",
                    "oghttp2_upstream_connections",
                    "requests_rejected_with_underscores_in_headers",
                    "stream_refused_errors",
                }) {
            store.counter(PREFIX + name);
        }
        for (String name :
                new String[] {"outbound_control_frames_active", "outbound_frames_active"}) {
            store.gauge(PREFIX + name);
        }
        for (String name :
                new String[] {"cookie_count", "cookie_size", "header_count", "header_list_size"}) {
            store.histogram(PREFIX + name);
        }
    }
}
