// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import dev.outrigger.conformance.observe.SeenAttempt;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Reads one request after the other from a connection. Used by one thread. */
final class RequestReader {
    private static final int MAX_REQUEST_CHARS = 32 << 20;

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
