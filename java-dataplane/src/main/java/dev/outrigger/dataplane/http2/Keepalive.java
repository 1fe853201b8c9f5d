// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.http2;

import dev.outrigger.dataplane.config.Http2Options;
import dev.outrigger.dataplane.worker.Timers;
import dev.outrigger.dataplane.worker.WorkerContext;

/**
 * Asks the peer by PING whether it is still there, and gives the connection up when it does not
 * answer ({@code connection_keepalive}, as {@code http2/codec_impl.cc}). Confined to the
 * connection's event loop.
 */
final class Keepalive {
    private final Http2Session session;
    private final Http2Options.Keepalive config;
    private final WorkerContext worker;
    private final Timers.Timer next;
    private final Timers.Timer timeout;
    private final byte[] payload = new byte[8];
    private long lastReceived;

    Keepalive(Http2Session session, Http2Options.Keepalive config, WorkerContext worker) {
        this.session = session;
        this.config = config;
        this.worker = worker;
        this.lastReceived = worker.now();
        this.next = worker.timers().timer(this::onInterval);
        this.timeout = worker.timers().timer(this::onTimeout);
    }

    /** The connection is there. */
    void begin() {
        armNext();
    }

    private void armNext() {
        long interval = config.interval().toMillis();
        if (interval > 0) {
            long spread = (long) (config.jitterPercent() * interval / 100);
            long more = spread > 0 ? worker.random().nextLong(spread) : 0;
            next.arm(worker.now(), (interval + more) * 1_000_000);
        }
    }

    /** The peer has sent something. */
    void onReceived() {
        lastReceived = worker.now();
    }

    /** Any frame but an answer: the answer may be stuck behind it, and has as long again. */
    void onFrame() {
        if (timeout.isArmed()) {
            timeout.arm(worker.now(), config.timeout().toNanos());
        }
    }

    /** A stream is about to be opened: is anybody there to take it? */
    void onNewStream() {
        long idle = config.idleInterval().toNanos();
        if (idle > 0 && worker.now() - lastReceived > idle) {
            send();
        }
    }

    /** The peer has answered a PING. */
    void onAck() {
        timeout.disarm();
        armNext();
    }

    private void onInterval() {
        worker.refreshNow();
        send();
        worker.flushDirty();
    }

    private void send() {
        if (timeout.isArmed()) {
            return;
        }
        long time = worker.wallMillis();
        for (int i = 0; i < 8; i++) {
            payload[i] = (byte) (time >>> (56 - 8 * i));
        }
        session.sendPing(payload);
        timeout.arm(worker.now(), config.timeout().toNanos());
    }

    private void onTimeout() {
        worker.refreshNow();
        session.onKeepaliveTimeout();
        worker.flushDirty();
    }

    /** The connection is gone. */
    void discard() {
        next.discard();
        timeout.discard();
    }
}
