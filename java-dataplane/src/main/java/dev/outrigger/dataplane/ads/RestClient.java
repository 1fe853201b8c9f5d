// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import dev.outrigger.dataplane.config.XdsClusterConfig;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks a REST control plane one question over HTTP/1.1, on a connection of its own. Main loop only.
 */
final class RestClient {
    /** Envoy has none; this one only keeps a broken server from filling the heap. */
    private static final int MAX_RESPONSE_BYTES = 256 << 20;

    private static final List<String> HTTP1 = List.of("http/1.1");

    private final NettyMainLoop loop;
    private final NettyChannels addresses;
    private final ClusterTls tls;
    private int nextAddress;

    RestClient(NettyMainLoop loop, NameResolver resolver, ClusterTls tls) {
        this.loop = loop;
        this.addresses = new NettyChannels(loop, resolver, tls);
        this.tls = tls;
    }

    /** How a question ended. */
    sealed interface Answer {
        record Responded(int status, String body) implements Answer {}

        record Failed(String reason) implements Answer {}
    }

    /** Takes the answer, exactly once, on the main loop. */
    interface AnswerConsumer {
        void accept(Answer answer);
    }

    /** Posts a JSON document. The result ends the question early; nothing is answered then. */
    Runnable post(
            XdsClusterConfig cluster,
            String path,
            String json,
            Duration timeout,
            AnswerConsumer then) {
        var question = new Question(cluster, path, json, then);
        question.timer =
                loop.schedule(timeout, () -> question.end(new Answer.Failed("request timeout")));
        addresses.addresses(cluster, question::connect);
        return question::cancel;
    }

    private final class Question {
        private final XdsClusterConfig cluster;
        private final String path;
        private final String json;
        private final AnswerConsumer then;
        private MainLoop.@Nullable Timer timer;
        private @Nullable Channel channel;
        private boolean ended;

        Question(XdsClusterConfig cluster, String path, String json, AnswerConsumer then) {
            this.cluster = cluster;
            this.path = path;
            this.json = json;
            this.then = then;
        }

        void connect(List<InetSocketAddress> found) {
            if (ended) {
                return;
            }
            if (found.isEmpty()) {
                end(new Answer.Failed("no address"));
                return;
            }
            InetSocketAddress address = found.get(Math.floorMod(nextAddress++, found.size()));
            ChannelFuture connecting =
                    new Bootstrap()
                            .group(loop.eventLoop())
                            .channel(loop.socketType(address))
                            .option(
                                    ChannelOption.CONNECT_TIMEOUT_MILLIS,
                                    (int) cluster.connectTimeout().toMillis())
                            .handler(new Initializer(this, tls.newHandler(cluster, HTTP1)))
                            .connect(loop.socketAddress(address));
            channel = connecting.channel();
            connecting.addListener(done -> {
                if (done.isSuccess()) {
                    connecting.channel().writeAndFlush(request());
                } else {
                    end(new Answer.Failed(String.valueOf(done.cause())));
                }
            });
        }

        private DefaultFullHttpRequest request() {
            byte[] body = json.getBytes(StandardCharsets.UTF_8);
            var request =
                    new DefaultFullHttpRequest(
                            HttpVersion.HTTP_1_1,
                            HttpMethod.POST,
                            path,
                            Unpooled.wrappedBuffer(body));
            request.headers()
                    .set(HttpHeaderNames.HOST, cluster.name())
                    .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
                    .setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
            return request;
        }

        void cancel() {
            if (!ended) {
                finish();
            }
        }

        void end(Answer answer) {
            if (!ended) {
                finish();
                then.accept(answer);
            }
        }

        private void finish() {
            ended = true;
            if (timer != null) {
                timer.cancel();
            }
            if (channel != null) {
                channel.close();
            }
        }
    }

    private static final class Initializer extends ChannelInitializer<Channel> {
        private final Question question;
        private final @Nullable ChannelHandler tls;

        Initializer(Question question, @Nullable ChannelHandler tls) {
            this.question = question;
            this.tls = tls;
        }

        @Override
        protected void initChannel(Channel made) {
            if (tls != null) {
                made.pipeline().addLast(tls);
            }
            made.pipeline()
                    .addLast(
                            new HttpClientCodec(),
                            new HttpObjectAggregator(MAX_RESPONSE_BYTES),
                            new Reader(question));
        }
    }

    private static final class Reader extends SimpleChannelInboundHandler<FullHttpResponse> {
        private final Question question;

        Reader(Question question) {
            this.question = question;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, FullHttpResponse response) {
            question.end(
                    new Answer.Responded(
                            response.status().code(),
                            response.content().toString(StandardCharsets.UTF_8)));
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            question.end(new Answer.Failed("connection closed"));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            question.end(new Answer.Failed(cause.toString()));
        }
    }
}
