// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.xds.node.NodeIdentity;
import dev.outrigger.xds.node.ProxyRegistry;
import dev.outrigger.xds.node.ProxySession;
import dev.outrigger.xds.node.StreamListener;
import dev.outrigger.xds.snapshot.Snapshot;
import dev.outrigger.xds.snapshot.SnapshotFeed;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects one gRPC stream to its state machine.
 *
 * <h2>Threading</h2>
 *
 * gRPC's event loop and the reconciler only leave a note (a request, a snapshot, "writable",
 * "ended") and wake the stream. One task at a time then works the notes off on the shared pool, so
 * the state machine and the call are confined without a lock, and streams never wait for each
 * other.
 *
 * <h2>Flow control</h2>
 *
 * One request is taken from the wire at a time, and responses are made only while the call is
 * ready. A snapshot that arrives meanwhile replaces the one before.
 */
final class StreamDriver<Q, R> implements StreamObserver<Q>, Runnable {
    private static final Logger log = LoggerFactory.getLogger(StreamDriver.class);

    private final ServerCallStreamObserver<R> call;
    private final Executor pool;
    private final Peers peers;
    private final String peer;
    private final Function<Q, @Nullable Node> nodeOf;
    private final Function<StreamListener, XdsStream<Q, R>> machine;

    private final Consumer<StreamDriver<?, ?>> onFinished;

    private final AtomicInteger wakeUps = new AtomicInteger();
    private final AtomicReference<@Nullable Q> request = new AtomicReference<>();
    private final AtomicReference<@Nullable Snapshot> snapshot = new AtomicReference<>();
    private volatile boolean ended;

    // Confined to the running task.
    private @Nullable XdsStream<Q, R> stream;
    private @Nullable NodeIdentity node;
    private @Nullable ProxySession session;
    private SnapshotFeed.@Nullable Registration registration;
    private boolean finished;

    /** What all streams of a server share. */
    record Peers(SnapshotFeed feed, ProxyRegistry registry, StreamLimits limits) {}

    StreamDriver(
            ServerCallStreamObserver<R> call,
            Executor pool,
            Peers peers,
            String peer,
            Function<Q, @Nullable Node> nodeOf,
            Function<StreamListener, XdsStream<Q, R>> machine,
            Consumer<StreamDriver<?, ?>> onFinished) {
        this.onFinished = onFinished;
        this.call = call;
        this.pool = pool;
        this.peers = peers;
        this.peer = peer;
        this.nodeOf = nodeOf;
        this.machine = machine;
    }

    /** To be called before the call's first message. */
    void start() {
        call.disableAutoRequest();
        call.setOnReadyHandler(this::wake);
        call.setOnCancelHandler(this::end);
        call.request(1);
    }

    @Override
    public void onNext(Q message) {
        request.set(message);
        wake();
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

    private void onSnapshot(ProxySession told, Snapshot newest) {
        told.told(newest.edition());
        snapshot.set(newest);
        wake();
    }

    private void wake() {
        if (wakeUps.getAndIncrement() == 0) {
            pool.execute(this);
        }
    }

    @Override
    public void run() {
        int seen = wakeUps.get();
        do {
            work();
            seen = wakeUps.addAndGet(-seen);
        } while (seen > 0);
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
            pump();
            if (message != null) {
                call.request(1);
            }
        } catch (ProtocolViolation violation) {
            log.warn(
                    "stream refused node={} peer={} reason={}",
                    node == null ? "" : node.id(),
                    peer,
                    violation.getMessage());
            finish(status(violation));
        } catch (RuntimeException bug) {
            log.error("stream failed node={} peer={}", node == null ? "" : node.id(), peer, bug);
            finish(Status.INTERNAL.withDescription("the control plane failed on this stream"));
        }
    }

    private void handle(Q message) throws ProtocolViolation {
        var said = nodeOf.apply(message);
        if (stream == null) {
            stream = open(said);
        } else if (said != null && node != null && isAnother(said, node)) {
            throw new ProtocolViolation(
                    ProtocolViolation.Kind.INVALID,
                    "the node changed from '" + node.id() + "' to '" + said.getId() + "'");
        }
        stream.onRequest(message);
    }

    private XdsStream<Q, R> open(@Nullable Node said) throws ProtocolViolation {
        if (said == null || said.getId().isEmpty()) {
            throw new ProtocolViolation(
                    ProtocolViolation.Kind.INVALID, "the first request names no node.id");
        }
        if (said.getSerializedSize() > peers.limits().nodeBytes()) {
            throw new ProtocolViolation(
                    ProtocolViolation.Kind.INVALID,
                    "the node has "
                            + said.getSerializedSize()
                            + " bytes (expected: at most "
                            + peers.limits().nodeBytes()
                            + ")");
        }
        node = NodeIdentity.from(said);
        var opened = peers.registry().open(node, peer);
        session = opened;
        registration = peers.feed().watch(node, newest -> onSnapshot(opened, newest));
        return machine.apply(opened);
    }

    private static boolean isAnother(Node said, NodeIdentity node) {
        return !said.getId().equals(node.id()) || !said.getCluster().equals(node.cluster());
    }

    private void pump() {
        if (stream == null) {
            return;
        }
        var newest = snapshot.getAndSet(null);
        if (newest != null) {
            stream.onSnapshot(newest);
        }
        while (call.isReady()) {
            var response = stream.next();
            if (response.isEmpty()) {
                break;
            }
            call.onNext(response.get());
        }
        stream.report();
    }

    private void finish(@Nullable Status failure) {
        finished = true;
        onFinished.accept(this);
        if (registration != null) {
            registration.close();
        }
        if (session != null) {
            session.close();
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

    private static Status status(ProtocolViolation violation) {
        return switch (violation.kind()) {
            case INVALID -> Status.INVALID_ARGUMENT.withDescription(violation.getMessage());
            case LIMIT_EXCEEDED ->
                    Status.RESOURCE_EXHAUSTED.withDescription(violation.getMessage());
        };
    }
}
