// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.message.ConnectTimes;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Where a TCP session sends its bytes: a connection made for it, or a tunnel through HTTP. Whoever
 * owns it hears of it as {@link TcpUpstream.Owner}. Confined to the worker's event loop.
 */
public interface TcpSessionUpstream {
    Host host();

    /** This end of the open connection, {@code ip:port}. */
    String localAddress();

    /** The number of the connection. */
    long connectionId();

    /** When the connection was made; {@code null} where logs are told nothing of that. */
    @Nullable ConnectTimes connectTimes();

    boolean isOpen();

    boolean isWritable();

    /** What was written and is not sent yet. */
    long pendingBytes();

    /** Queues data until {@link #flush}; takes it over. */
    void write(ByteBuf data);

    void flush();

    /**
     * Tells the host that nothing more will come, once it has all that was written.
     *
     * @param done runs when it was told
     */
    void end(Runnable done);

    /**
     * Stops or resumes reading, for back-pressure.
     *
     * @return whether that changed anything
     */
    boolean readDisable(boolean disable);

    /** Withdraws: nobody wants the connection any more. */
    void cancel();

    /** Closes at once; the owner hears nothing more. */
    void closeNow();

    /** Closes so that the host sees a reset; the owner hears nothing more. */
    void abort();

    /** Closes when everything that was written is sent; the owner hears of it. */
    void closeAfterFlush();

    /** Both sides have ended the connection: what is left is to forget it. */
    void closeEnded();
}
