// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link ResponseHead} of the fields of an HTTP/2 header block and holds them to the rules
 * of RFC 9113 as nghttp2 does. Reused for one response after another; confined to the connection's
 * event loop.
 */
public final class Http2ResponseReader implements HeaderSink {
    private static final byte[] STATUS_NAME = Ascii.bytes(":status");
    private static final byte[] TRAILERS = Ascii.bytes("trailers");
    private static final int NONE = -1;
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;
    private static final long FORBIDDEN =
            KnownHeader.bit(KnownHeader.CONNECTION)
                    | KnownHeader.bit(KnownHeader.KEEP_ALIVE)
                    | KnownHeader.bit(KnownHeader.PROXY_CONNECTION)
                    | KnownHeader.bit(KnownHeader.TRANSFER_ENCODING)
                    | KnownHeader.bit(KnownHeader.UPGRADE);

    private final int maxBytes;
    private final int maxFields;
    private final ResponseHead head = new ResponseHead();
    private final HeaderBlock trailers = new HeaderBlock(true);
    private HeaderBlock target = head.headers();
    private boolean toHead;
    private boolean toConnect;
    private boolean inTrailers;
    private boolean regularSeen;
    private boolean invalid;
    private int status = NONE;
    private long length;
    private long bytes;
    private int fields;

    /**
     * @param maxBytes of all names and values (L3)
     */
    public Http2ResponseReader(int maxBytes, int maxFields) {
        this.maxBytes = maxBytes;
        this.maxFields = maxFields;
    }

    public ResponseHead head() {
        return head;
    }

    public HeaderBlock trailers() {
        return trailers;
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
        target = head.headers();
        inTrailers = false;
        status = NONE;
        length = -1;
        beginBlock();
    }

    /** The trailers begin. */
    public void beginTrailers() {
        trailers.reset();
        target = trailers;
        inTrailers = true;
        beginBlock();
    }

    private void beginBlock() {
        regularSeen = false;
        invalid = false;
        bytes = 0;
        fields = 0;
    }

    @Override
    public void field(
            byte[] name,
            int nameOffset,
            int nameLength,
            byte[] value,
            int valueOffset,
            int valueLength) {
        bytes += nameLength + valueLength;
        fields++;
        if (invalid || bytes > maxBytes || fields > maxFields) {
            return;
        }
        if (nameLength > 0 && name[nameOffset] == ':') {
            invalid = !isStatus(name, nameOffset, nameLength, value, valueOffset, valueLength);
            return;
        }
        regularSeen = true;
        if (!Http2FieldRules.isName(name, nameOffset, nameLength)
                || !Http2FieldRules.isValue(value, valueOffset, valueLength)) {
            invalid = true;
            return;
        }
        int id =
                KnownHeader.find(
                        KnownHeader.hash(name, nameOffset, nameLength),
                        name,
                        nameOffset,
                        nameLength);
        if (id == KnownHeader.UNKNOWN) {
            int nameAt = target.append(name, nameOffset, nameLength);
            int valueAt = target.append(value, valueOffset, valueLength);
            target.addEntry(id, nameAt, nameLength, valueAt, valueLength);
        } else {
            invalid = !known(id, value, valueOffset, valueLength);
        }
    }

    private boolean isStatus(
            byte[] name, int nameOffset, int nameLength, byte[] value, int offset, int length) {
        if (regularSeen
                || inTrailers
                || status != NONE
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

    private boolean known(int id, byte[] value, int offset, int valueLength) {
        if (KnownHeader.isIn(FORBIDDEN, id)) {
            return false;
        }
        if (id == KnownHeader.TE
                && !(valueLength == TRAILERS.length
                        && Ascii.equalsIgnoreCase(value, offset, TRAILERS))) {
            return false;
        }
        if (id == KnownHeader.CONTENT_LENGTH && !inTrailers) {
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

    /** Whether the block is larger than it may be, which costs only the stream. */
    public boolean isTooLarge() {
        return bytes > maxBytes;
    }

    /** Whether the block has more fields than it may have, which costs only the stream. */
    public boolean isTooMany() {
        return fields > maxFields;
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
        if (invalid) {
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

    /**
     * Ends the trailers.
     *
     * @return Envoy's response code details of trailers that may not be, or {@code null}
     */
    public @Nullable String endTrailers() {
        return invalid ? Http2RequestReader.INVALID_FIELD : null;
    }
}
