// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import dev.outrigger.conformance.observe.Header;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Cuts HTTP/1 text that comes in pieces into what goes over an HTTP/2 stream: headers, data as soon
 * as it is there, trailers. Used by one thread at a time.
 */
final class MessageText {
    /** What frames say in their own way (RFC 9113 8.2.2). */
    private static final Set<String> OF_CONNECTIONS =
            Set.of("connection", "transfer-encoding", "keep-alive", "proxy-connection", "upgrade");

    private final Sink sink;
    private final StringBuilder text = new StringBuilder();
    private State state = State.HEAD;
    private int left;

    MessageText(Sink sink) {
        this.sink = sink;
    }

    /** What becomes of a message. */
    interface Sink {
        /**
         * A start line with its headers.
         *
         * @param hasBody whether something follows, as far as the headers say
         * @return whether something follows; a message without an end goes on until its text does
         */
        Next head(String startLine, List<Header> headers, boolean hasBody) throws IOException;

        void data(String text, boolean last) throws IOException;

        void trailers(List<Header> trailers) throws IOException;
    }

    /** What follows a head. */
    enum Next {
        NOTHING,
        BODY,
        /** It was an interim response. */
        HEAD
    }

    private enum State {
        HEAD,
        LENGTH,
        CHUNKS,
        UNTIL_END
    }

    /** Takes a piece; a message that is over is followed by the next one. */
    void add(String piece) throws IOException {
        text.append(piece);
        boolean more = true;
        while (more) {
            more =
                    switch (state) {
                        case HEAD -> head();
                        case LENGTH -> length();
                        case CHUNKS -> chunk();
                        case UNTIL_END -> rest();
                    };
        }
    }

    /** Nothing follows: whether that was a good place to end. */
    boolean end() throws IOException {
        if (state == State.UNTIL_END) {
            state = State.HEAD;
            sink.data("", true);
            return true;
        }
        return state == State.HEAD && text.isEmpty();
    }

    private boolean head() throws IOException {
        var head = HttpText.head(text.toString(), 0);
        if (head.isEmpty()) {
            return false;
        }
        var each = head.get();
        text.delete(0, each.end());
        var length = each.contentLength();
        boolean isResponse = each.startLine().startsWith("HTTP/");
        boolean hasBody =
                each.chunked() || length.orElse(0) > 0 || (isResponse && length.isEmpty());
        return switch (sink.head(each.startLine(), fields(each.headers()), hasBody)) {
            case NOTHING, HEAD -> true;
            case BODY -> {
                state = each.chunked() ? State.CHUNKS : framed(length);
                yield true;
            }
        };
    }

    private State framed(Optional<Integer> length) {
        left = length.orElse(0);
        return length.isPresent() ? State.LENGTH : State.UNTIL_END;
    }

    private boolean length() throws IOException {
        int count = Math.min(left, text.length());
        if (count == 0) {
            return false;
        }
        left -= count;
        sink.data(take(count), left == 0);
        if (left == 0) {
            state = State.HEAD;
        }
        return left == 0;
    }

    private boolean rest() throws IOException {
        if (!text.isEmpty()) {
            sink.data(take(text.length()), false);
        }
        return false;
    }

    private boolean chunk() throws IOException {
        int lineEnd = text.indexOf("\r\n");
        if (lineEnd < 0) {
            return false;
        }
        var line = text.substring(0, lineEnd);
        int extension = line.indexOf(';');
        int size =
                Integer.parseInt((extension < 0 ? line : line.substring(0, extension)).strip(), 16);
        if (size > 0) {
            int end = lineEnd + 2 + size + 2;
            if (text.length() < end) {
                return false;
            }
            var data = text.substring(lineEnd + 2, end - 2);
            text.delete(0, end);
            sink.data(data, false);
            return true;
        }
        int end = text.indexOf("\r\n\r\n", lineEnd);
        if (end < 0) {
            return false;
        }
        var trailers = HttpText.head(take(end + 4), 0).orElseThrow().headers();
        state = State.HEAD;
        if (trailers.isEmpty()) {
            sink.data("", true);
        } else {
            sink.trailers(lowered(trailers));
        }
        return true;
    }

    private String take(int count) {
        var taken = text.substring(0, count);
        text.delete(0, count);
        return taken;
    }

    private static List<Header> fields(List<Header> headers) {
        return lowered(headers).stream()
                .filter(each -> !OF_CONNECTIONS.contains(each.name()))
                .toList();
    }

    private static List<Header> lowered(List<Header> headers) {
        var lowered = new ArrayList<Header>();
        headers.forEach(each ->
                lowered.add(new Header(each.name().toLowerCase(Locale.ROOT), each.value())));
        return lowered;
    }
}
