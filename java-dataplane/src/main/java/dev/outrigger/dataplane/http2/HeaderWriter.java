// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.http2;

import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.Method;
import dev.outrigger.dataplane.message.RequestHead;

/**
 * Fills the header block that a {@link Http2Session} sends next. One per session; confined to the
 * connection's event loop.
 */
public final class HeaderWriter {
    /** What HTTP/2 has no room for (RFC 9113 section 8.2.2). */
    private static final long CONNECTION_FIELDS =
            KnownHeader.bit(KnownHeader.CONNECTION)
                    | KnownHeader.bit(KnownHeader.KEEP_ALIVE)
                    | KnownHeader.bit(KnownHeader.PROXY_CONNECTION)
                    | KnownHeader.bit(KnownHeader.TRANSFER_ENCODING)
                    | KnownHeader.bit(KnownHeader.UPGRADE);

    private static final byte[] CONNECT = Ascii.bytes("CONNECT");
    private static final byte[] ROOT = {'/'};

    private final HpackEncoder encoder;

    HeaderWriter(HpackEncoder encoder) {
        this.encoder = encoder;
    }

    /** The head of a response. */
    public void response(int status, HeaderBlock headers) {
        encoder.status(status);
        encoder.fields(headers, CONNECTION_FIELDS);
    }

    /** The status of a response without fields. */
    public void status(int status) {
        encoder.status(status);
    }

    public void trailers(HeaderBlock trailers) {
        encoder.fields(trailers, CONNECTION_FIELDS);
    }

    /**
     * The head of a request. An upgrade goes as the extended CONNECT it is in HTTP/2 (W2), a
     * CONNECT with nothing but its authority (RFC 9113 section 8.5).
     */
    public void request(RequestHead head) {
        HeaderBlock headers = head.headers();
        byte[] data = headers.data();
        long without = CONNECTION_FIELDS | KnownHeader.bit(KnownHeader.HOST);
        boolean connect = head.method() == Method.CONNECT;
        if (head.isUpgrade()) {
            encoder.method(CONNECT, 0, CONNECT.length);
        } else {
            encoder.method(data, head.methodOffset(), head.methodLength());
        }
        if (!connect) {
            encoder.scheme(head.isHttps());
            if (head.pathLength() > 0) {
                encoder.path(data, head.pathOffset(), head.pathLength());
            } else {
                encoder.path(ROOT, 0, ROOT.length);
            }
        }
        int host = headers.find(KnownHeader.HOST);
        if (host >= 0) {
            encoder.authority(data, headers.valueOffset(host), headers.valueLength(host));
        }
        if (head.isUpgrade()) {
            int upgrade = headers.find(KnownHeader.UPGRADE);
            encoder.protocol(data, headers.valueOffset(upgrade), headers.valueLength(upgrade));
            without |= head.contentLength() == 0 ? KnownHeader.bit(KnownHeader.CONTENT_LENGTH) : 0;
        }
        encoder.fields(headers, without);
    }
}
