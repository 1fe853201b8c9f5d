// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.outrigger.dataplane.config.HealthCheckConfig.Check;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/** Connects, and where there is something to say, says it and looks for the answer (HC5). */
final class TcpHealthCheck extends ConnectedHealthCheck<TcpHealthCheck.Connection> {
    /** What is kept of an answer in which the wanted bytes have not come yet. */
    private static final int MAX_ANSWER_BYTES = 64 * 1024;

    private final Check.Tcp check;
    private final byte[] send;

    TcpHealthCheck(HealthChecker checker, Host host, Check.Tcp check) {
        super(checker, host);
        this.check = check;
        this.send = check.send().getBytes(ISO_8859_1);
    }

    @Override
    String type() {
        return "TCP";
    }

    @Override
    Connection newConnection() {
        return new Connection();
    }

    @Override
    void onConnected(Connection opened) {
        if (check.receive().isEmpty()) {
            // Connecting was the question.
            giveUp();
            passed(false);
        } else {
            opened.say();
        }
    }

    @Override
    void askOn(Connection connected) {
        connected.say();
    }

    /** The handler of a connection to ask on. */
    final class Connection extends ChannelInboundHandlerAdapter
            implements ConnectedHealthCheck.Connection {
        private final StringBuilder answer = new StringBuilder();
        private @Nullable Channel channel;

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            channel = ctx.channel();
        }

        void say() {
            Channel to = channel;
            if (to != null && to.isActive() && send.length > 0) {
                to.writeAndFlush(Unpooled.wrappedBuffer(send), to.voidPromise());
            }
        }

        @Override
        public void close() {
            if (channel != null) {
                channel.close();
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            var in = (ByteBuf) message;
            try {
                if (isCurrent(this) && answer.length() < MAX_ANSWER_BYTES) {
                    answer.append(in.toString(ISO_8859_1));
                    if (PayloadMatcher.matches(check.receive(), answer)) {
                        answer.setLength(0);
                        if (!checker.config.reuseConnection()) {
                            giveUp();
                        }
                        passed(false);
                    }
                }
            } finally {
                in.release();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            if (isCurrent(this)) {
                onLost();
                failed(Failure.NETWORK, false, 0);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
