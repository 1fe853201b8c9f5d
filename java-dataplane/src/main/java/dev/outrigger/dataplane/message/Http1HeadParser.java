// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads the head of an HTTP/1 message in one pass: bytes are copied into the {@link HeaderBlock}
 * once, names are lowered in place and looked up while they are read, and every line becomes one
 * row of offsets. Accepts and refuses what Envoy's codec does (E3..E6 and what was observed on the
 * wire); it does not judge the meaning of headers.
 *
 * <p>As in Envoy, only the size is judged while lines come: what is wrong with one is said when the
 * head is complete, and a forbidden character anywhere counts more than a malformed line.
 *
 * <p>Input may come in any pieces; work is linear in its length. Confined to its event loop.
 */
public final class Http1HeadParser {
    /** What {@link #parse} came to. */
    public enum Result {
        NEED_MORE,
        COMPLETE,
        FAILED
    }

    private static final int COPY_BYTES = 2048;

    /** The colon and the line end. */
    private static final int SEPARATOR_BYTES = 3;

    /** Lower-case letter of each byte that may stand in a name; 0 for all others. */
    private static final byte[] TOKEN = new byte[256];

    /** Bytes of a value that need a closer look: controls and DEL. */
    private static final boolean[] SPECIAL = new boolean[256];

    static {
        String marks = "!#$%&'*+-.^_`|~";
        for (int i = 0; i < 256; i++) {
            char c = (char) i;
            if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || marks.indexOf(c) >= 0) {
                TOKEN[i] = (byte) i;
            } else if (c >= 'A' && c <= 'Z') {
                TOKEN[i] = (byte) (i + 32);
            }
            SPECIAL[i] = (i < 0x20 && i != '\t') || i == 0x7f;
        }
    }

    /** What is read. */
    public enum Kind {
        REQUEST,
        RESPONSE,
        /** Has no first line. */
        TRAILERS
    }

    private final Kind kind;
    private final int maxBytes;
    private final int maxCount;
    private final boolean dropsUnderscored;
    private final @Nullable OriginalNames originals;
    private HeaderBlock block = new HeaderBlock();
    private int end;
    private int lineStart;
    private int searched;
    private int firstLineStart;
    private int firstLineEnd;
    private boolean firstLineDone;
    private boolean badName;
    private int headerBytes;
    private int lastEntry;

    /** Lines that join one before them, or are left out for their names. */
    private int uncounted;

    /** Where the latest value ends, with the blanks behind it. */
    private int lastValueEnd;

    private @Nullable CodecError error;

    /**
     * @param maxBytes of the whole head
     * @param maxCount of header lines, where joined ones are one
     */
    public Http1HeadParser(Kind kind, int maxBytes, int maxCount) {
        this(kind, maxBytes, maxCount, false, null);
    }

    /**
     * @param dropsUnderscored whether names with underscores will be left out, and do not count
     * @param originals remembers how names were written; {@code null} where nobody asks
     */
    public Http1HeadParser(
            Kind kind,
            int maxBytes,
            int maxCount,
            boolean dropsUnderscored,
            @Nullable OriginalNames originals) {
        this.kind = kind;
        this.dropsUnderscored = dropsUnderscored;
        this.originals = originals;
        this.maxBytes = maxBytes;
        this.maxCount = maxCount;
    }

    /** Begins a message; the block must be empty. */
    public void begin(HeaderBlock target) {
        block = target;
        if (originals != null) {
            originals.reset();
            target.setKeyFormat(originals);
        }
        end = 0;
        lineStart = 0;
        searched = 0;
        firstLineStart = 0;
        firstLineEnd = 0;
        firstLineDone = kind == Kind.TRAILERS;
        lastEntry = -1;
        headerBytes = 0;
        badName = false;
        uncounted = 0;
        error = null;
    }

    /** Whether any byte of a head was read since {@link #begin}. */
    public boolean hasStarted() {
        return end > 0;
    }

    /** Whether the first line is complete, so that a stream exists in Envoy's sense. */
    public boolean hasFirstLine() {
        return firstLineDone;
    }

    /**
     * The bytes of the lines, as Envoy counts them: without the blanks around a value and the last
     * empty line, which it takes for one separator where no line was.
     */
    public int headerBytes() {
        return Math.max(headerBytes, SEPARATOR_BYTES);
    }

    /** Whether it failed by a name with a byte that may not stand there. */
    boolean hasBadName() {
        return badName;
    }

    /** Set after {@link Result#FAILED}. */
    public CodecError error() {
        return error == null ? CodecError.CODEC_ERROR : error;
    }

    /** Whether the bytes are a token: one or more of the characters a name may have. */
    static boolean isToken(byte[] data, int start, int end) {
        for (int i = start; i < end; i++) {
            if (TOKEN[data[i] & 0xff] == 0) {
                return false;
            }
        }
        return end > start;
    }

    int firstLineStart() {
        return firstLineStart;
    }

    int firstLineEnd() {
        return firstLineEnd;
    }

    /** Consumes from {@code in} what belongs to the head, not one byte more. */
    public Result parse(ByteBuf in) {
        while (in.isReadable()) {
            int n = Math.min(in.readableBytes(), COPY_BYTES);
            block.size = end;
            block.ensure(n);
            in.getBytes(in.readerIndex(), block.data, end, n);
            int before = end;
            end += n;
            Result result = scan();
            switch (result) {
                case NEED_MORE -> {
                    in.skipBytes(n);
                    if (end - firstLineStart > maxBytes) {
                        return tooLarge();
                    }
                }
                case COMPLETE -> {
                    in.skipBytes(lineStart - before);
                    block.size = lineStart;
                    return lineStart - firstLineStart > maxBytes ? tooLarge() : result;
                }
                case FAILED -> {
                    in.skipBytes(n);
                    block.size = end;
                    return lineStart - firstLineStart > maxBytes ? tooLarge() : result;
                }
            }
        }
        return Result.NEED_MORE;
    }

    private Result tooLarge() {
        error = CodecError.HEADERS_TOO_LARGE;
        block.size = end;
        return Result.FAILED;
    }

    private Result scan() {
        byte[] data = block.data;
        while (true) {
            int lineFeed = lineFeed(data);
            if (lineFeed < 0) {
                return Result.NEED_MORE;
            }
            int start = lineStart;
            lineStart = lineFeed + 1;
            searched = lineStart;
            int stop = lineFeed;
            if (!firstLineDone) {
                // Line ends before a message are skipped, whole or in part, as Envoy does.
                while (start < stop && data[start] == '\r') {
                    start++;
                }
            }
            if (stop > start && data[stop - 1] == '\r') {
                stop--;
            }
            if (!firstLineDone) {
                if (stop == start) {
                    firstLineStart = lineStart;
                    continue;
                }
                firstLineStart = start;
                firstLineEnd = stop;
                firstLineDone = true;
                if (kind == Kind.REQUEST && isVersionless(data, start, stop)) {
                    return Result.COMPLETE;
                }
                continue;
            }
            if (stop == start) {
                if (error == null && block.limit() - uncounted > maxCount) {
                    error = CodecError.TOO_MANY_HEADERS;
                }
                return error == null ? Result.COMPLETE : Result.FAILED;
            }
            if (error == null) {
                line(data, start, stop);
            } else {
                searchForbidden(data, start, stop);
            }
        }
    }

    /** HTTP/0.9: method and target, and nothing behind them; the line is the whole request. */
    private static boolean isVersionless(byte[] data, int start, int stop) {
        if (stop - start > 9 && data[stop - 8] == 'H' && data[stop - 9] == ' ') {
            return false;
        }
        int words = 0;
        boolean blank = true;
        for (int i = start; i < stop; i++) {
            boolean before = blank;
            blank = isFirstLineBlank(data[i]);
            if (before && !blank) {
                words++;
            }
        }
        return words == 2;
    }

    /** Whether the byte separates the words of a first line: any control byte does. */
    static boolean isFirstLineBlank(byte value) {
        return value >= 0 && value <= ' ';
    }

    private int lineFeed(byte[] data) {
        int limit = end;
        for (int i = searched; i < limit; i++) {
            if (data[i] == '\n') {
                return i;
            }
        }
        searched = limit;
        return -1;
    }

    private void line(byte[] data, int start, int stop) {
        if (Ascii.isBlank(data[start])) {
            fold(data, start, stop);
            return;
        }
        if (originals != null) {
            remember(originals, data, start, stop);
        }
        int i = start;
        int hash = 0;
        byte c;
        while (i < stop && (c = TOKEN[data[i] & 0xff]) != 0) {
            data[i++] = c;
            hash = hash * 31 + c;
        }
        if (i == start || i == stop || data[i] != ':') {
            badName = isForeignName(data, start, stop);
            malformed(data, i, stop);
            return;
        }
        int nameLength = i - start;
        i++;
        while (i < stop && Ascii.isBlank(data[i])) {
            i++;
        }
        int valueStart = i;
        while (i < stop && !SPECIAL[data[i] & 0xff]) {
            i++;
        }
        int valueEnd = stop;
        if (i < stop) {
            valueEnd = squeeze(data, i, i, stop);
            if (valueEnd < 0) {
                return;
            }
        }
        int untrimmed = valueEnd;
        while (valueEnd > valueStart && Ascii.isBlank(data[valueEnd - 1])) {
            valueEnd--;
        }
        int id = KnownHeader.find(hash, data, start, nameLength);
        // Beyond the limit all are refused, but what a length says is asked before that.
        if (isUncounted(id, data, start, nameLength)) {
            uncounted++;
        }
        if (block.limit() - uncounted <= maxCount || id == KnownHeader.CONTENT_LENGTH) {
            lastEntry = block.limit();
            lastValueEnd = untrimmed;
            headerBytes += nameLength + valueEnd - valueStart + SEPARATOR_BYTES;
            block.addEntry(id, start, nameLength, valueStart, valueEnd - valueStart);
        }
    }

    /**
     * Whether Envoy's parser takes it for a line with a name, though that is no token: bytes beyond
     * ASCII are refused only when the line is handed on, behind the lines before it.
     */
    private static boolean isForeignName(byte[] data, int from, int stop) {
        int i = from;
        while (i < stop && (data[i] < 0 || TOKEN[data[i]] != 0)) {
            i++;
        }
        return i > from && i < stop && data[i] == ':';
    }

    /** Envoy counts what its header map holds. */
    private boolean isUncounted(int id, byte[] data, int start, int length) {
        if (id > 0) {
            return block.has(id) && block.isInline(id);
        }
        return dropsUnderscored && Ascii.contains(data, start, start + length, '_');
    }

    private static void remember(OriginalNames originals, byte[] data, int start, int stop) {
        int colon = start;
        while (colon < stop && data[colon] != ':') {
            colon++;
        }
        originals.add(data, start, colon - start);
    }

    /**
     * Moves bytes to {@code out} without their CRs, which Envoy takes out of a value; gives the end
     * of what was moved. Any other control byte is an error (-1).
     */
    private int squeeze(byte[] data, int to, int from, int stop) {
        int out = to;
        for (int i = from; i < stop; i++) {
            byte b = data[i];
            if (b == '\r') {
                continue;
            }
            if (SPECIAL[b & 0xff]) {
                error = CodecError.INVALID_CHARACTERS;
                return -1;
            }
            data[out++] = b;
        }
        return out;
    }

    /**
     * An obsolete line folding: the line continues the value before it, with every blank between
     * them (E6). Only around the whole there are none.
     */
    private void fold(byte[] data, int start, int stop) {
        if (lastEntry < 0) {
            malformed(data, start, stop);
            return;
        }
        int from = block.valueOffset(lastEntry);
        int end = squeeze(data, lastValueEnd, start, stop);
        if (end < 0) {
            return;
        }
        lastValueEnd = end;
        while (end > from && Ascii.isBlank(data[end - 1])) {
            end--;
        }
        while (from < end && Ascii.isBlank(data[from])) {
            from++;
        }
        headerBytes += end - from - block.valueLength(lastEntry);
        block.setValueRange(lastEntry, from, end - from);
    }

    private void malformed(byte[] data, int from, int stop) {
        error = CodecError.CODEC_ERROR;
        searchForbidden(data, from, stop);
    }

    private void searchForbidden(byte[] data, int from, int stop) {
        if (holdsForbidden(data, from, stop)) {
            error = CodecError.INVALID_CHARACTERS;
        }
    }

    /** Whether there is a byte that no line may have. */
    static boolean holdsForbidden(byte[] data, int from, int to) {
        for (int i = from; i < to; i++) {
            if (SPECIAL[data[i] & 0xff] && data[i] != '\r') {
                return true;
            }
        }
        return false;
    }
}
