// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import static dev.outrigger.conformance.frame.FrameConnection.PREFACE_START;

import dev.outrigger.conformance.exchange.UpstreamAnswer;
import dev.outrigger.conformance.frame.FrameConnection;
import dev.outrigger.conformance.observe.SeenAttempt;
import dev.outrigger.conformance.proxy.Eventually;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLServerSocket;

/**
 * A server that answers the requests of one exchange by script and records each of them. Answers
 * are taken in the order in which the requests' heads arrive, over all connections and all ports;
 * the last one repeats.
 */
final class ScriptedUpstream implements AutoCloseable {
    private static final int MAX_REQUEST_CHARS = 32 << 20;

    private static final Duration LEAVING_LIMIT = Duration.ofMillis(300);

    private final String name;
    private final AttemptLog attempts;
    private final List<ServerSocket> servers = new CopyOnWriteArrayList<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger exchange = new AtomicInteger();
    private final AtomicInteger closing = new AtomicInteger();

    /** The ports of {@link Naming#ROTATED}, in the order of their first attempts. */
    private final List<Integer> rotation = new CopyOnWriteArrayList<>();

    private volatile List<UpstreamAnswer> script;

    private ScriptedUpstream(String name, AttemptLog attempts) {
        this.name = name;
        this.attempts = attempts;
        this.script = List.of(UpstreamAnswer.ok(name));
    }

    /** How an attempt names the port it came to. */
    enum Naming {
        /** By the upstream's name: which of its ports was chosen is not looked at. */
        SHARED,
        /** With the port's own number: the choice is to be the same in every run. */
        EXACT,
        /** With its number in the order of use, where runs begin the rotation differently. */
        ROTATED
    }

    static ScriptedUpstream start(String name, AttemptLog attempts) throws IOException {
        var upstream = new ScriptedUpstream(name, attempts);
        var _ = upstream.listen(Naming.SHARED);
        return upstream;
    }

    /** Opens a further port, which shares script and counters with the others. */
    int listen(Naming naming) throws IOException {
        return listen(naming, ServerSocketFactory.getDefault());
    }

    /** Opens one likewise, with sockets of another kind. */
    int listen(Naming naming, ServerSocketFactory sockets) throws IOException {
        var server = sockets.createServerSocket(0, 128, InetAddress.getLoopbackAddress());
        if (server instanceof SSLServerSocket secured) {
            secured.setWantClientAuth(true);
        }
        int number = servers.size() + 1;
        servers.add(server);
        Thread.ofVirtual().start(() -> accept(server, number, naming));
        return server.getLocalPort();
    }

    int port() {
        return servers.getFirst().getLocalPort();
    }

    /** Begins an exchange: connections and answers are counted from the start. */
    void play(Optional<List<UpstreamAnswer>> answers) {
        script = answers.orElseGet(() -> List.of(UpstreamAnswer.ok(name)));
        taken.set(0);
        connections.set(0);
        rotation.clear();
    }

    /** Whether the proxy knows of each connection that was closed here. */
    boolean isSettled() {
        return closing.get() == 0;
    }

    /**
     * Ends the connections of an exchange from this side first and waits until the proxy has ended
     * them too, so that it takes none of them for the next exchange.
     */
    void leave() {
        exchange.incrementAndGet();
        for (var socket : open) {
            try {
                socket.shutdownOutput();
            } catch (IOException _) {
                // The proxy was faster.
            }
        }
        var _ = Eventually.holds(LEAVING_LIMIT, open::isEmpty);
        closeConnections();
    }

    /** Ends the connections of an exchange, so that the next one begins with none. */
    void closeConnections() {
        for (var socket : open) {
            closeQuietly(socket);
        }
    }

    @Override
    public void close() throws IOException {
        for (var server : servers) {
            server.close();
        }
        closeConnections();
    }

    private void accept(ServerSocket server, int number, Naming naming) {
        while (!server.isClosed()) {
            try {
                var socket = server.accept();
                open.add(socket);
                Thread.ofVirtual().start(() -> serve(socket, () -> named(number, naming)));
            } catch (IOException _) {
                // The server was closed, or the peer was gone before it was accepted.
            }
        }
    }

    private String named(int port, Naming naming) {
        return switch (naming) {
            case SHARED -> name;
            case EXACT -> name + "/" + port;
            case ROTATED -> name + "/" + rank(port);
        };
    }

    private synchronized int rank(int port) {
        if (!rotation.contains(port)) {
            rotation.add(port);
        }
        return rotation.indexOf(port) + 1;
    }

    private void serve(Socket socket, Supplier<String> named) {
        try (socket) {
            socket.setTcpNoDelay(true);
            var in = new PushbackInputStream(socket.getInputStream(), PREFACE_START.length());
            if (beginsWithPreface(in)) {
                serveFrames(socket, in, named);
                return;
            }
            var reader = new RequestReader(in);
            int number = 0;
            while (reader.readHead()) {
                if (number == 0) {
                    // Requests have an order; which port's connection is accepted first has none.
                    number = connections.incrementAndGet();
                }
                if (!answer(socket, reader, number, named.get())) {
                    return;
                }
            }
        } catch (IOException _) {
            // The proxy reset the connection: the attempt stays recorded as incomplete.
        } finally {
            open.remove(socket);
        }
    }

    /** Reads no further than to the first byte that is another: PRI is a method as well. */
    private static boolean beginsWithPreface(PushbackInputStream in) throws IOException {
        var seen = new byte[PREFACE_START.length()];
        int count = 0;
        boolean same = true;
        while (same && count < seen.length) {
            int next = in.read();
            if (next < 0) {
                same = false;
            } else {
                seen[count] = (byte) next;
                same = next == PREFACE_START.charAt(count++);
            }
        }
        in.unread(seen, 0, count);
        return same;
    }

    private void serveFrames(Socket socket, InputStream in, Supplier<String> named)
            throws IOException {
        var script = new FrameScript(named);
        var frames = new FrameConnection(in, socket.getOutputStream());
        new FramedAnswers(socket, frames, script, attempts).serve();
    }

    /** What an HTTP/2 connection is answered by; confined to its reading thread, but for waits. */
    private final class FrameScript implements FramedAnswers.Script {
        private final Supplier<String> named;
        private int number;

        FrameScript(Supplier<String> named) {
            this.named = named;
        }

        @Override
        public UpstreamAnswer next() {
            return nextAnswer();
        }

        @Override
        public String name() {
            return named.get();
        }

        @Override
        public int connection() {
            if (number == 0) {
                number = connections.incrementAndGet();
            }
            return number;
        }

        @Override
        public void pause(Duration duration) {
            ScriptedUpstream.this.pause(duration, exchange.get());
        }

        @Override
        public void closing() {
            closing.incrementAndGet();
        }

        @Override
        public void closed() {
            closing.decrementAndGet();
        }
    }

    private UpstreamAnswer nextAnswer() {
        var answers = script;
        return answers.get(Math.min(taken.getAndIncrement(), answers.size() - 1));
    }

    /** Whether the connection may serve another request. */
    private boolean answer(Socket socket, RequestReader reader, int number, String seenBy)
            throws IOException {
        int now = exchange.get();
        var entry = attempts.began(reader.seen(seenBy, number));
        var answer = nextAnswer();
        boolean closes = answer.after() == UpstreamAnswer.After.CLOSE;
        try {
            if (closes) {
                closing.incrementAndGet();
            }
            if (!answer.early()) {
                reader.readBody();
                attempts.ended(entry, reader.seen(seenBy, number));
            }
            pause(answer.delay(), now);
            write(socket, answer.head());
            if (!reader.isHead()) {
                pause(answer.bodyDelay(), now);
                write(socket, answer.body());
            }
            return switch (answer.after()) {
                case KEEP -> {
                    if (answer.early()) {
                        reader.readBody();
                    }
                    yield reader.complete();
                }
                case CLOSE -> {
                    socket.shutdownOutput();
                    reader.drain();
                    yield false;
                }
                case RESET,
                        STREAM_NO_ERROR,
                        STREAM_PROTOCOL_ERROR,
                        STREAM_INTERNAL_ERROR,
                        STREAM_REFUSED,
                        STREAM_CANCEL,
                        STREAM_CONNECT_ERROR,
                        STREAM_CALM,
                        STREAM_HTTP11_REQUIRED,
                        GOAWAY,
                        GOAWAY_UNSEEN,
                        GOAWAY_ERROR -> {
                    socket.setSoLinger(true, 0);
                    yield false;
                }
                case ECHO -> {
                    reader.echo(socket.getOutputStream());
                    yield false;
                }
                case HANG -> {
                    reader.drain();
                    yield false;
                }
            };
        } finally {
            if (closes) {
                closing.decrementAndGet();
            }
            attempts.ended(entry, reader.seen(seenBy, number));
        }
    }

    /** Lets time pass, but no longer than the exchange lasts. */
    private void pause(Duration duration, int during) {
        if (duration.isPositive()) {
            var _ = Eventually.holds(duration, () -> exchange.get() != during);
        }
    }

    private static void write(Socket socket, String text) throws IOException {
        if (!text.isEmpty()) {
            socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException _) {
            // It is closed all the same.
        }
    }

    /** Reads one request after the other from a connection. */
    private static final class RequestReader {
        private final InputStream in;
        private final byte[] buffer = new byte[1 << 16];
        private final StringBuilder text = new StringBuilder();
        private HttpText.Head head = new HttpText.Head("", List.of(), 0);
        private HttpText.Body body = new HttpText.Body("", List.of(), 0, false);

        RequestReader(InputStream in) {
            this.in = in;
        }

        boolean readHead() throws IOException {
            text.delete(0, body.end());
            body = new HttpText.Body("", List.of(), 0, false);
            var next = HttpText.head(text.toString(), 0);
            while (next.isEmpty()) {
                if (!more()) {
                    return false;
                }
                next = HttpText.head(text.toString(), 0);
            }
            head = next.get();
            body = new HttpText.Body("", List.of(), head.end(), false);
            return true;
        }

        void readBody() throws IOException {
            do {
                body = parse();
            } while (!body.complete() && more());
        }

        void echo(OutputStream out) throws IOException {
            int n = in.read(buffer);
            while (n >= 0) {
                out.write(buffer, 0, n);
                n = in.read(buffer);
            }
        }

        void drain() throws IOException {
            while (in.read(buffer) >= 0) {
                // Nothing is done with it: the proxy is to find that nobody answers.
            }
        }

        boolean complete() {
            return body.complete();
        }

        boolean isHead() {
            return head.startLine().startsWith("HEAD ");
        }

        SeenAttempt seen(String upstream, int connection) {
            return new SeenAttempt(
                    upstream,
                    connection,
                    head.startLine(),
                    head.headers(),
                    body.text(),
                    body.trailers(),
                    body.complete());
        }

        private HttpText.Body parse() {
            var all = text.toString();
            return head.chunked()
                    ? HttpText.chunked(all, head.end())
                    : HttpText.ofLength(all, head.end(), head.contentLength().orElse(0));
        }

        private boolean more() throws IOException {
            int n = in.read(buffer);
            if (n < 0) {
                return false;
            }
            if (text.length() + n > MAX_REQUEST_CHARS) {
                throw new IOException("request of more than " + MAX_REQUEST_CHARS + " bytes");
            }
            text.append(new String(buffer, 0, n, StandardCharsets.ISO_8859_1));
            return true;
        }
    }
}
