// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import dev.outrigger.conformance.frame.FrameConnection;
import dev.outrigger.conformance.observe.Header;
import dev.outrigger.conformance.observe.SeenConnection;
import dev.outrigger.conformance.observe.SeenResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * One real connection of a client that speaks HTTP/2: requests, written as those of HTTP/1, each on
 * the next stream. What comes back is told by stream, a reset as the trailer {@code :reset} of a
 * response that is not complete, a goodbye as what could not be parsed. Used by one thread; the
 * inner ones read and write.
 */
final class FramedConnection implements ClientConnection, FrameConnection.Listener {
    private static final int MAX_BODY_CHARS = 64 << 20;

    private final Socket socket;
    private final int localPort;
    private final FrameConnection frames;
    private final FramedRequests requests;
    private final ExecutorService writer =
            Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());
    private final Object lock = new Object();
    private final TreeMap<Integer, Response> responses = new TreeMap<>();
    private final List<String> goodbyes = new ArrayList<>();
    private SeenConnection.End end = SeenConnection.End.OPEN;
    private boolean left;
    private boolean spoken;
    private long latestSentNanos = System.nanoTime();
    private long latestReceivedNanos = latestSentNanos - 1;

    /** One stream's, as far as it has come. */
    private static final class Response {
        private final List<Integer> interim = new ArrayList<>();
        private final StringBuilder body = new StringBuilder();
        private List<Header> head = List.of();
        private final List<Header> trailers = new ArrayList<>();
        private int status;
        private boolean complete;
        private boolean over;

        SeenResponse seen() {
            return new SeenResponse(
                    interim, "HTTP/2", status, "", head, body.toString(), trailers, complete);
        }
    }

    private FramedConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.localPort = socket.getLocalPort();
        this.frames = new FrameConnection(socket.getInputStream(), socket.getOutputStream());
        this.requests = new FramedRequests(frames);
    }

    static FramedConnection open(int port) throws IOException {
        var socket = new Socket();
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5000);
        var connection = new FramedConnection(socket);
        connection.frames.beginAsClient();
        Thread.ofVirtual().start(connection::receive);
        return connection;
    }

    @Override
    public int localPort() {
        return localPort;
    }

    @Override
    public void send(String text) {
        sending(() -> requests.send(text));
    }

    @Override
    public void resetStream(int code) {
        sending(() -> frames.reset(requests.latestStream(), code));
    }

    /** Something that is written, when what was before is. */
    private interface Writing {
        void write() throws IOException;
    }

    private void sending(Writing writing) {
        synchronized (lock) {
            spoken = true;
            latestSentNanos = System.nanoTime();
        }
        writer.execute(() -> {
            try {
                writing.write();
                frames.flush();
            } catch (IOException _) {
                // The proxy closed the connection; the reading side sees how.
            }
        });
    }

    @Override
    public void closeWrite() {
        sending(() -> {
            frames.flush();
            socket.shutdownOutput();
        });
    }

    @Override
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        close();
    }

    @Override
    public boolean awaitResponses(int count, Duration limit) {
        return await(
                limit,
                () ->
                        responses.values().stream().filter(each -> each.over).count() >= count
                                || ended());
    }

    @Override
    public boolean awaitEnd(Duration limit) {
        return await(limit, this::ended);
    }

    @Override
    public void awaitSettled(Duration duration) {
        synchronized (lock) {
            long latest = Math.max(latestReceivedNanos - latestSentNanos, 0) + latestSentNanos;
            long rest = latest + duration.toNanos() - System.nanoTime();
            var _ = awaitEnd(Duration.ofNanos(Math.max(0, rest)));
        }
    }

    @Override
    public void awaitQuiet(Duration duration) {
        synchronized (lock) {
            var _ = awaitUntil(() -> due(duration), this::ended);
        }
    }

    private long due(Duration quiet) {
        return latestReceivedNanos - latestSentNanos < 0
                ? latestSentNanos + 2 * quiet.toNanos()
                : latestReceivedNanos + quiet.toNanos();
    }

    @Override
    public SeenConnection seen() {
        synchronized (lock) {
            return new SeenConnection(
                    responses.values().stream().map(Response::seen).toList(),
                    String.join(", ", goodbyes),
                    end);
        }
    }

    @Override
    public boolean isLeft() {
        synchronized (lock) {
            return ended() || !goodbyes.isEmpty();
        }
    }

    @Override
    public boolean closeIsDue() {
        synchronized (lock) {
            return !goodbyes.isEmpty() || (spoken && responses.isEmpty());
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (lock) {
            left = true;
        }
        writer.shutdownNow();
        socket.close();
    }

    private boolean ended() {
        return end != SeenConnection.End.OPEN;
    }

    private boolean await(Duration limit, BooleanSupplier condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        synchronized (lock) {
            return awaitUntil(() -> deadline, condition);
        }
    }

    /**
     * Waits for the condition, with the lock.
     *
     * @param deadline what comes may put it off
     */
    private boolean awaitUntil(LongSupplier deadline, BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            long rest = deadline.getAsLong() - System.nanoTime();
            if (rest <= 0) {
                return false;
            }
            try {
                lock.wait(rest / 1_000_000 + 1);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }

    private void receive() {
        var how = SeenConnection.End.CLOSED;
        try {
            frames.read(this);
        } catch (IOException _) {
            how = SeenConnection.End.RESET;
        }
        synchronized (lock) {
            // What the proxy does to a connection that its client has closed is not seen.
            end = left ? end : how;
            lock.notifyAll();
        }
    }

    private Response response(int stream) {
        return responses.computeIfAbsent(stream, _ -> new Response());
    }

    private void noteReceived() {
        latestReceivedNanos = System.nanoTime();
        lock.notifyAll();
    }

    @Override
    public void onHeaders(int stream, List<Header> fields, boolean ended) {
        synchronized (lock) {
            var response = response(stream);
            if (response.status != 0) {
                response.trailers.addAll(fields);
            } else {
                onHead(response, fields);
            }
            response.complete = ended;
            response.over |= ended;
            noteReceived();
        }
    }

    private static void onHead(Response response, List<Header> fields) {
        int status =
                fields.stream()
                        .filter(each -> each.name().equals(":status"))
                        .mapToInt(each -> Integer.parseInt(each.value()))
                        .findFirst()
                        .orElse(-1);
        if (status >= 100 && status < 200) {
            response.interim.add(status);
            return;
        }
        response.status = status;
        response.head = fields.stream().filter(each -> !each.name().equals(":status")).toList();
    }

    @Override
    public void onData(int stream, String text, boolean ended) throws IOException {
        synchronized (lock) {
            var response = response(stream);
            if (response.body.length() + text.length() > MAX_BODY_CHARS) {
                throw new IOException("a body of more than " + MAX_BODY_CHARS + " bytes");
            }
            response.body.append(text);
            response.complete = ended;
            response.over |= ended;
            noteReceived();
        }
    }

    @Override
    public void onReset(int stream, int code) {
        synchronized (lock) {
            var response = response(stream);
            response.trailers.add(new Header(":reset", Integer.toString(code)));
            response.over = true;
            noteReceived();
        }
    }

    @Override
    public void onGoAway(int lastStream, int code, String debug) {
        synchronized (lock) {
            goodbyes.add(("GOAWAY " + code + " " + debug).strip());
            noteReceived();
        }
    }
}
