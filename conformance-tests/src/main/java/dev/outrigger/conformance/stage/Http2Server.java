// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import dev.outrigger.conformance.observe.Header;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * A server's HTTP/2 connection, each stream of which looks like an HTTP/1 connection with one
 * request. What ends such a connection ends the stream: with an answer that is whole the peer is
 * told to use another connection; without one all ends; RST resets the stream only, as a refused
 * one where nothing was answered.
 */
final class Http2Server {
    private static final int LITTLE = 4096;

    private final Wire wire;
    private final Http2Frames frames;
    private final Consumer<Wire> onStream;
    private final Map<Integer, Stream> streams = new ConcurrentHashMap<>();
    private volatile int last;

    private Http2Server(Wire wire, Consumer<Wire> onStream) throws IOException {
        this.wire = wire;
        this.frames = new Http2Frames(wire);
        this.onStream = onStream;
    }

    /**
     * Serves until the connection ends.
     *
     * @param onStream is given each stream, on a thread of its own
     */
    static void serve(Wire wire, Consumer<Wire> onStream) throws IOException {
        var server = new Http2Server(wire, onStream);
        try {
            server.frames.greet();
            server.frames.readMagic();
            while (true) {
                server.take(server.frames.next());
            }
        } finally {
            server.streams.values().forEach(each -> each.requests.end());
        }
    }

    private void take(Http2Frames.Frame frame) throws IOException {
        if (frame.type() == Http2Frames.GOAWAY || frame.stream() == 0) {
            return;
        }
        var stream = streams.get(frame.stream());
        switch (frame.type()) {
            case Http2Frames.HEADERS -> {
                if (stream != null) {
                    stream.onTrailers(frame);
                } else if (frame.stream() > last) {
                    last = frame.stream();
                    var begun = new Stream(frame.stream());
                    streams.put(frame.stream(), begun);
                    begun.onHead(frame);
                    Thread.ofVirtual().start(() -> onStream.accept(begun));
                }
            }
            case Http2Frames.DATA -> {
                if (stream != null) {
                    stream.onData(frame);
                }
            }
            case Http2Frames.RST_STREAM -> {
                if (stream != null) {
                    streams.remove(frame.stream());
                    stream.requests.fail();
                }
            }
            default -> {
                // Nothing else is about requests.
            }
        }
    }

    private final class Stream implements Wire, MessageText.Sink {
        private final int id;
        private final TextPipe requests = new TextPipe();
        private final MessageText responses = new MessageText(this);
        private boolean isHead;

        /** What goes in one piece: what a proxy does between two would be a race. */
        private final ByteArrayOutputStream held = new ByteArrayOutputStream();

        private volatile boolean begun;
        private boolean asked;
        private boolean done;

        Stream(int id) {
            this.id = id;
        }

        private void onHead(Http2Frames.Frame frame) {
            var method = "";
            var path = "";
            var lines = new StringBuilder();
            boolean hasLength = false;
            for (var header : frame.headers()) {
                switch (header.name()) {
                    case ":method" -> method = header.value();
                    case ":path" -> path = header.value();
                    case ":authority" -> lines.append("host: ").append(header.value());
                    default -> {
                        var name = header.name().replace(":", "pseudo-");
                        lines.append(name).append(": ").append(header.value());
                        hasLength |= name.toLowerCase(Locale.ROOT).equals("content-length");
                    }
                }
                if (!header.name().equals(":method") && !header.name().equals(":path")) {
                    lines.append("\r\n");
                }
            }
            isHead = method.equals("HEAD");
            boolean chunked = !frame.ends() || hasLength;
            requests.add(
                    method
                            + " "
                            + path
                            + " HTTP/2\r\n"
                            + lines
                            + (chunked ? "transfer-encoding: chunked\r\n\r\n" : "\r\n")
                            + (chunked && frame.ends() ? "0\r\n\r\n" : ""));
            if (frame.ends()) {
                over(true, false);
            }
        }

        /** Notes that one side has said all; with both the stream is over. */
        private synchronized void over(boolean ofRequest, boolean ofResponse) {
            asked |= ofRequest;
            done |= ofResponse;
            if (asked && done) {
                streams.remove(id);
                requests.end();
            }
        }

        private synchronized boolean isDone() {
            return done;
        }

        private void onData(Http2Frames.Frame frame) {
            var text = frame.text();
            var shown = new StringBuilder();
            if (!text.isEmpty()) {
                shown.append(Integer.toHexString(text.length())).append("\r\n");
                shown.append(text).append("\r\n");
            }
            requests.add(shown.append(frame.ends() ? "0\r\n\r\n" : "").toString());
            if (frame.ends()) {
                over(true, false);
            }
        }

        private void onTrailers(Http2Frames.Frame frame) {
            var lines = new StringBuilder("0\r\n");
            frame.headers()
                    .forEach(each ->
                            lines.append(each.name())
                                    .append(": ")
                                    .append(each.value())
                                    .append("\r\n"));
            requests.add(lines.append("\r\n").toString());
            over(true, false);
        }

        @Override
        public InputStream in() {
            return requests;
        }

        @Override
        public void write(byte[] bytes) throws IOException {
            responses.add(new String(bytes, StandardCharsets.ISO_8859_1));
            flush();
        }

        private void flush() throws IOException {
            if (held.size() > 0) {
                wire.write(held.toByteArray());
                held.reset();
            }
        }

        @Override
        public MessageText.Next head(String startLine, List<Header> headers, boolean hasBody)
                throws IOException {
            var words = startLine.split(" ", 3);
            var status = words.length > 1 ? words[1] : "";
            boolean interim = status.startsWith("1");
            boolean ends =
                    !interim
                            && (!hasBody || isHead || status.equals("204") || status.equals("304"));
            var all = new ArrayList<Header>();
            all.add(new Header(":status", status));
            all.addAll(headers);
            held.writeBytes(Http2Frames.headerFrames(id, all, ends));
            begun |= !interim;
            if (ends) {
                over(false, true);
                return MessageText.Next.NOTHING;
            }
            return interim ? MessageText.Next.HEAD : MessageText.Next.BODY;
        }

        @Override
        public void data(String text, boolean endStream) throws IOException {
            if (text.length() <= LITTLE) {
                held.writeBytes(frames.dataFrame(id, text, endStream));
            } else {
                flush();
                frames.data(id, text, endStream);
            }
            if (endStream) {
                over(false, true);
            }
        }

        @Override
        public void trailers(List<Header> trailers) throws IOException {
            held.writeBytes(Http2Frames.headerFrames(id, trailers, true));
            over(false, true);
        }

        /** Before the answer: behind it the peer could take the connection for the next one. */
        @Override
        public void announceEnd() throws IOException {
            frames.goAway(last);
        }

        @Override
        public void finish() throws IOException {
            boolean isWhole = responses.end();
            flush();
            if (isWhole && isDone()) {
                requests.end();
            } else {
                wire.finish();
            }
        }

        @Override
        public void abort() throws IOException {
            if (!isDone() && streams.remove(id) != null) {
                frames.reset(id, begun ? Http2Frames.INTERNAL_ERROR : Http2Frames.REFUSED_STREAM);
            }
            requests.end();
        }

        @Override
        public int localPort() {
            return wire.localPort();
        }

        @Override
        public void close() throws IOException {
            abort();
        }
    }
}
