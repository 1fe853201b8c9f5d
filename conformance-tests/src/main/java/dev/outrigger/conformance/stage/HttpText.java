// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import dev.outrigger.conformance.observe.Header;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads HTTP/1 messages out of text in which every byte is one ISO-8859-1 character. It only looks:
 * what it cannot read it leaves where it is.
 */
final class HttpText {
    private HttpText() {}

    /** A start line with headers, and where the body begins. */
    record Head(String startLine, List<Header> headers, int end) {

        Optional<String> first(String name) {
            return headers.stream()
                    .filter(header -> header.name().equalsIgnoreCase(name))
                    .map(Header::value)
                    .findFirst();
        }

        boolean chunked() {
            return first("transfer-encoding")
                    .filter(value -> value.toLowerCase(Locale.ROOT).endsWith("chunked"))
                    .isPresent();
        }

        Optional<Integer> contentLength() {
            return first("content-length")
                    .filter(value -> value.matches("\\d{1,9}"))
                    .map(Integer::parseInt);
        }
    }

    /** A body as far as it has come. */
    record Body(String text, List<Header> trailers, int end, boolean complete) {}

    /** The head that begins at the offset, once its empty line is there. */
    static Optional<Head> head(String text, int from) {
        int end = text.indexOf("\r\n\r\n", from);
        if (end < 0) {
            return Optional.empty();
        }
        var lines = text.substring(from, end).split("\r\n", -1);
        return Optional.of(new Head(lines[0], headers(lines, 1), end + 4));
    }

    static Body ofLength(String text, int from, int length) {
        int available = Math.min(length, text.length() - from);
        return new Body(
                text.substring(from, from + available),
                List.of(),
                from + available,
                available == length);
    }

    static Body chunked(String text, int from) {
        var body = new StringBuilder();
        int at = from;
        while (true) {
            int lineEnd = text.indexOf("\r\n", at);
            if (lineEnd < 0) {
                return new Body(body.toString(), List.of(), text.length(), false);
            }
            int size = chunkSize(text.substring(at, lineEnd));
            if (size < 0) {
                return new Body(body.toString(), List.of(), at, false);
            }
            at = lineEnd + 2;
            if (size == 0) {
                return trailers(text, at, body.toString());
            }
            int available = Math.min(size, text.length() - at);
            body.append(text, at, at + available);
            if (text.length() < at + size + 2) {
                return new Body(body.toString(), List.of(), text.length(), false);
            }
            at += size + 2;
        }
    }

    private static Body trailers(String text, int from, String body) {
        if (text.startsWith("\r\n", from)) {
            return new Body(body, List.of(), from + 2, true);
        }
        int end = text.indexOf("\r\n\r\n", from);
        if (end < 0) {
            return new Body(body, List.of(), text.length(), false);
        }
        var lines = text.substring(from, end).split("\r\n", -1);
        return new Body(body, headers(lines, 0), end + 4, true);
    }

    private static int chunkSize(String line) {
        int extension = line.indexOf(';');
        var size = (extension < 0 ? line : line.substring(0, extension)).strip();
        return size.matches("[0-9a-fA-F]{1,7}") ? Integer.parseInt(size, 16) : -1;
    }

    private static List<Header> headers(String[] lines, int from) {
        var headers = new ArrayList<Header>();
        for (int i = from; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            headers.add(
                    colon < 0
                            ? new Header(lines[i], "")
                            : new Header(
                                    lines[i].substring(0, colon),
                                    lines[i].substring(colon + 1).strip()));
        }
        return headers;
    }
}
