// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Finds the end of an HTTP/1 body. Data is handed on as slices of the input, not copied. Trailers
 * are checked and dropped (E10). Confined to its event loop.
 */
public final class Http1BodyDecoder {
    /** What {@link #decode} came to. */
    public enum Result {
        NEED_MORE,
        COMPLETE,
        FAILED
    }

    /** Takes body data. */
    @FunctionalInterface
    public interface Sink {
        /**
         * @param data owned by the receiver
         */
        void onData(ByteBuf data);
    }

    private enum State {
        FIXED,
        UNTIL_CLOSE,
        CHUNK_SIZE,
        CHUNK_EXTENSION,
        CHUNK_SIZE_LF,
        CHUNK_DATA,
        CHUNK_DATA_END,
        TRAILERS,
        DONE
    }

    private static final int MAX_SIZE_DIGITS = 16;

    private final int maxTrailerBytes;
    private final int maxTrailers;
    private State state = State.DONE;
    private long remaining;
    private int digits;
    private boolean sizeEnded;
    private @Nullable Http1HeadParser trailers;
    private @Nullable HeaderBlock trailerBlock;
    private CodecError error = CodecError.CODEC_ERROR;

    public Http1BodyDecoder(int maxTrailerBytes, int maxTrailers) {
        this.maxTrailerBytes = maxTrailerBytes;
        this.maxTrailers = maxTrailers;
    }

    public void beginFixed(long length) {
        state = length == 0 ? State.DONE : State.FIXED;
        remaining = length;
    }

    public void beginChunked() {
        state = State.CHUNK_SIZE;
        remaining = 0;
        digits = 0;
        sizeEnded = false;
    }

    public void beginUntilClose() {
        state = State.UNTIL_CLOSE;
    }

    public boolean isUntilClose() {
        return state == State.UNTIL_CLOSE;
    }

    public CodecError error() {
        return error;
    }

    /** Consumes what belongs to the body. */
    public Result decode(ByteBuf in, Sink sink) {
        while (true) {
            switch (state) {
                case DONE -> {
                    return Result.COMPLETE;
                }
                case FIXED -> {
                    if (!data(in, sink)) {
                        return Result.NEED_MORE;
                    }
                    state = State.DONE;
                }
                case UNTIL_CLOSE -> {
                    if (in.isReadable()) {
                        sink.onData(in.readRetainedSlice(in.readableBytes()));
                    }
                    return Result.NEED_MORE;
                }
                case CHUNK_SIZE, CHUNK_EXTENSION, CHUNK_SIZE_LF, CHUNK_DATA_END -> {
                    if (!in.isReadable()) {
                        return Result.NEED_MORE;
                    }
                    if (!framing(in.readByte())) {
                        error = CodecError.CODEC_ERROR;
                        return Result.FAILED;
                    }
                }
                case CHUNK_DATA -> {
                    if (!data(in, sink)) {
                        return Result.NEED_MORE;
                    }
                    state = State.CHUNK_DATA_END;
                }
                case TRAILERS -> {
                    Http1HeadParser.Result result = trailers(in);
                    switch (result) {
                        case NEED_MORE -> {
                            return Result.NEED_MORE;
                        }
                        case FAILED -> {
                            return Result.FAILED;
                        }
                        case COMPLETE -> state = State.DONE;
                    }
                }
            }
        }
    }

    private boolean data(ByteBuf in, Sink sink) {
        int readable = in.readableBytes();
        if (readable == 0) {
            return false;
        }
        int n = (int) Math.min(readable, remaining);
        remaining -= n;
        sink.onData(in.readRetainedSlice(n));
        return remaining == 0;
    }

    /** One byte of chunk framing, with Envoy's leniencies as observed on the wire. */
    private boolean framing(byte b) {
        switch (state) {
            case CHUNK_SIZE -> {
                return sizeByte(b);
            }
            case CHUNK_EXTENSION -> {
                if (b == '\r') {
                    state = State.CHUNK_SIZE_LF;
                }
                return b != '\n';
            }
            case CHUNK_SIZE_LF -> {
                if (b != '\n') {
                    return false;
                }
                sizeComplete();
                return true;
            }
            case CHUNK_DATA_END -> {
                if (b == '\n') {
                    beginChunked();
                }
                return true;
            }
            case FIXED, UNTIL_CLOSE, CHUNK_DATA, TRAILERS, DONE ->
                    throw new IllegalStateException("state: " + state);
        }
        return false;
    }

    private boolean sizeByte(byte b) {
        int digit = Character.digit(b, 16);
        if (digit >= 0 && b > 0 && !sizeEnded) {
            if (++digits > MAX_SIZE_DIGITS || remaining < 0 || remaining >>> 59 != 0) {
                return false;
            }
            remaining = remaining << 4 | digit;
            return true;
        }
        if (digits == 0) {
            return false;
        }
        if (Ascii.isBlank(b)) {
            sizeEnded = true;
            return true;
        }
        if (b == ';') {
            state = State.CHUNK_EXTENSION;
            return true;
        }
        if (b == '\r') {
            state = State.CHUNK_SIZE_LF;
            return true;
        }
        return false;
    }

    private void sizeComplete() {
        if (remaining > 0) {
            state = State.CHUNK_DATA;
            return;
        }
        state = State.TRAILERS;
        if (trailers == null || trailerBlock == null) {
            trailers = new Http1HeadParser(true, maxTrailerBytes, maxTrailers);
            trailerBlock = new HeaderBlock();
        }
        trailerBlock.reset();
        trailers.begin(trailerBlock);
    }

    private Http1HeadParser.Result trailers(ByteBuf in) {
        Http1HeadParser parser = trailers;
        if (parser == null) {
            throw new IllegalStateException("no trailers begun");
        }
        Http1HeadParser.Result result = parser.parse(in);
        if (result == Http1HeadParser.Result.FAILED) {
            error = parser.error();
        }
        return result;
    }
}
