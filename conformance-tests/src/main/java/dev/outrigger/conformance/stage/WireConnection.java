// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import dev.outrigger.conformance.observe.SeenConnection;
import dev.outrigger.conformance.observe.SeenResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/**
 * One real connection of a client that writes whatever bytes it is told. Writing happens on a
 * thread of its own, so that a proxy that stops reading does not stop the client from seeing its
 * answer. Used by one thread; the two inner threads only fill the buffer and empty the queue.
 */
final class WireConnection implements ClientConnection {
    private static final int MAX_RECEIVED_BYTES = 64 << 20;

    private final Socket socket;
    private final int localPort;
    private final ExecutorService writer =
            Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());
    private final StringBuilder sent = new StringBuilder();
    private List<String> methods = List.of();
    private final Object lock = new Object();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private SeenConnection.End end = SeenConnection.End.OPEN;
    private boolean left;
    private long latestSentNanos;
    private long latestReceivedNanos;

    private WireConnection(Socket socket) {
        this.socket = socket;
        this.localPort = socket.getLocalPort();
    }

    @Override
    public int localPort() {
        return localPort;
    }

    static WireConnection open(int port) throws IOException {
        var socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5000);
        var connection = new WireConnection(socket);
        connection.latestSentNanos = System.nanoTime();
        connection.latestReceivedNanos = connection.latestSentNanos - 1;
        Thread.ofVirtual().start(connection::receive);
        return connection;
    }

    @Override
    public void send(String text) {
        synchronized (lock) {
            sent.append(text);
            // Asked for with each byte that comes, and long where bodies are.
            methods = ResponseReader.methods(sent.toString());
        }
        latestSentNanos = System.nanoTime();
        writer.execute(() -> {
            try {
                socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
            } catch (IOException _) {
                // The proxy closed the connection; the reading side sees how.
            }
        });
    }

    @Override
    public void resetStream(int code) {
        throw new IllegalStateException("HTTP/1 has no streams (expected: http2: true)");
    }

    @Override
    public void closeWrite() {
        writer.execute(() -> {
            try {
                socket.shutdownOutput();
            } catch (IOException _) {
                // As above.
            }
        });
    }

    @Override
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        close();
    }

    @Override
    public boolean awaitResponses(int count, Duration limit) {
        return await(limit, () -> reading().completed() >= count || ended());
    }

    @Override
    public boolean awaitEnd(Duration limit) {
        return await(limit, this::ended);
    }

    @Override
    public void awaitSettled(Duration duration) {
        synchronized (lock) {
            long latest =
                    latestReceivedNanos - latestSentNanos < 0
                            ? latestSentNanos
                            : latestReceivedNanos;
            long left = latest + duration.toNanos() - System.nanoTime();
            var _ = awaitEnd(Duration.ofNanos(Math.max(0, left)));
        }
    }

    @Override
    public void awaitQuiet(Duration duration) {
        long answered = duration.toNanos();
        synchronized (lock) {
            while (!ended()) {
                boolean none = latestReceivedNanos - latestSentNanos < 0;
                long due = none ? latestSentNanos + 2 * answered : latestReceivedNanos + answered;
                long left = due - System.nanoTime();
                if (left <= 0) {
                    return;
                }
                try {
                    lock.wait(left / 1_000_000 + 1);
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }

    @Override
    public SeenConnection seen() {
        synchronized (lock) {
            var reading = reading();
            return new SeenConnection(reading.responses(), reading.rest(), end);
        }
    }

    @Override
    public boolean isLeft() {
        synchronized (lock) {
            if (ended()) {
                return true;
            }
            var responses = reading().responses();
            return !responses.isEmpty() && saysClose(responses.getLast());
        }
    }

    @Override
    public boolean closeIsDue() {
        var responses = reading().responses();
        if (responses.isEmpty()) {
            return !sent.isEmpty();
        }
        var last = responses.getLast();
        return !last.complete() || saysClose(last);
    }

    @Override
    public void close() throws IOException {
        synchronized (lock) {
            left = true;
        }
        writer.shutdownNow();
        socket.close();
    }

    private static boolean saysClose(SeenResponse response) {
        return response.headers().stream()
                .anyMatch(header ->
                        header.name().equals("connection") && header.value().equals("close"));
    }

    private boolean ended() {
        return end != SeenConnection.End.OPEN;
    }

    private ResponseReader.Reading reading() {
        synchronized (lock) {
            return ResponseReader.read(
                    received.toString(StandardCharsets.ISO_8859_1),
                    methods,
                    end == SeenConnection.End.CLOSED);
        }
    }

    private boolean await(Duration limit, BooleanSupplier condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        synchronized (lock) {
            while (!condition.getAsBoolean()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                try {
                    lock.wait(left / 1_000_000 + 1);
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
            return true;
        }
    }

    private void receive() {
        var buffer = new byte[1 << 16];
        var how = SeenConnection.End.CLOSED;
        try {
            var in = socket.getInputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                synchronized (lock) {
                    if (received.size() + n > MAX_RECEIVED_BYTES) {
                        throw new IOException("more than " + MAX_RECEIVED_BYTES + " bytes");
                    }
                    received.write(buffer, 0, n);
                    latestReceivedNanos = System.nanoTime();
                    lock.notifyAll();
                }
            }
        } catch (IOException _) {
            how = SeenConnection.End.RESET;
        }
        synchronized (lock) {
            // What the proxy does to a connection that its client has closed is not seen.
            end = left ? end : how;
            lock.notifyAll();
        }
    }
}
