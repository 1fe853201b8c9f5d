// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import dev.outrigger.conformance.frame.FrameConnection;
import java.io.IOException;
import java.util.List;

/**
 * Tells requests, written as those of HTTP/1 and in any pieces, in frames. Each takes a stream; the
 * one behind a tunnel goes into it. Used by one thread at a time.
 */
final class FramedRequests {
    private final FrameConnection frames;
    private final String scheme;
    private final StringBuilder text = new StringBuilder();
    private HttpText.Head head = new HttpText.Head("", List.of(), 0);
    private int stream = -1;
    private int bodySent;
    private boolean inBody;

    FramedRequests(FrameConnection frames, String scheme) {
        this.frames = frames;
        this.scheme = scheme;
    }

    int latestStream() {
        return stream;
    }

    void send(String more) throws IOException {
        text.append(more);
        boolean goesOn = true;
        while (goesOn) {
            goesOn = inBody ? sendBody() : sendHead();
        }
    }

    /** Whether there may be more to send. */
    private boolean sendHead() throws IOException {
        var next = HttpText.head(text.toString(), 0);
        if (next.isEmpty()) {
            return false;
        }
        head = next.get();
        text.delete(0, head.end());
        var fields = Http2Messages.request(head, scheme);
        if (fields.isEmpty()) {
            return false;
        }
        stream += 2;
        boolean tunnel = Http2Messages.isTunnel(head);
        inBody = tunnel || head.chunked() || head.contentLength().orElse(0) > 0;
        bodySent = 0;
        frames.headers(stream, fields.get(), !inBody);
        return !text.isEmpty();
    }

    private boolean sendBody() throws IOException {
        if (Http2Messages.isTunnel(head)) {
            if (!text.isEmpty()) {
                frames.data(stream, text.toString(), false);
                text.setLength(0);
            }
            return false;
        }
        var all = text.toString();
        var body =
                head.chunked()
                        ? HttpText.chunked(all, 0)
                        : HttpText.ofLength(all, 0, head.contentLength().orElse(0));
        var trailers = Http2Messages.lowerCase(body.trailers());
        boolean endsWithData = body.complete() && trailers.isEmpty();
        var unsent = body.text().substring(bodySent);
        if (!unsent.isEmpty() || endsWithData) {
            frames.data(stream, unsent, endsWithData);
            bodySent = body.text().length();
        }
        if (!body.complete()) {
            return false;
        }
        if (!trailers.isEmpty()) {
            frames.headers(stream, trailers, true);
        }
        text.delete(0, body.end());
        inBody = false;
        return !text.isEmpty();
    }
}
