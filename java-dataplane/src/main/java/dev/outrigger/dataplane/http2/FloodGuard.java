// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.http2;

import dev.outrigger.dataplane.config.Http2Options;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;

/**
 * Ends connections whose peer makes us work without doing any itself (L5), by the counts of Envoy's
 * {@code http2/protocol_constraints.cc}. Confined to the connection's event loop.
 */
final class FloodGuard {
    private final Http2Options options;
    private final Http2Stats stats;
    private final StatsShard shard;
    private long streams;
    private long dataSent;
    private long priorities;
    private long windowUpdates;
    private int empty;
    private int outbound;
    private int outboundControl;

    FloodGuard(Http2Options options, Http2Stats stats, StatsShard shard) {
        this.options = options;
        this.stats = stats;
        this.shard = shard;
    }

    void onStream() {
        streams++;
    }

    void onDataSent() {
        dataSent++;
    }

    void onPriority() throws Http2ConnectionException {
        priorities++;
        if (priorities > options.maxPriorityFramesPerStream() * (1 + streams)) {
            throw flood(stats.priorityFlood);
        }
    }

    void onWindowUpdate() throws Http2ConnectionException {
        windowUpdates++;
        if (windowUpdates > 5 + 2 * (streams + options.maxWindowUpdatesPerData() * dataSent)) {
            throw flood(stats.windowUpdateFlood);
        }
    }

    /** A frame of a message: DATA, HEADERS or CONTINUATION. */
    void onMessageFrame(boolean withoutPayload, boolean end) throws Http2ConnectionException {
        if (!withoutPayload || end) {
            empty = 0;
            return;
        }
        empty++;
        if (empty > options.maxConsecutiveEmptyFrames()) {
            throw flood(stats.emptyFlood);
        }
    }

    /**
     * A frame was queued for the peer.
     *
     * @param reading whether the peer reads what it is sent
     * @return the details to end the connection with; empty to go on
     */
    String onQueued(boolean control, boolean reading) {
        if (reading) {
            onDrained();
            return "";
        }
        outbound++;
        shard.inc(stats.outboundActive);
        if (outbound > options.maxOutboundFrames()) {
            shard.inc(stats.outboundFlood);
            return "http2.outbound_frames_flood";
        }
        if (control) {
            outboundControl++;
            shard.inc(stats.outboundControlActive);
        }
        if (outboundControl > options.maxOutboundControlFrames()) {
            shard.inc(stats.outboundControlFlood);
            return "http2.outbound_control_frames_flood";
        }
        return "";
    }

    /** The peer has read what was queued, or is gone. */
    void onDrained() {
        if (outbound > 0) {
            shard.add(stats.outboundActive, -outbound);
            shard.add(stats.outboundControlActive, -outboundControl);
            outbound = 0;
            outboundControl = 0;
        }
    }

    /** Details and stat of a flood have the same name. */
    private Http2ConnectionException flood(Counter counter) {
        shard.inc(counter);
        return Http2ConnectionException.flood(counter.name());
    }
}
