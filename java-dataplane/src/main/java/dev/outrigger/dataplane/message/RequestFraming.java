// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where a request's body ends, and what its head says of the connection: {@code content-length},
 * {@code transfer-encoding}, {@code connection} and {@code upgrade} as Envoy's HTTP/1 codec judges
 * them (1.13). Stateless.
 */
final class RequestFraming {
    private static final byte[] CHUNKED = Ascii.bytes("chunked");
    private static final byte[] CLOSE = Ascii.bytes("close");
    private static final byte[] KEEP_ALIVE = Ascii.bytes("keep-alive");
    private static final byte[] UPGRADE = Ascii.bytes("upgrade");
    private static final byte[] H2C = Ascii.bytes("h2c");
    private static final long INVALID_LENGTH = -2;

    private RequestFraming() {}

    /** What {@code content-length} says; -1 without one. */
    private static long declaredLength(HeaderBlock headers) {
        if (!headers.has(KnownHeader.CONTENT_LENGTH)) {
            return -1;
        }
        if (headers.isRepeated(KnownHeader.CONTENT_LENGTH)) {
            return INVALID_LENGTH;
        }
        long length = ContentLength.parse(headers, headers.find(KnownHeader.CONTENT_LENGTH));
        if (length >= 0) {
            return length;
        }
        // Nobody reads the length of a body in chunks, whatever it is (observed).
        return lastCodingIsChunked(headers) ? 0 : INVALID_LENGTH;
    }

    /** Whether nobody can tell how long the body is. */
    static boolean hasInvalidLength(HeaderBlock headers) {
        return declaredLength(headers) == INVALID_LENGTH;
    }

    /**
     * Judges a head that is complete, and notes its framing in it.
     *
     * @return what is wrong with it, if anything
     */
    static @Nullable CodecError check(
            RequestHead head, boolean http10, RequestReader.Options options) {
        HeaderBlock headers = head.headers();
        long length = declaredLength(headers);
        if (length == INVALID_LENGTH) {
            return CodecError.CODEC_ERROR;
        }
        if (options.underscores() != RequestReader.Underscores.ALLOW) {
            int removed = headers.removeUnderscored();
            if (removed > 0 && options.underscores() == RequestReader.Underscores.REJECT) {
                return CodecError.UNEXPECTED_UNDERSCORE;
            }
            head.setDroppedHeaders(removed);
        }
        boolean inChunks =
                length >= 0
                        && headers.has(KnownHeader.TRANSFER_ENCODING)
                        && lastCodingIsChunked(headers);
        headers.joinRepeatedInlineHeaders();
        if (length >= 0
                && headers.has(KnownHeader.TRANSFER_ENCODING)
                && http10
                && !options.allowChunkedLength()) {
            return CodecError.LENGTH_AND_CHUNKED;
        }
        persistence(head, http10, options);
        if (head.method() == Method.CONNECT && length >= 0) {
            if (length > 0) {
                return CodecError.BODY_DISALLOWED;
            }
            headers.remove(KnownHeader.CONTENT_LENGTH);
            length = -1;
        }
        return transferEncoding(head, length, inChunks, http10, options);
    }

    /** Whether the client wants to stay connected, and whether it asks for an upgrade. */
    private static void persistence(
            RequestHead head, boolean http10, RequestReader.Options options) {
        HeaderBlock headers = head.headers();
        boolean close = false;
        boolean keepAlive = false;
        int connection = headers.find(KnownHeader.CONNECTION);
        if (connection >= 0) {
            Predicate<String> ignored = options.ignoredUpgrade();
            if (ignored != null && headers.has(KnownHeader.UPGRADE)) {
                UpgradeHeader.ignore(headers, ignored);
                connection = headers.find(KnownHeader.CONNECTION);
            }
        }
        if (connection >= 0) {
            // In HTTP/1.0 it is no word: who asks to stay stays.
            close = !http10 && contains(headers, connection, CLOSE);
            keepAlive = contains(headers, connection, KEEP_ALIVE);
            if (headers.has(KnownHeader.UPGRADE) && contains(headers, connection, UPGRADE)) {
                upgrade(head);
            }
        }
        int proxyConnection = headers.find(KnownHeader.PROXY_CONNECTION);
        if (proxyConnection >= 0) {
            // It can only end a connection (observed).
            close |= contains(headers, proxyConnection, CLOSE);
        }
        head.setPersistence(close, keepAlive);
    }

    /** Envoy's framer looks at the last line only, its codec at all of them joined. */
    private static boolean lastCodingIsChunked(HeaderBlock headers) {
        boolean chunked = false;
        for (int i = 0; i < headers.limit(); i++) {
            if (headers.id(i) == KnownHeader.TRANSFER_ENCODING) {
                chunked = headers.valueEqualsIgnoreCase(i, CHUNKED);
            }
        }
        return chunked;
    }

    private static @Nullable CodecError transferEncoding(
            RequestHead head,
            long declared,
            boolean inChunks,
            boolean http10,
            RequestReader.Options options) {
        HeaderBlock headers = head.headers();
        long length = declared;
        int entry = headers.find(KnownHeader.TRANSFER_ENCODING);
        boolean chunked = false;
        if (entry >= 0) {
            chunked = headers.valueEqualsIgnoreCase(entry, CHUNKED);
            if (length >= 0) {
                if (!(inChunks && options.allowChunkedLength())) {
                    return CodecError.LENGTH_AND_CHUNKED;
                }
                headers.remove(KnownHeader.CONTENT_LENGTH);
                length = -1;
            }
            if (!chunked || head.method() == Method.CONNECT) {
                return CodecError.INVALID_TRANSFER_ENCODING;
            }
        }
        head.setFraming(http10, chunked, length);
        return null;
    }

    /** An h2c upgrade is forgotten; any other is noted for the exchange to decide (C3, W1). */
    private static void upgrade(RequestHead head) {
        HeaderBlock headers = head.headers();
        if (headers.valueEqualsIgnoreCase(headers.find(KnownHeader.UPGRADE), H2C)) {
            headers.remove(KnownHeader.UPGRADE);
            headers.remove(KnownHeader.HTTP2_SETTINGS);
            return;
        }
        head.setUpgrade();
    }

    private static boolean contains(HeaderBlock headers, int entry, byte[] token) {
        return Ascii.listContains(
                headers.data, headers.valueOffset(entry), headers.valueLength(entry), token);
    }
}
