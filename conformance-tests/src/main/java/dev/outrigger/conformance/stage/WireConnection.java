// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import dev.outrigger.conformance.exchange.Transport;
import dev.outrigger.conformance.observe.SeenConnection;
import dev.outrigger.conformance.observe.SeenResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * One real connection of a client that writes whatever bytes it is told. Used by one thread; the
 * two inner threads only fill the buffer and empty the queue.
 */
final class WireConnection implements ClientConnection {
    private static final int MAX_RECEIVED_BYTES = 64 << 20;

    private final Wire wire;
    private final int localPort;
    private final Conversation conversation = new Conversation();
    private final StringBuilder sent = new StringBuilder();
    private List<String> methods = List.of();
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();

    private WireConnection(Wire wire) {
        this.wire = wire;
        this.localPort = wire.localPort();
    }

    @Override
    public int localPort() {
        return localPort;
    }

    static WireConnection open(int port) throws IOException {
        return open(Transport.PLAIN, port);
    }

    static WireConnection open(Transport transport, int port) throws IOException {
        var connection = new WireConnection(Wire.connect(transport, port));
        Thread.ofVirtual().start(connection::receive);
        return connection;
    }

    @Override
    public void send(String text) {
        synchronized (conversation) {
            sent.append(text);
            // Asked for with each byte that comes, and long where bodies are.
            methods = ResponseReader.methods(sent.toString());
        }
        var bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        conversation.say(() -> wire.out().write(bytes));
    }

    @Override
    public void resetStream(int code) {
        throw new IllegalStateException("HTTP/1 has no streams (expected: http2: true)");
    }

    @Override
    public void closeWrite() {
        conversation.write(wire::finish);
    }

    @Override
    public void reset() throws IOException {
        conversation.leave();
        wire.abort();
    }

    @Override
    public boolean awaitResponses(int count, Duration limit) {
        return conversation.await(
                limit, () -> reading().completed() >= count || conversation.hasEnded());
    }

    @Override
    public boolean awaitEnd(Duration limit) {
        return conversation.awaitEnd(limit);
    }

    @Override
    public void awaitSettled(Duration duration) {
        conversation.awaitSettled(duration);
    }

    @Override
    public void awaitQuiet(Duration duration) {
        conversation.awaitQuiet(duration);
    }

    @Override
    public SeenConnection seen() {
        synchronized (conversation) {
            var reading = reading();
            return new SeenConnection(reading.responses(), reading.rest(), conversation.end());
        }
    }

    @Override
    public boolean isLeft() {
        synchronized (conversation) {
            if (conversation.hasEnded()) {
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
        conversation.leave();
        wire.close();
    }

    private static boolean saysClose(SeenResponse response) {
        return response.headers().stream()
                .anyMatch(header ->
                        header.name().equals("connection") && header.value().equals("close"));
    }

    private ResponseReader.Reading reading() {
        synchronized (conversation) {
            return ResponseReader.read(
                    received.toString(StandardCharsets.ISO_8859_1),
                    methods,
                    conversation.end() == SeenConnection.End.CLOSED);
        }
    }

    private void receive() {
        var buffer = new byte[1 << 16];
        var how = SeenConnection.End.CLOSED;
        try {
            var in = wire.in();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                synchronized (conversation) {
                    if (received.size() + n > MAX_RECEIVED_BYTES) {
                        throw new IOException("more than " + MAX_RECEIVED_BYTES + " bytes");
                    }
                    received.write(buffer, 0, n);
                    conversation.heard();
                }
            }
        } catch (IOException _) {
            how = SeenConnection.End.RESET;
        }
        conversation.ended(how);
    }
}
