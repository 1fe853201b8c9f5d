// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import dev.outrigger.conformance.exchange.Transport;
import dev.outrigger.conformance.frame.FrameConnection;
import dev.outrigger.conformance.observe.Header;
import dev.outrigger.conformance.observe.SeenConnection;
import dev.outrigger.conformance.observe.SeenResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * One real connection of a client that speaks HTTP/2: requests, written as those of HTTP/1, each on
 * the next stream. What comes back is told by stream, a reset as the trailer {@code :reset} of a
 * response that is not complete, a goodbye as what could not be parsed. Used by one thread; the
 * inner ones read and write.
 */
final class FramedConnection implements ClientConnection, FrameConnection.Listener {
    private static final int MAX_BODY_CHARS = 64 << 20;

    private final Wire wire;
    private final int localPort;
    private final FrameConnection frames;
    private final FramedRequests requests;
    private final Conversation conversation = new Conversation();
    private final TreeMap<Integer, Response> responses = new TreeMap<>();
    private final List<String> goodbyes = new ArrayList<>();

    /** One stream's, as far as it has come. */
    private static final class Response {
        private final List<String> interim = new ArrayList<>();
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

    private FramedConnection(Wire wire, String scheme) throws IOException {
        this.wire = wire;
        this.localPort = wire.localPort();
        this.frames = new FrameConnection(wire.in(), wire.out());
        this.requests = new FramedRequests(frames, scheme);
    }

    static FramedConnection open(int port) throws IOException {
        return open(Transport.HTTP2, port);
    }

    static FramedConnection open(Transport transport, int port) throws IOException {
        var wire = Wire.connect(transport, port);
        var connection = new FramedConnection(wire, transport.isTls() ? "https" : "http");
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
        conversation.say(() -> {
            requests.send(text);
            frames.flush();
        });
    }

    @Override
    public void resetStream(int code) {
        conversation.say(() -> {
            frames.reset(requests.latestStream(), code);
            frames.flush();
        });
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
                limit,
                () ->
                        responses.values().stream().filter(each -> each.over).count() >= count
                                || conversation.hasEnded());
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
            return new SeenConnection(
                    responses.values().stream().map(Response::seen).toList(),
                    String.join(", ", goodbyes),
                    conversation.end());
        }
    }

    @Override
    public boolean isLeft() {
        synchronized (conversation) {
            return conversation.hasEnded() || !goodbyes.isEmpty();
        }
    }

    @Override
    public boolean closeIsDue() {
        synchronized (conversation) {
            return !goodbyes.isEmpty() || (conversation.hasSpoken() && responses.isEmpty());
        }
    }

    @Override
    public void close() throws IOException {
        conversation.leave();
        wire.close();
    }

    private void receive() {
        var how = SeenConnection.End.CLOSED;
        try {
            frames.read(this);
        } catch (IOException _) {
            how = SeenConnection.End.RESET;
        }
        conversation.ended(how);
    }

    private Response response(int stream) {
        return responses.computeIfAbsent(stream, _ -> new Response());
    }

    @Override
    public void onHeaders(int stream, List<Header> fields, boolean ended) {
        synchronized (conversation) {
            var response = response(stream);
            if (response.status != 0) {
                response.trailers.addAll(fields);
            } else {
                onHead(response, fields);
            }
            response.complete = ended;
            response.over |= ended;
            conversation.heard();
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
            response.interim.add(Integer.toString(status));
            return;
        }
        response.status = status;
        response.head = fields.stream().filter(each -> !each.name().equals(":status")).toList();
    }

    @Override
    public void onData(int stream, String text, boolean ended) throws IOException {
        synchronized (conversation) {
            var response = response(stream);
            if (response.body.length() + text.length() > MAX_BODY_CHARS) {
                throw new IOException("a body of more than " + MAX_BODY_CHARS + " bytes");
            }
            response.body.append(text);
            response.complete = ended;
            response.over |= ended;
            conversation.heard();
        }
    }

    @Override
    public void onReset(int stream, int code) {
        synchronized (conversation) {
            var response = response(stream);
            response.trailers.add(new Header(":reset", Integer.toString(code)));
            response.over = true;
            conversation.heard();
        }
    }

    @Override
    public void onGoAway(int lastStream, int code, String debug) {
        synchronized (conversation) {
            goodbyes.add(("GOAWAY " + code + " " + debug).strip());
            conversation.heard();
        }
    }
}
