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
final class TcpHealthCheck extends HealthCheckSession {
    /** What is kept of an answer in which the wanted bytes have not come yet. */
    private static final int MAX_ANSWER_BYTES = 64 * 1024;

    private final Check.Tcp check;
    private final byte[] send;
    private @Nullable Connection connection;

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
    void ask() {
        Connection current = connection;
        if (current == null) {
            current = new Connection();
            connection = current;
            Connection opened = current;
            connect(current).addListener(done -> opened.onConnected(done.isSuccess()));
        } else {
            current.say();
        }
    }

    @Override
    void giveUp() {
        Connection current = connection;
        connection = null;
        if (current != null) {
            current.close();
        }
    }

    private final class Connection extends ChannelInboundHandlerAdapter {
        private final StringBuilder answer = new StringBuilder();
        private @Nullable Channel channel;

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            channel = ctx.channel();
        }

        void onConnected(boolean success) {
            if (connection != this) {
                close();
            } else if (!success) {
                connection = null;
                failed(Failure.NETWORK, false, 0);
            } else if (check.receive().isEmpty()) {
                // Connecting was the question.
                giveUp();
                passed(false);
            } else {
                say();
            }
        }

        void say() {
            Channel to = channel;
            if (to != null && to.isActive() && send.length > 0) {
                to.writeAndFlush(Unpooled.wrappedBuffer(send), to.voidPromise());
            }
        }

        void close() {
            if (channel != null) {
                channel.close();
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            var in = (ByteBuf) message;
            try {
                if (connection == this && answer.length() < MAX_ANSWER_BYTES) {
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
            if (connection == this) {
                connection = null;
                failed(Failure.NETWORK, false, 0);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
