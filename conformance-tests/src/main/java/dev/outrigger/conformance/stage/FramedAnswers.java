// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import dev.outrigger.conformance.exchange.UpstreamAnswer;
import dev.outrigger.conformance.exchange.UpstreamAnswer.After;
import dev.outrigger.conformance.frame.FrameConnection;
import dev.outrigger.conformance.observe.Header;
import dev.outrigger.conformance.observe.SeenAttempt;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The upstream's side of one HTTP/2 connection: each stream is an attempt, answered by script.
 * Answers are written as those of HTTP/1 and told in frames; what ends an HTTP/1 message ends the
 * stream. A stream the proxy resets has the trailer {@code :reset}.
 */
final class FramedAnswers implements FrameConnection.Listener {
    /** What a connection needs of its upstream. */
    interface Script {
        UpstreamAnswer next();

        /** The name an attempt is seen under. */
        String name();

        /** The number of the connection, from its first request on. */
        int connection();

        /** Lets time pass, but no longer than the exchange lasts. */
        void pause(Duration duration);

        /** A connection is about to be closed. */
        void closing();

        /** The proxy knows that it was. */
        void closed();
    }

    private static final int INTERNAL_ERROR = 2;

    private final Wire wire;
    private final FrameConnection frames;
    private final Script script;
    private final AttemptLog attempts;
    private final Map<Integer, Stream> streams = new LinkedHashMap<>();
    private final ExecutorService echoing =
            Executors.newSingleThreadExecutor(Thread.ofVirtual().factory());
    private boolean closing;

    FramedAnswers(Wire wire, FrameConnection frames, Script script, AttemptLog attempts) {
        this.wire = wire;
        this.frames = frames;
        this.script = script;
        this.attempts = attempts;
    }

    /** One request, as far as it has come, and what is done about it. */
    private static final class Stream {
        private final int id;
        private final String name;
        private final int connection;
        private final UpstreamAnswer answer;
        private final List<Header> head;
        private final StringBuilder body = new StringBuilder();
        private final List<Header> trailers = new ArrayList<>();
        private final AttemptLog.Entry entry;
        private boolean ended;
        private boolean reset;
        private boolean echoes;
        private boolean begun;

        /** Whether the answer is whole, so that nothing more is awaited. */
        private boolean answered;

        Stream(int id, Script script, List<Header> head, AttemptLog attempts) {
            this.id = id;
            this.name = script.name();
            this.connection = script.connection();
            this.head = head;
            this.entry = attempts.began(seen());
            this.answer = script.next();
        }

        private String field(String wanted) {
            return head.stream()
                    .filter(each -> each.name().equals(wanted))
                    .map(Header::value)
                    .findFirst()
                    .orElse("");
        }

        boolean isTunnel() {
            return field(":method").equals("CONNECT");
        }

        boolean isHead() {
            return field(":method").equals("HEAD");
        }

        SeenAttempt seen() {
            var headers =
                    head.stream()
                            .filter(each ->
                                    !each.name().equals(":method") && !each.name().equals(":path"))
                            .toList();
            return new SeenAttempt(
                    name,
                    connection,
                    field(":method") + " " + field(":path") + " HTTP/2",
                    headers,
                    body.toString(),
                    trailers,
                    ended);
        }
    }

    /** Serves until the connection ends. */
    void serve() throws IOException {
        try {
            frames.beginAsServer();
            frames.read(this);
        } finally {
            echoing.shutdownNow();
            synchronized (this) {
                streams.values().forEach(each -> attempts.ended(each.entry, each.seen()));
                if (closing) {
                    script.closed();
                }
            }
        }
    }

    @Override
    public synchronized void onHeaders(int id, List<Header> fields, boolean end) {
        var known = streams.get(id);
        if (known != null) {
            known.trailers.addAll(fields);
            on(known, end);
            return;
        }
        var stream = new Stream(id, script, fields, attempts);
        streams.put(id, stream);
        if (stream.answer.early()) {
            answer(stream);
        }
        on(stream, end);
    }

    @Override
    public synchronized void onData(int id, String text, boolean end) {
        var stream = streams.get(id);
        if (stream != null) {
            stream.body.append(text);
            if (stream.echoes) {
                echo(stream, text, end);
            }
            on(stream, end);
        }
    }

    private void on(Stream stream, boolean end) {
        if (end) {
            stream.ended = true;
            answer(stream);
            note(stream);
        }
    }

    /** By another thread: the one that reads must hear of windows meanwhile. */
    private void echo(Stream stream, String text, boolean end) {
        echoing.execute(() -> {
            try {
                frames.data(stream.id, text, end);
                frames.flush();
            } catch (IOException _) {
                // The proxy has gone.
            }
        });
    }

    private void answer(Stream stream) {
        if (!stream.begun) {
            stream.begun = true;
            Thread.ofVirtual().start(() -> tell(stream));
        }
    }

    private void tell(Stream stream) {
        var answer = stream.answer;
        try {
            if (answer.after() == After.CLOSE) {
                beginClosing();
            }
            script.pause(answer.delay());
            if (answer.after() == After.GOAWAY_UNSEEN) {
                frames.goAway(Math.max(0, stream.id - 2), 0);
            } else {
                after(stream, tellMessage(stream));
            }
            if (!wire.isClosed()) {
                frames.flush();
            }
        } catch (IOException _) {
            // The proxy reset the connection: the attempt stays recorded as it is.
        }
    }

    private synchronized void beginClosing() {
        if (!closing) {
            closing = true;
            script.closing();
        }
    }

    /** Whether all of the message is told, and the stream at its end. */
    private boolean tellMessage(Stream stream) throws IOException {
        var answer = stream.answer;
        var text = answer.head();
        var head = HttpText.head(text, 0);
        while (head.isPresent()) {
            var status = Http2Messages.status(head.get());
            if (status.isEmpty()) {
                return false;
            }
            var fields = Http2Messages.response(head.get(), status.get());
            if (status.get() >= 200 || status.get() == 101) {
                var rest = text.substring(head.get().end()) + answer.body();
                var body = body(stream, head.get(), status.get(), rest);
                return tellFinal(stream, fields, body);
            }
            frames.headers(stream.id, fields, false);
            head = HttpText.head(text, head.get().end());
        }
        return false;
    }

    private boolean tellFinal(Stream stream, List<Header> fields, HttpText.Body body)
            throws IOException {
        var trailers = Http2Messages.lowerCase(body.trailers());
        boolean bodiless = body.text().isEmpty() && trailers.isEmpty();
        frames.headers(stream.id, fields, body.complete() && bodiless);
        if (bodiless) {
            return body.complete();
        }
        // Where the body is part of the head's text, the end is what is delayed.
        boolean delaysEnd = stream.answer.body().isEmpty();
        if (!delaysEnd) {
            pauseBeforeBody(stream);
        }
        if (!body.text().isEmpty()) {
            frames.data(stream.id, body.text(), body.complete() && trailers.isEmpty());
        }
        if (delaysEnd) {
            pauseBeforeBody(stream);
        }
        if (!trailers.isEmpty()) {
            frames.headers(stream.id, trailers, true);
        }
        return body.complete();
    }

    private void pauseBeforeBody(Stream stream) throws IOException {
        if (stream.answer.bodyDelay().isPositive()) {
            frames.flush();
            script.pause(stream.answer.bodyDelay());
        }
    }

    /** The body by what ends it in HTTP/1. */
    private static HttpText.Body body(Stream stream, HttpText.Head head, int status, String rest) {
        if (stream.isHead() || status == 204 || status == 304) {
            return new HttpText.Body("", List.of(), 0, true);
        }
        if (head.chunked()) {
            return HttpText.chunked(rest, 0);
        }
        var after = stream.answer.after();
        boolean ends = after == After.KEEP || after == After.CLOSE || after == After.GOAWAY;
        boolean tunnel = status == 101 || stream.isTunnel();
        return head.contentLength()
                .map(length -> HttpText.ofLength(rest, 0, length))
                .orElseGet(() -> new HttpText.Body(rest, List.of(), 0, ends && !tunnel));
    }

    private void after(Stream stream, boolean complete) throws IOException {
        var after = stream.answer.after();
        switch (after) {
            case KEEP -> answered(stream, complete);
            case CLOSE -> {
                frames.flush();
                wire.finish();
            }
            case RESET -> {
                frames.flush();
                wire.abort();
            }
            case ECHO -> beginEcho(stream);
            case HANG, GOAWAY_UNSEEN -> {
                // Nothing more is said.
            }
            case GOAWAY -> {
                frames.goAway(stream.id, 0);
                answered(stream, complete);
            }
            case GOAWAY_ERROR -> {
                frames.goAway(stream.id, INTERNAL_ERROR);
                answered(stream, complete);
            }
            case STREAM_NO_ERROR,
                    STREAM_PROTOCOL_ERROR,
                    STREAM_INTERNAL_ERROR,
                    STREAM_REFUSED,
                    STREAM_CANCEL,
                    STREAM_CONNECT_ERROR,
                    STREAM_CALM,
                    STREAM_HTTP11_REQUIRED -> {
                frames.reset(stream.id, after.errorCode().orElseThrow());
                synchronized (this) {
                    stream.reset = true;
                    note(stream);
                }
            }
        }
    }

    private synchronized void answered(Stream stream, boolean complete) {
        stream.answered = complete;
        note(stream);
    }

    private synchronized void beginEcho(Stream stream) {
        stream.echoes = true;
        if (!stream.body.isEmpty()) {
            echo(stream, stream.body.toString(), stream.ended);
        }
    }

    @Override
    public synchronized void onReset(int id, int code) {
        var stream = streams.get(id);
        if (stream != null) {
            stream.reset = true;
            stream.trailers.add(new Header(":reset", Integer.toString(code)));
            note(stream);
        }
    }

    @Override
    public void onGoAway(int lastStream, int code, String debug) {
        // The connection ends behind it.
    }

    /** What came of an attempt is known when both sides are done with it. */
    private synchronized void note(Stream stream) {
        if (stream.reset || (stream.ended && stream.answered)) {
            attempts.ended(stream.entry, stream.seen());
        }
    }
}
