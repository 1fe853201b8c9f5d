// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.load;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * One keep-alive connection of a generator. Confined to whoever holds it: at most one exchange is
 * under way.
 */
final class Connection implements Closeable {

    private final SocketChannel channel;
    private final ByteBuffer request;
    private final ResponseReader reader = new ResponseReader();
    private long dueNanos;

    private Connection(SocketChannel channel, byte[] request) {
        this.channel = channel;
        this.request = ByteBuffer.allocateDirect(request.length).put(request).flip();
    }

    static Connection open(int port, byte[] request, Selector selector) throws IOException {
        var channel =
                SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        var connection = new Connection(channel, request);
        channel.register(selector, SelectionKey.OP_READ, connection);
        return connection;
    }

    /** Sends the request that was due at the given instant. */
    void send(long dueAtNanos) throws IOException {
        dueNanos = dueAtNanos;
        request.rewind();
        channel.write(request);
        if (request.hasRemaining()) {
            // A request is far smaller than a socket buffer and nothing else is in it.
            throw new IOException(
                    "request: "
                            + request.remaining()
                            + " bytes did not fit into the socket buffer");
        }
    }

    /** When the request under way was due. */
    long dueNanos() {
        return dueNanos;
    }

    /** Reads what is there; true when the answer is complete. */
    boolean receive(ByteBuffer scratch) throws IOException {
        scratch.clear();
        int count = channel.read(scratch);
        if (count < 0) {
            throw new EOFException("connection closed by the proxy");
        }
        return reader.take(scratch.flip());
    }

    /** Status of the last answer. */
    int status() {
        return reader.status();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
