// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.exchange.HcmStats;
import dev.outrigger.dataplane.worker.Timers;
import dev.outrigger.dataplane.worker.WorkerContext;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import java.time.Duration;

/**
 * Closes a connection so that its last response is not lost (K4): neither to a reset, where the
 * client may still be sending and the connection lingers for {@code delayed_close_timeout}, nor to
 * a client that reads slowly, for which that time begins anew whenever it has taken something
 * (Envoy's {@code ConnectionImpl::onWriteReady}). Confined to the connection's event loop.
 */
final class DelayedClose {
    /** The most that is read and forgotten, as much as Envoy reads at once by default. */
    private static final int AT_ONCE_BYTES = 1 << 20;

    /** What a client that sends much at once takes at most between two pieces. */
    private static final long PAUSE_NANOS = 1_000_000;

    /** How often within the time it is looked whether the client has taken something. */
    private static final int LOOKS = 64;

    private final WorkerContext worker;
    private final HcmStats stats;
    private final ConnectionCounts counts;
    private final long delayNanos;
    private final Timers.Timer timer;
    private final Timers.Timer reading;
    private final ChannelHandlerContext context;
    private boolean lingers;
    private boolean flushed;
    private long untaken;
    private long takenAt;
    private boolean readMore;
    private boolean stopped;
    private int readBytes;

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
        this.timer = worker.timers().timer(this::onTimer);
        this.reading = worker.timers().timer(this::readOn);
    }

    /**
     * Flushes and closes.
     *
     * @param mayRace whether the client may still be sending
     * @param readsOn whether the event at hand has probably not read all that comes at once
     */
    void begin(boolean mayRace, boolean readsOn) {
        lingers = mayRace && delayNanos > 0;
        if (readsOn) {
            // The loop asks the system once before a timer that is armed behind its events.
            worker.afterEvents(() -> reading.arm(worker.now(), 0));
        } else {
            stopReading();
        }
        if (!lingers) {
            counts.closedLocally();
        }
        context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(done -> onFlushed());
        if (!flushed && delayNanos > 0) {
            untaken = untaken();
            takenAt = worker.now();
            timer.arm(takenAt, delayNanos / LOOKS);
        }
    }

    /** The system has taken everything, or will take nothing any more. */
    private void onFlushed() {
        flushed = true;
        if (lingers) {
            timer.arm(worker.now(), delayNanos);
        } else {
            timer.disarm();
            context.close();
        }
    }

    private void onTimer() {
        long now = worker.now();
        if (!flushed) {
            long left = untaken();
            if (left != untaken) {
                untaken = left;
                takenAt = now;
            }
            if (now - takenAt < delayNanos) {
                timer.arm(now, delayNanos / LOOKS);
                return;
            }
        }
        onTimeout();
    }

    /** What waits in the channel, in bytes with what Netty adds for each piece. */
    private long untaken() {
        ChannelOutboundBuffer out = context.channel().unsafe().outboundBuffer();
        return out == null ? 0 : out.totalPendingWriteBytes() - out.currentProgress();
    }

    /** Envoy reads in one event what comes in several here: what follows without a pause. */
    private void readOn() {
        if (readMore && readBytes < AT_ONCE_BYTES) {
            readMore = false;
            reading.arm(worker.now(), PAUSE_NANOS);
        } else {
            stopReading();
        }
    }

    private void stopReading() {
        stopped = true;
        context.channel().config().setAutoRead(false);
    }

    /**
     * What came too late. Envoy leaves what comes later still where it is, and the system then
     * resets the connection; here it may be read with the client's end.
     *
     * @param in given away
     */
    void onRead(ByteBuf in) {
        if (stopped) {
            context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        } else {
            readBytes += in.readableBytes();
            counts.received(in.readableBytes());
            readMore = true;
        }
        in.release();
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
        reading.discard();
    }
}
