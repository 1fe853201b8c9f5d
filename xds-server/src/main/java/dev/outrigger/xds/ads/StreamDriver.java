// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import com.google.protobuf.ByteString;
import dev.outrigger.xds.ads.AdsMetrics.Ending;
import dev.outrigger.xds.node.NodeIdentity;
import dev.outrigger.xds.node.ProxyRegistry;
import dev.outrigger.xds.node.ProxySession;
import dev.outrigger.xds.node.StreamListener;
import dev.outrigger.xds.snapshot.Snapshot;
import dev.outrigger.xds.snapshot.SnapshotFeed;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects one gRPC stream to its state machine.
 *
 * <h2>Threading</h2>
 *
 * The feed's thread, gRPC's callbacks and the sweep only leave a note (a request, a snapshot,
 * "writable", "ended") and wake the stream. It works the notes off on its connection's event loop,
 * one task at a time, so the state machine and the call are confined without a lock, and nothing of
 * a stream is ever reordered. A snapshot in which nothing differs that the stream subscribes to
 * does not wake it.
 *
 * <h2>Flow control</h2>
 *
 * One request is taken from the wire at a time, and responses are made only while the call is
 * ready. A snapshot that arrives meanwhile replaces the one before. A client that does not read
 * what is due is ended after a while.
 */
final class StreamDriver<Q> implements StreamObserver<Incoming<Q>>, Admission.Entrant, Runnable {
    private static final Logger log = LoggerFactory.getLogger(StreamDriver.class);

    /** What clients of gRPC accept by default. */
    private static final int CLIENT_LIMIT_BYTES = 4 * 1024 * 1024;

    /** An old snapshot is held on to for so many newer ones at most. */
    private static final int SKIPPED_SNAPSHOTS = 64;

    private final ServerCallStreamObserver<Response> call;
    private final EventExecutor loop;
    private final Surroundings server;
    private final String peer;
    private final Function<StreamListener, XdsStream<Q>> machine;
    private final Consumer<StreamDriver<?>> onFinished;

    private final AtomicInteger wakeUps = new AtomicInteger();
    private final AtomicReference<@Nullable Incoming<Q>> request = new AtomicReference<>();
    private volatile @Nullable Snapshot newest;
    private volatile Interest interest = Interest.NONE;
    private volatile @Nullable SteadyListener session;
    private volatile boolean ended;
    private volatile long deadlineNanos = Stages.NEVER;

    /** Snapshots that concern the stream, and how many of those it has worked off. */
    private volatile int touches;

    private volatile int handledTouches;

    // Confined to the feed's thread.
    private int lastTouch;
    private int skipped;

    // Confined to the running task.
    private @Nullable XdsStream<Q> stream;
    private @Nullable NodeIdentity node;
    private @Nullable ProxySession proxy;
    private SnapshotFeed.@Nullable Registration registration;
    private boolean stalled;
    private long stalledSinceNanos;
    private boolean finished;

    /** What all streams of a server share. */
    record Surroundings(
            SnapshotFeed feed,
            ProxyRegistry registry,
            AdsOptions options,
            AdsMetrics metrics,
            LongSupplier nanos) {}

    StreamDriver(
            ServerCallStreamObserver<Response> call,
            EventExecutor loop,
            Surroundings server,
            String peer,
            Function<StreamListener, XdsStream<Q>> machine,
            Consumer<StreamDriver<?>> onFinished) {
        this.onFinished = onFinished;
        this.call = call;
        this.loop = loop;
        this.server = server;
        this.peer = peer;
        this.machine = machine;
    }

    /** To be called before the call's first message; that is read once {@link #begin} is. */
    void prepare() {
        call.disableAutoRequest();
        call.setOnReadyHandler(this::wake);
        call.setOnCancelHandler(this::end);
    }

    @Override
    public boolean begin() {
        if (ended) {
            return false;
        }
        deadlineNanos =
                server.nanos().getAsLong() + server.options().firstRequestTimeout().toNanos();
        call.request(1);
        return true;
    }

    @Override
    public void onNext(Incoming<Q> message) {
        request.set(message);
        if (loop.inEventLoop()) {
            // At once: when thousands come back together, what each has said must not pile up.
            if (wakeUps.getAndIncrement() == 0) {
                run();
            }
        } else {
            wake();
        }
    }

    @Override
    public void onError(Throwable cause) {
        end();
    }

    /** The client has nothing more to say; without its answers there is nothing to tell it. */
    @Override
    public void onCompleted() {
        end();
    }

    void end() {
        ended = true;
        wake();
    }

    /** Wakes the stream if something is due by time alone. */
    void tick(long now) {
        if (deadlineNanos != Stages.NEVER && now - deadlineNanos >= 0) {
            wake();
        }
    }

    private void onSnapshot(ProxySession told, Snapshot snapshot) {
        told.told(snapshot.edition());
        var before = newest;
        newest = snapshot;
        // Read after the write: a stream that changes its interest reads in the other order.
        if (interest.isTouched(before, snapshot) || skipped >= SKIPPED_SNAPSHOTS) {
            skipped = 0;
            lastTouch++;
            touches = lastTouch;
            wake();
            return;
        }
        skipped++;
        var listener = session;
        if (listener == null || handledTouches != lastTouch) {
            wake(); // It has not even said how it stands with an earlier one.
        } else {
            listener.evaluated(snapshot.edition(), snapshot.revision(), snapshot.documents());
        }
    }

    private void wake() {
        if (wakeUps.getAndIncrement() == 0) {
            try {
                loop.execute(this);
            } catch (RejectedExecutionException e) {
                log.debug("the server is closed peer={}", peer);
            }
        }
    }

    @Override
    public void run() {
        int seenWakeUps = wakeUps.get();
        do {
            work();
            seenWakeUps = wakeUps.addAndGet(-seenWakeUps);
        } while (seenWakeUps > 0);
    }

    private void work() {
        if (finished) {
            return;
        }
        try {
            if (ended) {
                finish(null);
                return;
            }
            var message = request.getAndSet(null);
            if (message != null) {
                handle(message);
            }
            long now = server.nanos().getAsLong();
            if (stream == null) {
                awaitFirstRequest(now);
            } else {
                pump(stream, now);
            }
            if (message != null && !finished) {
                server.metrics().requested();
                call.request(1);
            }
        } catch (ProtocolViolation violation) {
            refuse(violation);
        } catch (RuntimeException bug) {
            log.error("stream failed node={} peer={}", id(), peer, bug);
            server.metrics().ended(Ending.FAILURE);
            finish(Status.INTERNAL.withDescription("the control plane failed on this stream"));
        }
    }

    private void awaitFirstRequest(long now) {
        if (now - deadlineNanos >= 0) {
            server.metrics().ended(Ending.SILENT);
            finish(Status.DEADLINE_EXCEEDED.withDescription("no request came"));
        }
    }

    private void handle(Incoming<Q> message) throws ProtocolViolation {
        var said = message.node();
        var current = stream;
        if (current == null) {
            current = open(said);
        } else if (said != null && node != null) {
            NodeReading.requireSame(node, said);
        }
        current.onRequest(message.message());
        interest = current.interest();
        if (proxy != null) {
            proxy.subscribes(interest);
        }
    }

    private XdsStream<Q> open(@Nullable ByteString said) throws ProtocolViolation {
        var identity = NodeReading.read(said, server.options().limits().nodeBytes());
        node = identity;
        var opened = server.registry().open(identity, peer);
        proxy = opened;
        var listener = new SteadyListener(opened);
        session = listener;
        var machinery = machine.apply(listener);
        stream = machinery;
        registration = server.feed().watch(identity, snapshot -> onSnapshot(opened, snapshot));
        return machinery;
    }

    private void pump(XdsStream<Q> current, long now) {
        int touch = touches;
        // Read after the interest was written: see onSnapshot.
        var snapshot = newest;
        if (snapshot != null) {
            current.onSnapshot(snapshot);
        }
        boolean blocked = false;
        while (true) {
            if (!call.isReady()) {
                blocked = true;
                break;
            }
            var response = current.next(now);
            if (response.isEmpty()) {
                break;
            }
            write(response.get());
        }
        int late = current.takeGivenUp();
        if (late > 0) {
            server.metrics().late(late);
        }
        current.report();
        handledTouches = touch;
        setDeadline(current, blocked, now);
    }

    private void write(Response response) {
        server.metrics().sent(response.type(), response.sizeBytes());
        if (response.sizeBytes() > CLIENT_LIMIT_BYTES) {
            server.metrics().oversize(response.type());
            log.warn(
                    "response above what clients accept node={} peer={} type={} bytes={} limit={}",
                    id(),
                    peer,
                    response.type().shortName(),
                    response.sizeBytes(),
                    CLIENT_LIMIT_BYTES);
        }
        call.onNext(response);
    }

    /** Until when the client must have read on, or else what is held back by time. */
    private void setDeadline(XdsStream<Q> current, boolean blocked, long now) {
        if (!blocked) {
            stalled = false;
            deadlineNanos = current.nextDeadline(now);
            return;
        }
        if (!stalled) {
            stalled = true;
            stalledSinceNanos = now;
        }
        long limit = server.options().stallTimeout().toNanos();
        deadlineNanos = stalledSinceNanos + limit;
        if (now - stalledSinceNanos >= limit) {
            server.metrics().ended(Ending.STALLED);
            log.warn("client does not read node={} peer={} since={}ns", id(), peer, limit);
            finish(Status.RESOURCE_EXHAUSTED.withDescription("nothing was read for too long"));
        }
    }

    private void refuse(ProtocolViolation violation) {
        log.warn("stream refused node={} peer={} reason={}", id(), peer, violation.getMessage());
        finish(
                switch (violation.kind()) {
                    case INVALID -> {
                        server.metrics().ended(Ending.PROTOCOL);
                        yield Status.INVALID_ARGUMENT.withDescription(violation.getMessage());
                    }
                    case LIMIT_EXCEEDED -> {
                        server.metrics().ended(Ending.EXCEEDED);
                        yield Status.RESOURCE_EXHAUSTED.withDescription(violation.getMessage());
                    }
                });
    }

    private String id() {
        return node == null ? "" : node.id();
    }

    private void finish(@Nullable Status failure) {
        finished = true;
        deadlineNanos = Stages.NEVER;
        interest = Interest.NONE;
        onFinished.accept(this);
        if (registration != null) {
            registration.close();
        }
        if (proxy != null) {
            proxy.close();
        }
        if (call.isCancelled()) {
            return;
        }
        if (failure == null) {
            call.onCompleted();
        } else {
            call.onError(failure.asRuntimeException());
        }
    }
}
