// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.accesslog.GrpcStatuses;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.ResponseHead;
import java.util.Locale;

/** How a reply of our own is dressed: plain text, or a gRPC status for a gRPC request (Y1, Y2). */
final class LocalReplies {
    static final byte[] TRUE = Ascii.bytes("true");
    static final byte[] FALSE = Ascii.bytes("false");
    static final byte[] CLOSE = Ascii.bytes("close");
    static final byte[] KEEP_ALIVE = Ascii.bytes("keep-alive");
    private static final byte[] TEXT = Ascii.bytes("text/plain");
    private static final byte[] GRPC = Ascii.bytes("application/grpc");
    private static final byte[] NOTHING = {};

    private LocalReplies() {}

    /**
     * Completes a head that holds the status and what the route added.
     *
     * @param toHead whether it answers a HEAD, to which gRPC gives no message
     * @param grpcStatus -1 for what follows from the status
     * @return the body to send
     */
    static byte[] complete(
            ResponseHead head,
            LocalReplyMapping.Mapped said,
            boolean grpc,
            boolean toHead,
            int grpcStatus) {
        String body = said.body();
        HeaderBlock headers = head.headers();
        if (grpc) {
            int status = head.status();
            head.setStatus(200);
            headers.set(KnownHeader.CONTENT_TYPE, GRPC);
            headers.set(KnownHeader.GRPC_STATUS, grpcStatus < 0 ? grpcStatus(status) : grpcStatus);
            if (!body.isEmpty() && !toHead) {
                headers.set(KnownHeader.GRPC_MESSAGE, Ascii.bytes(percentEncode(message(said))));
            }
            headers.remove(KnownHeader.CONTENT_LENGTH);
            return NOTHING;
        }
        byte[] bytes = Ascii.bytes(body);
        if (bytes.length > 0) {
            headers.set(KnownHeader.CONTENT_LENGTH, bytes.length);
            if (!headers.has(KnownHeader.CONTENT_TYPE)) {
                // Behind the length, as Envoy has it.
                String type = said.contentType();
                headers.add(KnownHeader.CONTENT_TYPE, type.isEmpty() ? TEXT : Ascii.bytes(type));
            }
        }
        return bytes;
    }

    /** A JSON format ends with a line's end, which Envoy leaves out where it knows the type. */
    private static String message(LocalReplyMapping.Mapped said) {
        String text = said.body();
        return said.isJson() && text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }

    static int grpcStatus(int http) {
        return GrpcStatuses.ofHttp(http);
    }

    private static String percentEncode(String text) {
        var out = new StringBuilder();
        for (byte b : Ascii.bytes(text)) {
            if (b >= ' ' && b < '~' && b != '%') {
                out.append((char) b);
            } else {
                out.append(String.format(Locale.ROOT, "%%%02X", b & 0xff));
            }
        }
        return out.toString();
    }
}
