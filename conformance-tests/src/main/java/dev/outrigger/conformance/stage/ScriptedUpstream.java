// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import static dev.outrigger.conformance.frame.FrameConnection.PREFACE_START;

import dev.outrigger.conformance.exchange.UpstreamAnswer;
import dev.outrigger.conformance.frame.FrameConnection;
import dev.outrigger.conformance.proxy.Eventually;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * A server that answers the requests of one exchange by script and records each of them. Answers
 * are taken in the order in which the requests' heads arrive, over all connections and all ports;
 * the last one repeats.
 */
final class ScriptedUpstream implements AutoCloseable {
    private static final Duration LEAVING_LIMIT = Duration.ofMillis(300);

    private final String name;

    /** Whether its ports speak TLS if nothing else is said. */
    private final boolean secured;

    private final AttemptLog attempts;
    private final List<ServerSocket> servers = new CopyOnWriteArrayList<>();
    private final Map<Socket, Wire> open = new ConcurrentHashMap<>();
    private final Map<Integer, CountDownLatch> probes = new ConcurrentHashMap<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger exchange = new AtomicInteger();
    private final AtomicInteger closing = new AtomicInteger();

    /** The ports of {@link Naming#ROTATED}, in the order of their first attempts. */
    private final List<Integer> rotation = new CopyOnWriteArrayList<>();

    private volatile List<UpstreamAnswer> script;

    private ScriptedUpstream(String name, boolean secured, AttemptLog attempts) {
        this.name = name;
        this.secured = secured;
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

    /** Starts one of plain TCP. */
    static ScriptedUpstream start(String name, AttemptLog attempts) throws IOException {
        return start(name, false, attempts);
    }

    /**
     * Starts one on a first port. Whether a connection carries HTTP/2 is known by its first bytes.
     *
     * @param secured whether its ports speak TLS
     */
    static ScriptedUpstream start(String name, boolean secured, AttemptLog attempts)
            throws IOException {
        var upstream = new ScriptedUpstream(name, secured, attempts);
        var _ = upstream.listen(Naming.SHARED);
        return upstream;
    }

    /** Opens a further port, which shares script and counters with the others. */
    int listen(Naming naming) throws IOException {
        return listen(naming, secured);
    }

    /** Opens one likewise that speaks TLS, or does not. */
    int listen(Naming naming, boolean encrypts) throws IOException {
        var server = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        int number = servers.size() + 1;
        servers.add(server);
        Thread.ofVirtual().start(() -> accept(server, encrypts, () -> named(number, naming)));
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
        servers.forEach(this::acceptWhatIsConnected);
        exchange.incrementAndGet();
        for (var wire : open.values()) {
            try {
                wire.finish();
            } catch (IOException _) {
                // The proxy was faster.
            }
        }
        var _ = Eventually.holds(LEAVING_LIMIT, open::isEmpty);
        closeConnections();
    }

    /** What the proxy has connected comes before a connection of our own. */
    private void acceptWhatIsConnected(ServerSocket server) {
        try (var probe = new Socket()) {
            probe.bind(new InetSocketAddress(server.getInetAddress(), 0));
            var accepted = new CountDownLatch(1);
            probes.put(probe.getLocalPort(), accepted);
            probe.connect(server.getLocalSocketAddress());
            var _ = accepted.await(LEAVING_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the connections of an exchange, so that the next one begins with none. */
    void closeConnections() {
        for (var wire : open.values()) {
            closeQuietly(wire);
        }
    }

    @Override
    public void close() throws IOException {
        for (var server : servers) {
            server.close();
        }
        closeConnections();
    }

    private void accept(ServerSocket server, boolean encrypts, Supplier<String> named) {
        while (!server.isClosed()) {
            try {
                var socket = server.accept();
                var probe = probes.remove(socket.getPort());
                if (probe != null) {
                    socket.close();
                    probe.countDown();
                    continue;
                }
                // What is still being encrypted must be found by who closes all.
                open.put(socket, new Wire(socket, socket));
                Thread.ofVirtual().start(() -> serve(socket, encrypts, named));
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

    private void serve(Socket socket, boolean encrypts, Supplier<String> named) {
        try (var wire = Wire.accept(socket, encrypts)) {
            open.put(socket, wire);
            serve(wire, named);
        } catch (IOException _) {
            // The proxy reset the connection: the attempt stays recorded as incomplete.
        } finally {
            open.remove(socket);
        }
    }

    private void serve(Wire wire, Supplier<String> named) throws IOException {
        var in = new PushbackInputStream(wire.in(), PREFACE_START.length());
        if (beginsWithPreface(in)) {
            serveFrames(wire, in, named);
            return;
        }
        var reader = new RequestReader(in);
        int number = 0;
        while (reader.readHead()) {
            if (number == 0) {
                // Requests have an order; which port's connection is accepted first has none.
                number = connections.incrementAndGet();
            }
            if (!answer(wire, reader, number, named.get())) {
                return;
            }
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

    private void serveFrames(Wire wire, InputStream in, Supplier<String> named) throws IOException {
        var script = new FrameScript(named);
        var frames = new FrameConnection(in, wire.out());
        new FramedAnswers(wire, frames, script, attempts).serve();
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
    private boolean answer(Wire wire, RequestReader reader, int number, String seenBy)
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
            write(wire, answer.head());
            if (!reader.isHead()) {
                pause(answer.bodyDelay(), now);
                write(wire, answer.body());
            }
            return switch (answer.after()) {
                case KEEP -> {
                    if (answer.early()) {
                        reader.readBody();
                    }
                    yield reader.complete();
                }
                case CLOSE -> {
                    wire.finish();
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
                    wire.abort();
                    yield false;
                }
                case ECHO -> {
                    reader.echo(wire.out());
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

    private static void write(Wire wire, String text) throws IOException {
        if (!text.isEmpty()) {
            wire.out().write(text.getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    private static void closeQuietly(Wire wire) {
        try {
            wire.close();
        } catch (IOException _) {
            // It is closed all the same.
        }
    }
}
