// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads response heads of one upstream connection by Envoy's HTTP/1 client rules (E12, L3).
 * Confined to the connection's event loop.
 */
public final class ResponseReader {
    /**
     * What a cluster's HTTP/1 options allow.
     *
     * @param maxHeadBytes of the whole head
     * @param maxHeaders header lines
     * @param preserveCase {@code null} where names are forgotten
     */
    public record Options(
            int maxHeadBytes,
            int maxHeaders,
            boolean allowChunkedLength,
            @Nullable PreserveCase preserveCase) {
        /** Envoy's defaults: 80 KiB and 100 headers. */
        public static final Options DEFAULT = new Options(80 * 1024, 100, false, null);
    }

    private static final byte[] CHUNKED = Ascii.bytes("chunked");
    private static final byte[] CLOSE = Ascii.bytes("close");
    private static final byte[] KEEP_ALIVE = Ascii.bytes("keep-alive");
    private static final byte[] H2C = Ascii.bytes("h2c");
    private static final long PERSISTENCE =
            KnownHeader.bit(KnownHeader.CONNECTION) | KnownHeader.bit(KnownHeader.PROXY_CONNECTION);

    private final Options options;
    private final @Nullable OriginalNames names;
    private final Http1HeadParser parser;
    private final ResponseHead head = new ResponseHead();
    private CodecError error = CodecError.CODEC_ERROR;

    public ResponseReader(Options options) {
        this.options = options;
        PreserveCase preserve = options.preserveCase();
        this.names = preserve == null ? null : preserve.names();
        this.parser =
                new Http1HeadParser(
                        Http1HeadParser.Kind.RESPONSE,
                        options.maxHeadBytes(),
                        options.maxHeaders(),
                        false,
                        names);
        begin();
    }

    public void begin() {
        head.reset();
        parser.begin(head.headers());
    }

    /** The bytes of the header lines of the head that is complete. */
    public int headerBytes() {
        return parser.headerBytes();
    }

    public boolean hasStarted() {
        return parser.hasStarted();
    }

    /** Valid until {@link #begin}. */
    public ResponseHead head() {
        return head;
    }

    public CodecError error() {
        return error;
    }

    /** Consumes the head's bytes and nothing behind them. */
    public Http1HeadParser.Result read(ByteBuf in) {
        if (!parser.hasStarted() && in.isReadable() && in.getByte(in.readerIndex()) != 'H') {
            error = CodecError.CODEC_ERROR;
            return Http1HeadParser.Result.FAILED;
        }
        Http1HeadParser.Result result = parser.parse(in);
        return switch (result) {
            case NEED_MORE -> result;
            case FAILED -> {
                error = parser.error();
                yield result;
            }
            case COMPLETE -> {
                CodecError found = judge();
                if (found == null) {
                    yield result;
                }
                error = found;
                yield Http1HeadParser.Result.FAILED;
            }
        };
    }

    private @Nullable CodecError judge() {
        HeaderBlock headers = head.headers();
        byte[] data = headers.data;
        int start = parser.firstLineStart();
        int stop = parser.firstLineEnd();
        if (stop - start < 10 || !isHttp(data, start)) {
            return CodecError.CODEC_ERROR;
        }
        int i = start + 8;
        while (i < stop && Http1HeadParser.isFirstLineBlank(data[i])) {
            i++;
        }
        if (i == start + 8) {
            return CodecError.CODEC_ERROR;
        }
        int word = i;
        while (i < stop && !Http1HeadParser.isFirstLineBlank(data[i])) {
            i++;
        }
        int status = status(data, word, i);
        if (status < 0 || Http1HeadParser.holdsForbidden(data, start, stop)) {
            return CodecError.CODEC_ERROR;
        }
        head.setStatus(status);
        if (names != null && preservesReason()) {
            int phrase = Math.min(i + 1, stop);
            names.setReason(java.util.Arrays.copyOfRange(data, phrase, stop));
        }
        boolean http10 = !(data[start + 5] == '1' && data[start + 7] == '1');
        return framing(headers, status, http10);
    }

    /** Up to 64 bits of digits, behind a plus or not, of which Envoy keeps 16; -1 for others. */
    private static int status(byte[] data, int from, int to) {
        int digits = from < to && data[from] == '+' ? from + 1 : from;
        if (digits == to) {
            return -1;
        }
        if (to - digits < 10) {
            long number = Ascii.decimal(data, digits, to - digits);
            return number < 0 ? -1 : (int) number & 0xffff;
        }
        try {
            var text = new String(data, digits, to - digits, ISO_8859_1);
            return text.charAt(0) == '+' ? -1 : (int) Long.parseUnsignedLong(text) & 0xffff;
        } catch (NumberFormatException _) {
            return -1;
        }
    }

    private boolean preservesReason() {
        PreserveCase preserve = options.preserveCase();
        return preserve != null && preserve.forwardReasonPhrase();
    }

    private @Nullable CodecError framing(HeaderBlock headers, int status, boolean http10) {
        long length = -1;
        int entry = headers.find(KnownHeader.CONTENT_LENGTH);
        if (entry >= 0) {
            if (headers.isRepeated(KnownHeader.CONTENT_LENGTH)) {
                return CodecError.CODEC_ERROR;
            }
            length = ContentLength.parse(headers, entry);
            if (length < 0) {
                return CodecError.CODEC_ERROR;
            }
        }
        headers.joinRepeatedInlineHeaders();
        int upgrade = headers.find(KnownHeader.UPGRADE);
        if (upgrade >= 0 && headers.valueEqualsIgnoreCase(upgrade, H2C)) {
            // As in requests, as if nobody had spoken of it (C3).
            headers.remove(KnownHeader.UPGRADE);
        }
        int coding = headers.find(KnownHeader.TRANSFER_ENCODING);
        boolean chunked = coding >= 0 && headers.valueEqualsIgnoreCase(coding, CHUNKED);
        boolean noBody = status < 200 || status == 204;
        if (coding >= 0) {
            if (!chunked) {
                return CodecError.INVALID_TRANSFER_ENCODING;
            }
            if (noBody) {
                return CodecError.HTTP1_TRANSFER_ENCODING_NOT_ALLOWED;
            }
            if (length >= 0) {
                if (!options.allowChunkedLength()) {
                    return CodecError.LENGTH_AND_CHUNKED;
                }
                headers.remove(KnownHeader.CONTENT_LENGTH);
                length = -1;
            }
        }
        if (noBody && length > 0) {
            return CodecError.HTTP1_CONTENT_LENGTH_NOT_ALLOWED;
        }
        if (noBody && length == 0) {
            headers.remove(KnownHeader.CONTENT_LENGTH);
        }
        head.setFraming(http10, chunked, length);
        persistence(headers, http10);
        return null;
    }

    private void persistence(HeaderBlock headers, boolean http10) {
        if (!http10 && !headers.hasAny(PERSISTENCE)) {
            return;
        }
        boolean close =
                (!http10 && says(headers, KnownHeader.CONNECTION, CLOSE))
                        || says(headers, KnownHeader.PROXY_CONNECTION, CLOSE);
        // Proxy-Connection can only end a connection (observed).
        boolean keepAlive = says(headers, KnownHeader.CONNECTION, KEEP_ALIVE);
        head.setCloseRequested(close || (http10 && !keepAlive));
    }

    private static boolean says(HeaderBlock headers, int id, byte[] token) {
        int entry = headers.find(id);
        return entry >= 0
                && Ascii.listContains(
                        headers.data,
                        headers.valueOffset(entry),
                        headers.valueLength(entry),
                        token);
    }

    private static boolean isHttp(byte[] data, int start) {
        return data[start] == 'H'
                && data[start + 1] == 'T'
                && data[start + 2] == 'T'
                && data[start + 3] == 'P'
                && data[start + 4] == '/'
                && isDigit(data[start + 5])
                && data[start + 6] == '.'
                && isDigit(data[start + 7]);
    }

    private static boolean isDigit(byte value) {
        return value >= '0' && value <= '9';
    }
}
