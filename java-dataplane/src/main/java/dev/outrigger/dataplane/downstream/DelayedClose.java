// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.exchange.HcmStats;
import dev.outrigger.dataplane.worker.Timers;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import java.time.Duration;

/**
 * Closes a connection so that its last response is not lost to a reset (K4): where the client may
 * still be sending, the connection lingers for {@code delayed_close_timeout}. Confined to the
 * connection's event loop.
 */
final class DelayedClose {
    private final WorkerContext worker;
    private final HcmStats stats;
    private final ConnectionCounts counts;
    private final long delayNanos;
    private final Timers.Timer timer;
    private final ChannelHandlerContext context;
    private boolean lingers;

    DelayedClose(
            WorkerContext worker,
            HcmStats stats,
            ConnectionCounts counts,
            Duration delay,
            ChannelHandlerContext context) {
        this.counts = counts;
        this.worker = worker;
        this.stats = stats;
        this.delayNanos = delay.toNanos();
        this.context = context;
        this.timer = worker.timers().timer(this::onTimeout);
    }

    /**
     * Flushes and closes.
     *
     * @param mayRace whether the client may still be sending
     * @return whether the connection lingers, reading what still comes
     */
    boolean begin(boolean mayRace) {
        lingers = mayRace && delayNanos > 0;
        if (lingers) {
            context.flush();
        } else {
            counts.closedLocally();
            context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> context.close());
        }
        if (delayNanos > 0) {
            timer.arm(worker.now(), delayNanos);
        }
        return lingers;
    }

    /**
     * The client has reset the connection. Envoy, which does not read any more, finds that out only
     * when the time is over, and counts it (observed).
     */
    void onReset() {
        if (lingers) {
            onTimeout();
        }
    }

    private void onTimeout() {
        lingers = false;
        counts.closedLocally();
        worker.stats().inc(stats.cxDelayedCloseTimeout);
        context.close();
    }

    /** The connection is gone. */
    void discard() {
        timer.discard();
    }
}
