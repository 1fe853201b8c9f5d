// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link ResponseHead} of the fields of an HTTP/2 header block and holds them to the rules
 * of RFC 9113 as nghttp2 does. Reused for one response after another; confined to the connection's
 * event loop.
 */
public final class Http2ResponseReader extends Http2MessageReader {
    private static final byte[] STATUS_NAME = Ascii.bytes(":status");
    private static final int NONE = -1;
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;

    private final ResponseHead head;
    private boolean toHead;
    private boolean toConnect;
    private int status = NONE;
    private long length;

    /**
     * @param maxBytes of all names and values (L3)
     */
    public Http2ResponseReader(int maxBytes, int maxFields) {
        this(maxBytes, maxFields, new ResponseHead());
    }

    private Http2ResponseReader(int maxBytes, int maxFields, ResponseHead head) {
        super(maxBytes, maxFields, head.headers(), new HeaderBlock(MessagePart.RESPONSE_TRAILERS));
        this.head = head;
    }

    public ResponseHead head() {
        return head;
    }

    /**
     * A stream begins.
     *
     * @param headRequest whether the response has no body whatever it says
     * @param connect whether what follows a success is no body
     */
    public void expect(boolean headRequest, boolean connect) {
        toHead = headRequest;
        toConnect = connect;
    }

    /** A head begins. */
    public void begin() {
        head.reset();
        status = NONE;
        length = -1;
        beginHead();
    }

    @Override
    boolean pseudoField(
            byte[] name, int nameOffset, int nameLength, byte[] value, int offset, int length) {
        if (status != NONE
                || length != 3
                || !Arrays.equals(
                        STATUS_NAME,
                        0,
                        STATUS_NAME.length,
                        name,
                        nameOffset,
                        nameOffset + nameLength)) {
            return false;
        }
        status = (int) Ascii.decimal(value, offset, length);
        return status >= 0 && status != SWITCHING_PROTOCOLS;
    }

    @Override
    boolean knownField(int id, byte[] value, int offset, int valueLength) {
        if (id == KnownHeader.CONTENT_LENGTH && !inTrailers()) {
            return contentLength(value, offset, valueLength);
        }
        target.add(id, value, offset, valueLength);
        return true;
    }

    private boolean contentLength(byte[] value, int offset, int valueLength) {
        if (status / 100 == 1 || length >= 0) {
            return false;
        }
        if (status == NO_CONTENT) {
            // It says nothing, and is not passed on.
            length = 0;
            return valueLength == 1 && value[offset] == '0';
        }
        if (toConnect && status / 100 == 2) {
            return true;
        }
        target.add(KnownHeader.CONTENT_LENGTH, value, offset, valueLength);
        length = ContentLength.parse(target, target.find(KnownHeader.CONTENT_LENGTH));
        return length >= 0;
    }

    /** Whether the head that was read is not the last. */
    public boolean isInterim() {
        return status / 100 == 1;
    }

    /**
     * Ends a head.
     *
     * @return Envoy's response code details of a head that may not be, or {@code null}
     */
    public @Nullable String end(boolean endStream) {
        if (isInvalid()) {
            return Http2RequestReader.INVALID_FIELD;
        }
        if (status == NONE || (endStream && (isInterim() || bodyBytes() > 0))) {
            return Http2RequestReader.INVALID_MESSAGE;
        }
        head.setStatus(status);
        head.headers().joinRepeatedInlineHeaders();
        head.setFraming(false, !endStream && length < 0, length);
        return null;
    }

    /** The length the body must have, -1 for any. */
    public long bodyBytes() {
        return toHead || status == NO_CONTENT || status == NOT_MODIFIED ? 0 : length;
    }
}
