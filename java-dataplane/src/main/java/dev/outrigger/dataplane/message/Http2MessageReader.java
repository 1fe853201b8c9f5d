// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import org.jspecify.annotations.Nullable;

/**
 * What requests and responses have in common when they are made of the fields of an HTTP/2 header
 * block: the limits of a block, what every field is held to, and where it goes. Confined to the
 * connection's event loop.
 */
abstract sealed class Http2MessageReader implements HeaderSink
        permits Http2RequestReader, Http2ResponseReader {
    private static final byte[] TRAILERS = Ascii.bytes("trailers");
    private static final long FORBIDDEN =
            KnownHeader.bit(KnownHeader.CONNECTION)
                    | KnownHeader.bit(KnownHeader.KEEP_ALIVE)
                    | KnownHeader.bit(KnownHeader.PROXY_CONNECTION)
                    | KnownHeader.bit(KnownHeader.TRANSFER_ENCODING)
                    | KnownHeader.bit(KnownHeader.UPGRADE);

    private final int maxBytes;
    private final int maxFields;
    private final HeaderBlock headers;
    private final HeaderBlock trailers;

    /** Where fields go: the head's, or the trailers. */
    HeaderBlock target;

    private boolean regularSeen;
    private boolean invalid;
    private long bytes;
    private int fields;

    /**
     * @param maxBytes of all names and values
     */
    Http2MessageReader(int maxBytes, int maxFields, HeaderBlock headers, HeaderBlock trailers) {
        this.maxBytes = maxBytes;
        this.maxFields = maxFields;
        this.headers = headers;
        this.trailers = trailers;
        this.target = headers;
    }

    public HeaderBlock trailers() {
        return trailers;
    }

    /** A field whose name begins with a colon; false where it may not be. */
    abstract boolean pseudoField(
            byte[] name, int nameOffset, int nameLength, byte[] value, int offset, int length);

    /** A field with a name that is known; false where it may not be. */
    abstract boolean knownField(int id, byte[] value, int offset, int length);

    /** Whether a field is dropped for the underscores in its name. */
    boolean leavesOut(byte[] name, int offset, int length) {
        return false;
    }

    /** Whether the block that was read costs the message its stream for underscores (E7). */
    public boolean isRefusedForUnderscores() {
        return false;
    }

    /** A head begins, which has been reset. */
    void beginHead() {
        target = headers;
        beginBlock();
    }

    /** The trailers begin. */
    public void beginTrailers() {
        trailers.reset();
        target = trailers;
        beginBlock();
    }

    private void beginBlock() {
        regularSeen = false;
        invalid = false;
        bytes = 0;
        fields = 0;
    }

    boolean inTrailers() {
        return target == trailers;
    }

    /** Whether a field was one that may not be. */
    boolean isInvalid() {
        return invalid;
    }

    /** Whether the block is larger than it may be, which costs only the stream. */
    public boolean isTooLarge() {
        return !invalid && bytes > maxBytes;
    }

    /** Whether the block has more fields than it may have, which costs only the stream. */
    public boolean isTooMany() {
        return !invalid && fields > maxFields;
    }

    @Override
    public void field(
            byte[] name,
            int nameOffset,
            int nameLength,
            byte[] value,
            int valueOffset,
            int valueLength) {
        // What is wrong first is what is said.
        if (!invalid && !isTooLarge() && !isTooMany() && !isRefusedForUnderscores()) {
            invalid = !isTaken(name, nameOffset, nameLength, value, valueOffset, valueLength);
        }
    }

    /** Envoy counts what its header map holds: an entry, or what joins one. */
    private void count(int nameLength, int valueLength, boolean joins) {
        bytes += valueLength + (joins ? 1 : nameLength);
        fields += joins ? 0 : 1;
    }

    private boolean isTaken(
            byte[] name,
            int nameOffset,
            int nameLength,
            byte[] value,
            int valueOffset,
            int valueLength) {
        if (nameLength > 0 && name[nameOffset] == ':') {
            count(nameLength, valueLength, false);
            return !regularSeen
                    && !inTrailers()
                    && pseudoField(name, nameOffset, nameLength, value, valueOffset, valueLength);
        }
        regularSeen = true;
        if (!Http2FieldRules.isName(name, nameOffset, nameLength)
                || !SoundHeaders.isValue(value, valueOffset, valueLength)) {
            return false;
        }
        int id =
                KnownHeader.find(
                        KnownHeader.hash(name, nameOffset, nameLength),
                        name,
                        nameOffset,
                        nameLength);
        if (id == KnownHeader.UNKNOWN) {
            if (leavesOut(name, nameOffset, nameLength)) {
                return true;
            }
            count(nameLength, valueLength, false);
            int nameAt = target.append(name, nameOffset, nameLength);
            int valueAt = target.append(value, valueOffset, valueLength);
            target.addEntry(id, nameAt, nameLength, valueAt, valueLength);
            return true;
        }
        count(nameLength, valueLength, joins(id));
        return !isConnectionSpecific(id, value, valueOffset, valueLength)
                && knownField(id, value, valueOffset, valueLength);
    }

    /** Each crumb of a cookie counts, and a host beside the authority. */
    private boolean joins(int id) {
        return id != KnownHeader.COOKIE
                && id != KnownHeader.HOST
                && target.has(id)
                && target.isInline(id);
    }

    /** Fields that are about a connection have no place here (RFC 9113 section 8.2.2). */
    private static boolean isConnectionSpecific(int id, byte[] value, int offset, int length) {
        return KnownHeader.isIn(FORBIDDEN, id)
                || (id == KnownHeader.TE
                        && !(length == TRAILERS.length
                                && Ascii.equalsIgnoreCase(value, offset, TRAILERS)));
    }

    /**
     * Ends the trailers.
     *
     * @return Envoy's response code details of trailers that may not be, or {@code null}
     */
    public @Nullable String endTrailers() {
        if (invalid) {
            return Http2RequestReader.INVALID_FIELD;
        }
        trailers.joinRepeatedInlineHeaders();
        return null;
    }
}
