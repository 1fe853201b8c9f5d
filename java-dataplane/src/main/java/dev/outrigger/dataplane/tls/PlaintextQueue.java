// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.internal.tcnative.SSL;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be encrypted. Small pieces become one record, as they do in Envoy. Owns what is
 * added; confined to the connection's event loop.
 */
final class PlaintextQueue {
    private final ArrayDeque<Piece> pieces = new ArrayDeque<>();
    private @Nullable List<ChannelPromise> done;
    private int readable;

    private record Piece(ByteBuf buffer, ChannelPromise promise) {}

    void add(ByteBuf buffer, ChannelPromise promise) {
        pieces.addLast(new Piece(buffer, promise));
        readable += buffer.readableBytes();
    }

    boolean isEmpty() {
        return pieces.isEmpty();
    }

    int readableBytes() {
        return readable;
    }

    /** Writes up to one record's worth; what {@code SSL_write} returns. */
    int writeTo(long ssl, int max) {
        dropEmpty();
        Piece first = pieces.getFirst();
        ByteBuf buffer = first.buffer();
        int here = Math.min(buffer.readableBytes(), max);
        if (buffer.hasMemoryAddress() && here == max) {
            int written = SSL.writeToSSL(ssl, buffer.memoryAddress() + buffer.readerIndex(), here);
            if (written > 0) {
                consume(written);
            }
            return written;
        }
        return writeCopied(ssl, max);
    }

    private int writeCopied(long ssl, int max) {
        ByteBuf joined = ByteBufAllocator.DEFAULT.directBuffer(max);
        try {
            for (Piece each : pieces) {
                int part = Math.min(each.buffer().readableBytes(), joined.writableBytes());
                joined.writeBytes(each.buffer(), each.buffer().readerIndex(), part);
                if (!joined.isWritable()) {
                    break;
                }
            }
            int written = SSL.writeToSSL(ssl, joined.memoryAddress(), joined.readableBytes());
            if (written > 0) {
                consume(written);
            }
            return written;
        } finally {
            joined.release();
        }
    }

    private void consume(int bytes) {
        readable -= bytes;
        int left = bytes;
        while (left > 0) {
            ByteBuf buffer = pieces.getFirst().buffer();
            int part = Math.min(left, buffer.readableBytes());
            buffer.skipBytes(part);
            left -= part;
            dropEmpty();
        }
    }

    private void dropEmpty() {
        while (!pieces.isEmpty() && !pieces.getFirst().buffer().isReadable()) {
            Piece piece = pieces.removeFirst();
            piece.buffer().release();
            if (!piece.promise().isVoid()) {
                if (done == null) {
                    done = new ArrayList<>(1);
                }
                done.add(piece.promise());
            }
        }
    }

    /** For what was encrypted: done when it is written. */
    ChannelPromise promise(ChannelHandlerContext context) {
        List<ChannelPromise> waiting = done;
        if (waiting == null) {
            return context.voidPromise();
        }
        done = null;
        ChannelPromise all = context.newPromise();
        all.addListener(written -> {
            for (ChannelPromise each : waiting) {
                if (written.isSuccess()) {
                    each.trySuccess();
                } else {
                    each.tryFailure(written.cause());
                }
            }
        });
        return all;
    }

    /** Passes on pieces without content, for those who wait for them. */
    void passEmpty(ChannelHandlerContext context) {
        dropEmpty();
        if (done != null) {
            context.write(Unpooled.EMPTY_BUFFER, promise(context));
        }
    }

    void release(Exception cause) {
        while (!pieces.isEmpty()) {
            Piece piece = pieces.removeFirst();
            piece.buffer().release();
            piece.promise().tryFailure(cause);
        }
        readable = 0;
    }
}
