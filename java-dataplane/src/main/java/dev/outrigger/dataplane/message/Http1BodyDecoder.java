// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import dev.outrigger.dataplane.message.RequestReader.Underscores;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Finds the end of an HTTP/1 body. Data is handed on as slices of the input, not copied. Trailers
 * are checked, and kept where they are enabled (E10). Confined to its event loop.
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

    private static final int MAX_COMPONENTS = 1024;

    private final int maxTrailerBytes;
    private final int maxTrailers;
    private final boolean keepTrailers;
    private final Underscores underscores;
    private final MessagePart part;
    private boolean sawTrailers;
    private int droppedTrailers;
    private @Nullable CompositeByteBuf collected;
    private State state = State.DONE;
    private long remaining;
    private int digits;
    private boolean inLastChunk;
    private @Nullable Http1HeadParser trailers;
    private @Nullable HeaderBlock trailerBlock;
    private CodecError error = CodecError.CODEC_ERROR;

    /** Trailers are limited in size, not counted, and dropped. */
    public Http1BodyDecoder(int maxTrailerBytes) {
        this(
                maxTrailerBytes,
                Integer.MAX_VALUE,
                false,
                Underscores.ALLOW,
                MessagePart.REQUEST_TRAILERS);
    }

    /** For {@code enable_trailers} of responses: they are counted as well, and kept. */
    public Http1BodyDecoder(int maxTrailerBytes, int maxTrailers) {
        this(maxTrailerBytes, maxTrailers, true, Underscores.ALLOW, MessagePart.RESPONSE_TRAILERS);
    }

    /** For {@code enable_trailers} of requests: names with underscores cost what headers do. */
    public Http1BodyDecoder(int maxTrailerBytes, int maxTrailers, Underscores underscores) {
        this(maxTrailerBytes, maxTrailers, true, underscores, MessagePart.REQUEST_TRAILERS);
    }

    private Http1BodyDecoder(
            int maxTrailerBytes,
            int maxTrailers,
            boolean keepTrailers,
            Underscores underscores,
            MessagePart part) {
        this.maxTrailerBytes = maxTrailerBytes;
        this.maxTrailers = maxTrailers;
        this.keepTrailers = keepTrailers;
        this.underscores = underscores;
        this.part = part;
    }

    /** The body of a request whose head has been read. */
    public void begin(RequestHead head) {
        if (head.isTunnel()) {
            // What follows a CONNECT or an upgrade is not HTTP, whether they are granted or not.
            beginUntilClose();
        } else if (head.isChunked()) {
            beginChunked();
        } else {
            beginFixed(head.contentLength());
        }
    }

    /**
     * The trailers of the body just completed, or {@code null} when it had none or they are not
     * enabled; valid until the next body begins.
     */
    public @Nullable HeaderBlock trailers() {
        HeaderBlock block = trailerBlock;
        return keepTrailers && sawTrailers && block != null && block.limit() > 0 ? block : null;
    }

    /** How many of the trailers just read were left out for the underscores of their names. */
    public int droppedTrailers() {
        return droppedTrailers;
    }

    /** The bytes of the lines of the trailers just read. */
    public int trailerBytes() {
        return trailers == null ? 0 : trailers.headerBytes();
    }

    public void beginFixed(long length) {
        sawTrailers = false;
        state = length == 0 ? State.DONE : State.FIXED;
        remaining = length;
    }

    public void beginChunked() {
        sawTrailers = false;
        beginChunk();
    }

    private void beginChunk() {
        state = State.CHUNK_SIZE;
        remaining = 0;
        digits = 0;
        inLastChunk = false;
    }

    public void beginUntilClose() {
        sawTrailers = false;
        state = State.UNTIL_CLOSE;
    }

    public boolean isUntilClose() {
        return state == State.UNTIL_CLOSE;
    }

    public CodecError error() {
        return error;
    }

    /**
     * Consumes what belongs to the body. The data of all chunks in the input is handed on as one,
     * and not at all if the framing behind it is broken, unless in the last chunk, as Envoy does.
     */
    public Result decode(ByteBuf in, Sink sink) {
        Result result = advance(in, sink);
        if (result != Result.FAILED || inLastChunk) {
            deliver(sink);
        } else if (collected != null) {
            collected.release();
            collected = null;
        }
        return result;
    }

    private void deliver(Sink sink) {
        CompositeByteBuf data = collected;
        if (data != null) {
            collected = null;
            sink.onData(data);
        }
    }

    private Result advance(ByteBuf in, Sink sink) {
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
                    if (!data(in, this::collect)) {
                        return Result.NEED_MORE;
                    }
                    state = State.CHUNK_DATA_END;
                }
                case TRAILERS -> {
                    // The body is whole, whatever the trailers turn out to be.
                    deliver(sink);
                    Http1HeadParser.Result result = trailers(in);
                    switch (result) {
                        case NEED_MORE -> {
                            return Result.NEED_MORE;
                        }
                        case FAILED -> {
                            return Result.FAILED;
                        }
                        case COMPLETE -> {
                            if (!dropUnderscored()) {
                                return Result.FAILED;
                            }
                            state = State.DONE;
                        }
                    }
                }
            }
        }
    }

    /** Gives whether the request may go on. */
    private boolean dropUnderscored() {
        HeaderBlock block = trailerBlock;
        droppedTrailers =
                underscores == Underscores.ALLOW || block == null ? 0 : block.removeUnderscored();
        if (droppedTrailers > 0 && underscores == Underscores.REJECT) {
            error = CodecError.UNEXPECTED_UNDERSCORE;
            return false;
        }
        return true;
    }

    private void collect(ByteBuf data) {
        CompositeByteBuf all = collected;
        if (all == null) {
            all = data.alloc().compositeBuffer(MAX_COMPONENTS);
            collected = all;
        }
        all.addComponent(true, data);
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
        return switch (state) {
            case CHUNK_SIZE -> sizeByte(b);
            case CHUNK_EXTENSION -> {
                if (b == '\r') {
                    state = State.CHUNK_SIZE_LF;
                }
                yield b != '\n';
            }
            case CHUNK_SIZE_LF -> {
                if (b == '\n') {
                    sizeComplete();
                }
                yield b == '\n';
            }
            case CHUNK_DATA_END -> {
                if (b == '\n') {
                    beginChunk();
                }
                yield true;
            }
            case FIXED, UNTIL_CLOSE, CHUNK_DATA, TRAILERS, DONE ->
                    throw new IllegalStateException("state: " + state);
        };
    }

    private boolean sizeByte(byte b) {
        int digit = Character.digit(b, 16);
        if (digit >= 0 && b > 0) {
            digits = 1;
            if (remaining >>> 60 != 0) {
                return false;
            }
            remaining = remaining << 4 | digit;
            return true;
        }
        if (digits == 0) {
            return false;
        }
        inLastChunk = remaining == 0 && (b == ';' || b == '\r' || b == '\n' || Ascii.isBlank(b));
        // Whatever stands behind a blank counts as extension, as in Envoy.
        if (b == ';' || Ascii.isBlank(b)) {
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
        if (remaining < 0) {
            // Above 2^63: nobody lives to see its end.
            remaining = Long.MAX_VALUE;
        }
        if (remaining > 0) {
            state = State.CHUNK_DATA;
            return;
        }
        state = State.TRAILERS;
        if (trailers == null || trailerBlock == null) {
            trailers =
                    new Http1HeadParser(
                            Http1HeadParser.Kind.TRAILERS, maxTrailerBytes, maxTrailers);
            trailerBlock = new HeaderBlock(part);
        }
        sawTrailers = true;
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
        } else if (result == Http1HeadParser.Result.COMPLETE && trailerBlock != null) {
            trailerBlock.joinRepeatedInlineHeaders();
        }
        return result;
    }
}
