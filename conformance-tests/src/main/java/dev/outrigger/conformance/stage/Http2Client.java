// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import dev.outrigger.conformance.observe.Header;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A client's HTTP/2 connection as one of HTTP/1: each request that is written is a stream of its
 * own, which waits until the one before is answered, and what streams bring is read as responses.
 * The reason of a response says how its stream went on: {@code end} behind headers that nothing
 * follows. A reset is a response of status 999, or a trailer.
 */
final class Http2Client implements Wire {
    private static final long ANSWER_MILLIS = 10_000;
    private static final Set<String> BODILESS = Set.of("204", "304");

    private final Wire wire;
    private final Http2Frames frames;
    private final String scheme;
    private final TextPipe responses = new TextPipe();
    private final MessageText requests = new MessageText(new Requests());

    /** The stream that is being asked, or was asked last. */
    private int stream = -1;

    private boolean isHead;
    private boolean answered = true;
    private boolean begun;
    private boolean bodiless;
    private boolean leaving;
    private boolean over;

    private Http2Client(Wire wire, String scheme) throws IOException {
        this.wire = wire;
        this.scheme = scheme;
        this.frames = new Http2Frames(wire);
    }

    static Http2Client over(Wire wire, String scheme) throws IOException {
        wire.write(Http2Frames.MAGIC);
        var client = new Http2Client(wire, scheme);
        client.frames.greet();
        Thread.ofVirtual().start(client::receive);
        return client;
    }

    @Override
    public InputStream in() {
        return responses;
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        requests.add(new String(bytes, StandardCharsets.ISO_8859_1));
    }

    @Override
    public void finish() throws IOException {
        wire.finish();
    }

    @Override
    public void abort() throws IOException {
        wire.abort();
    }

    @Override
    public int localPort() {
        return wire.localPort();
    }

    @Override
    public synchronized boolean isLeaving() {
        return leaving;
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }

    /** What is written becomes frames. */
    private final class Requests implements MessageText.Sink {
        @Override
        public MessageText.Next head(String startLine, List<Header> headers, boolean hasBody)
                throws IOException {
            var words = startLine.split(" ", 3);
            var all = new ArrayList<Header>();
            all.add(new Header(":method", words[0]));
            all.add(new Header(":scheme", scheme));
            headers.stream()
                    .filter(each -> each.name().equals("host"))
                    .limit(1)
                    .forEach(each -> all.add(new Header(":authority", each.value())));
            all.add(new Header(":path", words.length > 1 ? words[1] : ""));
            headers.stream().filter(each -> !each.name().equals("host")).forEach(all::add);
            begin(words[0]);
            frames.headers(stream, all, !hasBody);
            return hasBody ? MessageText.Next.BODY : MessageText.Next.NOTHING;
        }

        @Override
        public void data(String text, boolean last) throws IOException {
            frames.data(stream, text, last);
        }

        @Override
        public void trailers(List<Header> trailers) throws IOException {
            frames.headers(stream, trailers, true);
        }
    }

    /** Waits for the answer before: what streams do to each other at the same time is a race. */
    private synchronized void begin(String method) throws IOException {
        long deadline = System.nanoTime() + ANSWER_MILLIS * 1_000_000;
        while (!answered && !over) {
            long left = (deadline - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                break;
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
        if (leaving || over) {
            throw new IOException("the proxy takes no further stream");
        }
        stream += 2;
        isHead = method.equals("HEAD");
        answered = false;
        begun = false;
    }

    private void receive() {
        try {
            while (true) {
                take(frames.next());
            }
        } catch (java.io.EOFException _) {
            end(false);
        } catch (IOException _) {
            end(true);
        }
    }

    private synchronized void end(boolean reset) {
        over = true;
        if (reset) {
            responses.fail();
        } else {
            responses.end();
        }
        notifyAll();
    }

    private synchronized void take(Http2Frames.Frame frame) {
        if (frame.type() == Http2Frames.GOAWAY) {
            leaving = true;
            return;
        }
        if (frame.stream() != stream || answered) {
            return;
        }
        switch (frame.type()) {
            case Http2Frames.HEADERS -> {
                if (begun) {
                    responses.add("0\r\n" + lines(frame.headers()) + "\r\n");
                } else {
                    head(frame);
                }
            }
            case Http2Frames.DATA -> data(frame);
            case Http2Frames.RST_STREAM -> reset(frame.code());
            default -> {
                return;
            }
        }
        if (frame.ends() || frame.type() == Http2Frames.RST_STREAM) {
            answered = true;
            notifyAll();
        }
    }

    private void head(Http2Frames.Frame frame) {
        var status = frame.headers().getFirst().value();
        boolean interim = status.startsWith("1");
        var text = new StringBuilder("HTTP/2.0 " + status + (frame.ends() ? " end" : "") + "\r\n");
        text.append(lines(frame.headers().subList(1, frame.headers().size())));
        bodiless = isHead || interim || BODILESS.contains(status);
        if (!bodiless) {
            text.append("transfer-encoding: chunked\r\n");
        }
        text.append("\r\n");
        if (!bodiless && frame.ends()) {
            text.append("0\r\n\r\n");
        }
        begun = !interim;
        responses.add(text.toString());
    }

    private void data(Http2Frames.Frame frame) {
        var text = frame.text();
        var shown = new StringBuilder();
        if (bodiless) {
            shown.append(text);
        } else {
            if (!text.isEmpty()) {
                shown.append(Integer.toHexString(text.length()))
                        .append("\r\n")
                        .append(text)
                        .append("\r\n");
            }
            if (frame.ends()) {
                shown.append("0\r\n\r\n");
            }
        }
        responses.add(shown.toString());
    }

    private void reset(int code) {
        if (begun) {
            responses.add("0\r\nrst-stream: " + code + "\r\n\r\n");
        } else {
            responses.add("HTTP/2.0 999 " + code + "\r\ncontent-length: 0\r\n\r\n");
        }
    }

    private static String lines(List<Header> headers) {
        var text = new StringBuilder();
        headers.forEach(each ->
                text.append(each.name().toLowerCase(Locale.ROOT))
                        .append(": ")
                        .append(each.value())
                        .append("\r\n"));
        return text.toString();
    }
}
