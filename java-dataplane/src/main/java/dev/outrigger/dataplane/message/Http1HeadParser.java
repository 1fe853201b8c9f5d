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

    private final boolean trailers;
    private final int maxBytes;
    private final int maxCount;
    private final @Nullable OriginalNames originals;
    private HeaderBlock block = new HeaderBlock();
    private int end;
    private int lineStart;
    private int searched;
    private int firstLineStart;
    private int firstLineEnd;
    private boolean firstLineDone;
    private boolean requests;
    private boolean badName;
    private int lastEntry;
    private int lines;
    private @Nullable CodecError error;

    /**
     * @param trailers whether this reads trailers, which have no first line
     * @param maxBytes of the whole head
     * @param maxCount of header lines
     */
    public Http1HeadParser(boolean trailers, int maxBytes, int maxCount) {
        this(trailers, maxBytes, maxCount, null);
    }

    /**
     * @param originals remembers how names were written; {@code null} where nobody asks
     */
    public Http1HeadParser(
            boolean trailers, int maxBytes, int maxCount, @Nullable OriginalNames originals) {
        this.trailers = trailers;
        this.originals = originals;
        this.maxBytes = maxBytes;
        this.maxCount = maxCount;
    }

    /** What is read are requests: one without a version ends with its first line (HTTP/0.9). */
    void readRequests() {
        requests = true;
    }

    private static boolean isSimple(byte[] data, int start, int stop) {
        if (stop - start > 9 && data[stop - 9] == ' ' && data[stop - 8] == 'H') {
            return false;
        }
        int words = 0;
        boolean inWord = false;
        for (int i = start; i < stop; i++) {
            boolean blank = data[i] == ' ' || data[i] == '\t' || data[i] == '\r';
            words += !blank && !inWord ? 1 : 0;
            inWord = !blank;
        }
        return words == 2;
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
        firstLineDone = trailers;
        lastEntry = -1;
        lines = 0;
        badName = false;
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
                    return result;
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
                if (requests && isSimple(data, start, stop)) {
                    return Result.COMPLETE;
                }
                continue;
            }
            if (stop == start) {
                return Result.COMPLETE;
            }
            if (!line(data, start, stop)) {
                return Result.FAILED;
            }
        }
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

    private boolean line(byte[] data, int start, int stop) {
        if (Ascii.isBlank(data[start])) {
            return fold(data, start, stop);
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
            // Names are looked at one after the other once all lines are there, colons before.
            badName = i > start && i < stop;
            return fail(CodecError.CODEC_ERROR);
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
            valueEnd = squeeze(data, i, stop);
            if (valueEnd < 0) {
                return fail(CodecError.INVALID_CHARACTERS);
            }
        }
        while (valueEnd > valueStart && Ascii.isBlank(data[valueEnd - 1])) {
            valueEnd--;
        }
        if (++lines > maxCount) {
            return fail(CodecError.TOO_MANY_HEADERS);
        }
        lastEntry = block.limit();
        block.addEntry(
                KnownHeader.find(hash, data, start, nameLength),
                start,
                nameLength,
                valueStart,
                valueEnd - valueStart);
        return true;
    }

    private static void remember(OriginalNames originals, byte[] data, int start, int stop) {
        int colon = start;
        while (colon < stop && data[colon] != ':') {
            colon++;
        }
        originals.add(data, start, colon - start);
    }

    /** Takes CR out of a value, as Envoy does; any other control byte is an error (-1). */
    private static int squeeze(byte[] data, int from, int stop) {
        int out = from;
        for (int i = from; i < stop; i++) {
            byte b = data[i];
            if (b == '\r') {
                continue;
            }
            if (SPECIAL[b & 0xff]) {
                return -1;
            }
            data[out++] = b;
        }
        return out;
    }

    /** An obsolete line folding: the line continues the value before it, behind one space (E6). */
    private boolean fold(byte[] data, int start, int stop) {
        if (lastEntry < 0) {
            return fail(CodecError.CODEC_ERROR);
        }
        int from = start;
        while (from < stop && Ascii.isBlank(data[from])) {
            from++;
        }
        int to = stop;
        while (to > from && Ascii.isBlank(data[to - 1])) {
            to--;
        }
        int valueOffset = block.valueOffset(lastEntry);
        int out = valueOffset + block.valueLength(lastEntry);
        if (to > from) {
            if (out > valueOffset) {
                data[out++] = ' ';
            }
            for (int i = from; i < to; i++) {
                byte b = data[i];
                if (b == '\r') {
                    continue;
                }
                if (SPECIAL[b & 0xff]) {
                    return fail(CodecError.INVALID_CHARACTERS);
                }
                data[out++] = b;
            }
        }
        block.setValueRange(lastEntry, valueOffset, out - valueOffset);
        return true;
    }

    private boolean fail(CodecError why) {
        error = why;
        return false;
    }
}
