// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import io.netty.buffer.ByteBuf;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads request heads of one downstream connection and holds them to Envoy's HTTP/1 rules: request
 * line, framing, {@code connection} sanitising, absolute form (1.13, O1). Confined to the
 * connection's event loop.
 */
public final class RequestReader {
    /**
     * What a listener's HTTP/1 options allow.
     *
     * @param maxHeadBytes of the whole head (L1)
     * @param maxHeaders header lines
     * @param preserveCase {@code null} where names are forgotten
     * @param ignoredUpgrade which upgrade types are as if nobody had asked for them; {@code null}
     *     for none
     * @param defaultHost of requests of HTTP/1.0 that bring none, as wire text; empty for none
     * @param refusesHttps whether absolute form with {@code https} is refused: nobody in front is
     *     trusted, and the connection is plaintext
     */
    public record Options(
            int maxHeadBytes,
            int maxHeaders,
            boolean allowAbsoluteUrl,
            boolean acceptHttp10,
            boolean allowChunkedLength,
            boolean allowCustomMethods,
            Underscores underscores,
            @Nullable PreserveCase preserveCase,
            @Nullable Predicate<String> ignoredUpgrade,
            String defaultHost,
            boolean refusesHttps) {
        /** Forgets the case of names and ignores no upgrade. */
        public Options(
                int maxHeadBytes,
                int maxHeaders,
                boolean allowAbsoluteUrl,
                boolean acceptHttp10,
                boolean allowChunkedLength,
                boolean allowCustomMethods,
                Underscores underscores) {
            this(
                    maxHeadBytes,
                    maxHeaders,
                    allowAbsoluteUrl,
                    acceptHttp10,
                    allowChunkedLength,
                    allowCustomMethods,
                    underscores,
                    null,
                    null,
                    "",
                    false);
        }

        /** The same on a connection that is encrypted itself. */
        public Options secured() {
            return refusesHttps
                    ? new Options(
                            maxHeadBytes,
                            maxHeaders,
                            allowAbsoluteUrl,
                            acceptHttp10,
                            allowChunkedLength,
                            allowCustomMethods,
                            underscores,
                            preserveCase,
                            ignoredUpgrade,
                            defaultHost,
                            false)
                    : this;
        }
    }

    /** What happens to a header whose name has an underscore (E7). */
    public enum Underscores {
        ALLOW,
        DROP,
        REJECT
    }

    private final Options options;
    private final Http1HeadParser parser;
    private final RequestHead head = new RequestHead();
    private CodecError error = CodecError.CODEC_ERROR;
    private boolean http10;
    private int headerBytes;
    private boolean firstLineRead;
    private boolean answeredAsHttp10;
    private boolean toHead;
    private boolean firstLineForbidden;

    public RequestReader(Options options) {
        this.options = options;
        PreserveCase preserve = options.preserveCase();
        this.parser =
                new Http1HeadParser(
                        Http1HeadParser.Kind.REQUEST,
                        options.maxHeadBytes(),
                        options.maxHeaders(),
                        options.underscores() == Underscores.DROP,
                        preserve == null ? null : preserve.names());
        begin();
    }

    /** Forgets the request before and waits for the next. */
    public void begin() {
        head.reset();
        parser.begin(head.headers());
        http10 = false;
        headerBytes = 0;
        firstLineRead = false;
        firstLineForbidden = false;
        answeredAsHttp10 = false;
        toHead = false;
    }

    /** The head being read; valid until {@link #begin}. */
    public RequestHead head() {
        return head;
    }

    /** The bytes of the header lines; 0 until all of them were read and could be. */
    public int headerBytes() {
        return headerBytes;
    }

    public boolean hasStarted() {
        return parser.hasStarted();
    }

    public CodecError error() {
        return error;
    }

    /** Whether a refusal is an HTTP/1.0 message: the whole head was read and says so. */
    public boolean isAnsweredAsHttp10() {
        return answeredAsHttp10;
    }

    /** Whether the codec knew, when it judged the request, that it is a HEAD. */
    public boolean isToHead() {
        return toHead;
    }

    /** Consumes the head's bytes and nothing behind them. */
    public Http1HeadParser.Result read(ByteBuf in) {
        if (!parser.hasStarted() && in.isReadable() && !mayBegin(in.getByte(in.readerIndex()))) {
            in.skipBytes(in.readableBytes());
            error = CodecError.CODEC_ERROR;
            return Http1HeadParser.Result.FAILED;
        }
        Http1HeadParser.Result result = parser.parse(in);
        if (!firstLineRead && parser.hasFirstLine()) {
            // Judged as soon as it is there; everything else when the head is complete.
            firstLineRead = true;
            CodecError found = requestLine();
            if (found != null) {
                error = outweighed(found, result);
                return Http1HeadParser.Result.FAILED;
            }
        }
        return switch (result) {
            case NEED_MORE -> result;
            case FAILED -> {
                error = refused(parser.error());
                yield result;
            }
            case COMPLETE -> {
                headerBytes = parser.headerBytes();
                if (firstLineForbidden) {
                    error = CodecError.INVALID_CHARACTERS;
                    yield Http1HeadParser.Result.FAILED;
                }
                CodecError found = judge();
                if (found == null) {
                    yield result;
                }
                error = found;
                // Names are judged while lines are read, before the version counts (observed).
                answeredAsHttp10 =
                        http10
                                && options.acceptHttp10()
                                && found != CodecError.UNEXPECTED_UNDERSCORE;
                yield Http1HeadParser.Result.FAILED;
            }
        };
    }

    /** What Envoy says of a bad first line when it has read the rest along with it. */
    private CodecError outweighed(CodecError found, Http1HeadParser.Result result) {
        if (result == Http1HeadParser.Result.NEED_MORE) {
            return found;
        }
        CodecError rest =
                result == Http1HeadParser.Result.FAILED ? parser.error() : CodecError.CODEC_ERROR;
        if (rest == CodecError.HEADERS_TOO_LARGE) {
            return rest;
        }
        byte[] data = head.headers().data;
        boolean forbidden =
                Http1HeadParser.holdsForbidden(
                        data, parser.firstLineStart(), parser.firstLineEnd());
        return forbidden || rest == CodecError.INVALID_CHARACTERS
                ? CodecError.INVALID_CHARACTERS
                : found;
    }

    /** Envoy counts headers last of all that concerns their lines, and each behind its name. */
    private CodecError refused(CodecError found) {
        if (found == CodecError.HEADERS_TOO_LARGE) {
            return found;
        }
        if (firstLineForbidden) {
            return CodecError.INVALID_CHARACTERS;
        }
        HeaderBlock headers = head.headers();
        boolean tooMany = found == CodecError.TOO_MANY_HEADERS;
        if (tooMany && RequestFraming.hasInvalidLength(headers)) {
            return CodecError.CODEC_ERROR;
        }
        // Where a name is bad, the header before it has not been looked at yet; of too many there
        // is one more here than there may be.
        boolean badName = found == CodecError.CODEC_ERROR && parser.hasBadName();
        return options.underscores() == Underscores.REJECT
                        && (tooMany || badName)
                        && headers.hasUnderscored(headers.limit() - (badName ? 1 : 0))
                ? CodecError.UNEXPECTED_UNDERSCORE
                : found;
    }

    private @Nullable CodecError judge() {
        CodecError found = RequestFraming.check(head, http10, options);
        if (found == null) {
            found = ConnectionHeader.sanitize(head);
        }
        if (found != null) {
            return found;
        }
        // From here on Envoy's codec knows which method it answers.
        toHead = head.method() == Method.HEAD;
        found = RequestTarget.resolve(head, options);
        if (found == null && http10 && !options.acceptHttp10()) {
            found = CodecError.LOW_VERSION;
        }
        if (found != null) {
            return found;
        }
        if (http10 && !options.defaultHost().isEmpty() && !head.headers().has(KnownHeader.HOST)) {
            head.headers().add(KnownHeader.HOST, Ascii.bytes(options.defaultHost()));
        }
        return RequestTarget.checkAuthority(head.headers());
    }

    /** Three runs of bytes; what separates them may be any run of blanks and controls. */
    private @Nullable CodecError requestLine() {
        byte[] data = head.headers().data;
        int stop = parser.firstLineEnd();
        int methodStart = parser.firstLineStart();
        int methodEnd = skipVisible(data, methodStart, stop);
        int pathStart = skipBlank(data, methodEnd, stop);
        int pathEnd = skipVisible(data, pathStart, stop);
        int versionStart = skipBlank(data, pathEnd, stop);
        int versionEnd = stop;
        while (versionEnd > versionStart && isSeparator(data[versionEnd - 1])) {
            versionEnd--;
        }
        firstLineForbidden |= Http1HeadParser.holdsForbidden(data, versionEnd, stop);
        Method method = Method.find(data, methodStart, methodEnd - methodStart);
        head.setRequestLine(
                method, methodStart, methodEnd - methodStart, pathStart, pathEnd - pathStart);
        if (method == Method.OTHER
                && !(options.allowCustomMethods()
                        && Http1HeadParser.isToken(data, methodStart, methodEnd))) {
            return CodecError.CODEC_ERROR;
        }
        if (!version(data, versionStart, versionEnd)) {
            return CodecError.CODEC_ERROR;
        }
        return RequestTarget.isValid(data, pathStart, pathEnd, method == Method.CONNECT)
                ? null
                : CodecError.CODEC_ERROR;
    }

    private boolean version(byte[] data, int start, int end) {
        if (end == start) {
            http10 = true;
            return true;
        }
        boolean shaped =
                end - start == 8
                        && data[start] == 'H'
                        && data[start + 1] == 'T'
                        && data[start + 2] == 'T'
                        && data[start + 3] == 'P'
                        && data[start + 4] == '/'
                        && isDigit(data[start + 5])
                        && data[start + 6] == '.'
                        && isDigit(data[start + 7]);
        http10 = !(shaped && data[start + 5] == '1' && data[start + 7] == '1');
        return shaped;
    }

    private int skipBlank(byte[] data, int from, int stop) {
        int i = from;
        while (i < stop && isSeparator(data[i])) {
            i++;
        }
        if (i - from > 1 || (i > from && data[from] != ' ')) {
            firstLineForbidden |= Http1HeadParser.holdsForbidden(data, from, i);
        }
        return i;
    }

    private static int skipVisible(byte[] data, int from, int stop) {
        int i = from;
        while (i < stop && !isSeparator(data[i])) {
            i++;
        }
        return i;
    }

    private static boolean isSeparator(byte value) {
        return Http1HeadParser.isFirstLineBlank(value);
    }

    /** Whether a request or an empty line may begin so; Envoy waits for no more (D41). */
    private static boolean mayBegin(byte value) {
        return value == '\r' || value == '\n' || !isSeparator(value);
    }

    private static boolean isDigit(byte value) {
        return value >= '0' && value <= '9';
    }
}
