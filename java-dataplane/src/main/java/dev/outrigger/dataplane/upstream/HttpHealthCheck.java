// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.outrigger.dataplane.config.HealthCheckConfig.Check;
import dev.outrigger.dataplane.message.Http1BodyDecoder;
import dev.outrigger.dataplane.message.Http1HeadParser;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.ResponseReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/** Sends a request and judges the response (HC2, HC4). */
final class HttpHealthCheck extends ConnectedHealthCheck<HttpHealthCheck.Connection> {
    private final Check.Http check;
    private final HttpCheckVerdict verdict;

    HttpHealthCheck(HealthChecker checker, Host host, Check.Http check) {
        super(checker, host);
        this.check = check;
        this.verdict = new HttpCheckVerdict(checker, host, check);
    }

    @Override
    String type() {
        return "HTTP";
    }

    @Override
    Connection newConnection() {
        return new Connection();
    }

    @Override
    void onConnected(Connection opened) {
        opened.send();
    }

    @Override
    void askOn(Connection connected) {
        connected.send();
    }

    /** The handler of a connection to ask on. */
    final class Connection extends ChannelInboundHandlerAdapter
            implements ConnectedHealthCheck.Connection {
        private final ResponseReader reader = new ResponseReader(ResponseReader.Options.DEFAULT);
        private final Http1BodyDecoder decoder =
                new Http1BodyDecoder(ResponseReader.Options.DEFAULT.maxHeadBytes());
        private @Nullable Channel channel;
        private boolean waiting;
        private boolean inBody;

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            channel = ctx.channel();
        }

        void send() {
            Channel to = channel;
            if (to == null) {
                return;
            }
            reader.begin();
            verdict.begin();
            inBody = false;
            waiting = true;
            String request = HealthCheckRequest.text(check, verdict.hostHeader(), host);
            to.writeAndFlush(
                    Unpooled.wrappedBuffer(request.getBytes(ISO_8859_1)), to.voidPromise());
        }

        @Override
        public void close() {
            waiting = false;
            if (channel != null) {
                channel.close();
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            var in = (ByteBuf) message;
            try {
                while (in.isReadable() && isCurrent(this)) {
                    if (!waiting) {
                        // Nobody asked: such a connection is not to be used again.
                        giveUp();
                    } else if (!(inBody ? readBody(in) : readHead(in))) {
                        return;
                    }
                }
            } finally {
                in.release();
            }
        }

        private boolean readHead(ByteBuf in) {
            Http1HeadParser.Result result = reader.read(in);
            return switch (result) {
                case NEED_MORE -> false;
                case FAILED -> broken();
                case COMPLETE -> {
                    onHead(reader.head());
                    yield true;
                }
            };
        }

        private boolean readBody(ByteBuf in) {
            return switch (decoder.decode(in, verdict::keep)) {
                case NEED_MORE -> false;
                case FAILED -> broken();
                case COMPLETE -> {
                    complete(true);
                    yield true;
                }
            };
        }

        private boolean broken() {
            giveUp();
            failed(Failure.NETWORK, false, 0);
            return false;
        }

        private void onHead(ResponseHead head) {
            int status = head.status();
            if (status < 200 && status != 101) {
                reader.begin();
                return;
            }
            boolean bodyless =
                    check.method().equals("HEAD")
                            || status == 101
                            || status == 204
                            || status == 304
                            || head.contentLength() == 0;
            if (bodyless) {
                complete(true);
            } else {
                inBody = true;
                if (head.isChunked()) {
                    decoder.beginChunked();
                } else if (head.contentLength() > 0) {
                    decoder.beginFixed(head.contentLength());
                } else {
                    decoder.beginUntilClose();
                }
            }
        }

        private void complete(boolean reusable) {
            waiting = false;
            ResponseHead head = reader.head();
            HttpCheckVerdict.Verdict result = verdict.of(head);
            boolean keep = reusable && checker.config.reuseConnection() && !head.isCloseRequested();
            if (!keep) {
                giveUp();
            }
            judged(result, head.status());
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            if (!isCurrent(this)) {
                return;
            }
            if (waiting && inBody && decoder.isUntilClose()) {
                complete(false);
                return;
            }
            onLost();
            if (waiting) {
                waiting = false;
                failed(Failure.NETWORK, false, 0);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            ctx.close();
        }
    }
}
