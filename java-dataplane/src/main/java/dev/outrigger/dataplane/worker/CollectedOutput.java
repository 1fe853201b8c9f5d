// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.worker;

import dev.outrigger.dataplane.message.ChunkWriter;
import dev.outrigger.dataplane.message.HeadWriter;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * What one connection has to say, collected in one buffer and written when the event that made it
 * ends: a head and a small body leave in one write. Confined to the connection's event loop.
 *
 * <p>Owns the buffer it collects in, and every buffer given to it.
 */
public final class CollectedOutput {
    private static final int WRITE_OUT_BYTES = 64 * 1024;
    private static final int SPARE_BYTES = 256;

    private final WorkerContext worker;
    private final WorkerContext.Flushable owner;
    private final Counter bytes;
    private final int initialBytes;
    private @Nullable ChannelHandlerContext context;
    private @Nullable ByteBuf collected;
    private boolean dirty;
    private long written;

    /** Handed to the channel, but not flushed so far. */
    private long uncounted;

    /**
     * @param owner is flushed at the end of the event, and then calls {@link #flush} or {@link
     *     #settled}
     * @param bytes counts what is written
     * @param initialBytes of a new buffer
     */
    public CollectedOutput(
            WorkerContext worker, WorkerContext.Flushable owner, Counter bytes, int initialBytes) {
        this.worker = worker;
        this.owner = owner;
        this.bytes = bytes;
        this.initialBytes = initialBytes;
    }

    /** Where the output goes; before the first output. */
    public void attach(ChannelHandlerContext ctx) {
        context = ctx;
    }

    private ChannelHandlerContext context() {
        if (context == null) {
            throw new IllegalStateException("not attached");
        }
        return context;
    }

    /** Appends a serialised head. */
    public void head(HeadWriter writer) {
        writer.writeTo(room(writer.length()));
    }

    /** Appends bytes. */
    public void bytes(byte[] text) {
        room(text.length).writeBytes(text);
    }

    /**
     * Appends body data: copied when it is small, else written as it is.
     *
     * @param data taken over
     */
    public void body(ByteBuf data, boolean chunked) {
        int length = data.readableBytes();
        if (length == 0) {
            data.release();
            return;
        }
        if (chunked) {
            ChunkWriter.writeSize(room(ChunkWriter.MAX_OVERHEAD), length);
        }
        if (length <= ChunkWriter.COPY_BYTES) {
            room(length).writeBytes(data);
            data.release();
        } else {
            write();
            write(data);
            markDirty();
        }
        if (chunked) {
            ChunkWriter.writeDataEnd(room(2));
        }
    }

    /** Appends the end of a body in chunks. */
    public void lastChunk() {
        ChunkWriter.writeLast(room(ChunkWriter.MAX_OVERHEAD));
    }

    /** The buffer, with room for so many bytes more. */
    public ByteBuf room(int more) {
        ByteBuf buffer = collected;
        if (buffer != null && buffer.readableBytes() > WRITE_OUT_BYTES) {
            write();
            buffer = null;
        }
        if (buffer == null) {
            buffer = context().alloc().directBuffer(Math.max(more + SPARE_BYTES, initialBytes));
            collected = buffer;
            markDirty();
        }
        return buffer;
    }

    /** Has the owner flushed at the end of the event. */
    public void markDirty() {
        if (!dirty) {
            dirty = true;
            worker.markDirty(owner);
        }
    }

    /** Hands what was collected to the channel, without flushing it. */
    public void writeOut() {
        write();
        worker.stats().add(bytes, uncounted);
        uncounted = 0;
    }

    private void write() {
        ByteBuf buffer = collected;
        if (buffer != null) {
            collected = null;
            write(buffer);
        }
    }

    private void write(ByteBuf data) {
        int length = data.readableBytes();
        uncounted += length;
        written += length;
        context().write(data, context().voidPromise());
    }

    /** Writes and flushes everything. */
    public void flush() {
        dirty = false;
        writeOut();
        context().flush();
    }

    /**
     * Writes and flushes everything in front of a close. As in Envoy what the event at hand has
     * made is sent, but not counted (observed).
     */
    public void flushUncounted() {
        dirty = false;
        write();
        uncounted = 0;
        context().flush();
    }

    /** How many bytes were written so far. */
    public long written() {
        return written;
    }

    /** How many bytes were handed over so far, written or not. */
    public long handed() {
        ByteBuf buffer = collected;
        return buffer == null ? written : written + buffer.readableBytes();
    }

    /** The owner's turn has come, whatever it does about it. */
    public void settled() {
        dirty = false;
    }

    /** Forgets what was not written; the connection is gone. */
    public void discard() {
        if (collected != null) {
            collected.release();
            collected = null;
        }
    }
}
