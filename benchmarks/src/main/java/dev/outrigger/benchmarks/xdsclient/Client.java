// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.xdsclient;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.function.Consumer;

/**
 * One delta client on one connection. Accepts everything at once; asks for a type once the one
 * before has come, as Envoy does, or for all at once when it comes back. Confined to the fleet's
 * thread.
 */
final class Client implements DeltaReader.Sink {
    private static final List<Kind> KINDS = List.of(Kind.values());

    private final int number;
    private final SocketChannel channel;
    private final Wire wire;
    private final DeltaReader reader = new DeltaReader(this);
    private final Requests requests;
    private final int[] expected;
    private final boolean isReturning;
    private final Progress progress;
    private final int[] received = new int[KINDS.size()];
    private DeltaReader.Copy copy = (_, _, _) -> {};
    private Consumer<Kind> responses = _ -> {};
    private int asked;
    private long bytes;
    private long resources;
    private int awaited;
    private boolean isMarkerAwaited;
    private long seenAt;

    /** What a fleet wants to know. */
    interface Progress {
        void joined(Client client);

        /** All types it was told to wait for have come since. */
        void seen(Client client);
    }

    /**
     * @param expected how many resources of each type there are
     * @param isReturning whether it asks for all types at once, with the versions it has
     */
    Client(
            int number,
            SocketChannel channel,
            Requests requests,
            int[] expected,
            boolean isReturning,
            Progress progress) {
        this.number = number;
        this.channel = channel;
        this.requests = requests;
        this.expected = expected.clone();
        this.isReturning = isReturning;
        this.progress = progress;
        this.wire = new Wire(channel, (from, at, length) -> reader.read(from, at, length, copy));
    }

    int number() {
        return number;
    }

    SocketChannel channel() {
        return channel;
    }

    Wire wire() {
        return wire;
    }

    long bytes() {
        return bytes;
    }

    long resources() {
        return resources;
    }

    /** When it had seen what it waited for, on the machine's monotonic clock. */
    long seenAt() {
        return seenAt;
    }

    /** Whether it has joined, or seen what it waited for last. */
    boolean hasSeen() {
        return awaited == 0 && seenAt != 0;
    }

    /**
     * @param into gets the bytes of responses
     * @param ends is told where one ends
     */
    void keepCopies(DeltaReader.Copy into, Consumer<Kind> ends) {
        copy = into;
        responses = ends;
    }

    void connected() throws IOException {
        wire.open();
        send(requests.opening(Kind.CLUSTER, number));
        asked = 1;
        if (isReturning) {
            for (; asked < KINDS.size(); asked++) {
                send(requests.subscription(KINDS.get(asked)));
            }
        }
    }

    /**
     * Waits for responses of some types from now on.
     *
     * @param marker must be in a cluster; empty for any
     */
    void await(int kinds, byte[] marker) {
        awaited = kinds;
        reader.lookFor(marker);
        isMarkerAwaited = marker.length > 0;
    }

    void read(byte[] from, int count) throws IOException {
        bytes += count;
        wire.read(from, count);
    }

    @Override
    public void response(Kind kind, byte[] nonce, int count, boolean marked, int size) {
        try {
            responses.accept(kind);
            send(Requests.answer(kind, nonce));
            received[kind.position()] += count;
            resources += count;
            boolean isIt = kind != Kind.CLUSTER || !isMarkerAwaited || marked;
            if (awaited != 0 && count > 0 && isIt) {
                awaited &= ~kind.bit();
                if (awaited == 0) {
                    seenAt = System.nanoTime();
                    progress.seen(this);
                }
            }
            if (!isReturning) {
                askForNext(kind);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void askForNext(Kind kind) throws IOException {
        boolean isLatest = kind.position() == asked - 1;
        if (!isLatest || received[kind.position()] < expected[kind.position()]) {
            return;
        }
        if (asked < KINDS.size()) {
            send(requests.subscription(KINDS.get(asked++)));
        } else if (asked == KINDS.size()) {
            asked++;
            seenAt = System.nanoTime();
            progress.joined(this);
        }
    }

    private void send(List<byte[]> parts) throws IOException {
        for (byte[] part : parts) {
            wire.send(part);
        }
    }
}
