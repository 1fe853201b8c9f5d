// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.load;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * The upstream where nginx is not installed: answers every request without a body with the same
 * 200. One thread, which is the one that calls {@link #serve}.
 */
public final class FixedAnswerServer implements Closeable {

    private static final int READ_BYTES = 16 * 1024;

    private final ServerSocketChannel listener;
    private final Selector selector;
    private final byte[] answer;
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(READ_BYTES);

    private FixedAnswerServer(ServerSocketChannel listener, Selector selector, byte[] answer) {
        this.listener = listener;
        this.selector = selector;
        this.answer = answer;
    }

    /**
     * Binds a port of the loopback address.
     *
     * @param port 0 takes a free one
     */
    public static FixedAnswerServer open(int port, int bodyBytes) throws IOException {
        var listener = ServerSocketChannel.open();
        listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 4096);
        listener.configureBlocking(false);
        var selector = Selector.open();
        listener.register(selector, SelectionKey.OP_ACCEPT);
        var head =
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: "
                        + bodyBytes
                        + "\r\n\r\n";
        var answer = (head + "x".repeat(bodyBytes)).getBytes(StandardCharsets.ISO_8859_1);
        return new FixedAnswerServer(listener, selector, answer);
    }

    /** The bound port. */
    public int port() {
        return listener.socket().getLocalPort();
    }

    /** Serves until {@link #close} is called from another thread. */
    public void serve() throws IOException {
        while (selector.isOpen()) {
            selector.select(this::onReady);
        }
    }

    @Override
    public void close() throws IOException {
        for (var key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
        listener.close();
    }

    private void onReady(SelectionKey key) {
        try {
            if (key.isAcceptable()) {
                accept();
            } else {
                read(key);
            }
        } catch (IOException gone) {
            key.cancel();
            closeQuietly(key);
        }
    }

    private void accept() throws IOException {
        var channel = listener.accept();
        if (channel != null) {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.register(selector, SelectionKey.OP_READ, new Exchange(ByteBuffer.wrap(answer)));
        }
    }

    private void read(SelectionKey key) throws IOException {
        var channel = (SocketChannel) key.channel();
        var exchange = (Exchange) key.attachment();
        scratch.clear();
        if (channel.read(scratch) < 0) {
            channel.close();
            return;
        }
        scratch.flip();
        while (scratch.hasRemaining()) {
            if (exchange.endsHead(scratch.get())) {
                exchange.answer.rewind();
                while (exchange.answer.hasRemaining() && channel.isOpen()) {
                    if (channel.write(exchange.answer) == 0) {
                        throw new IOException("answer: the peer does not read");
                    }
                }
            }
        }
    }

    private static void closeQuietly(SelectionKey key) {
        try {
            key.channel().close();
        } catch (IOException alreadyGone) {
            // Nothing is owed to a peer that has left.
            key.attach(null);
        }
    }

    /** Where in the empty line that ends a head a connection is. */
    private static final class Exchange {
        private final ByteBuffer answer;
        private int matched;

        Exchange(ByteBuffer answer) {
            this.answer = answer;
        }

        boolean endsHead(byte next) {
            boolean expectsReturn = matched % 2 == 0;
            if (next == (expectsReturn ? '\r' : '\n')) {
                matched++;
            } else {
                matched = next == '\r' ? 1 : 0;
            }
            if (matched < 4) {
                return false;
            }
            matched = 0;
            return true;
        }
    }
}
