// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.outrigger.dataplane.config.HealthCheckConfig.Check;
import dev.outrigger.dataplane.config.HealthCheckConfig.StatusRange;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.Http1BodyDecoder;
import dev.outrigger.dataplane.message.Http1HeadParser;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.ResponseReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sends a request and judges the response (HC2, HC4). */
final class HttpHealthCheck extends HealthCheckSession {
    private static final byte[] HEALTHCHECKED_CLUSTER =
            Ascii.bytes("x-envoy-upstream-healthchecked-cluster");

    private final Check.Http check;
    private final @Nullable NameMatcher serviceName;
    private @Nullable Connection connection;

    private enum Verdict {
        PASSED,
        DEGRADED,
        FAILED,
        RETRIABLE
    }

    HttpHealthCheck(HealthChecker checker, Host host, Check.Http check) {
        super(checker, host);
        this.check = check;
        this.serviceName = check.serviceName().map(NameMatcher::new).orElse(null);
    }

    @Override
    String type() {
        return "HTTP";
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
            current.send();
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

    /** The first of: the check's, the endpoint's for checks, the endpoint's own, the cluster's. */
    private String hostHeader() {
        if (!check.host().isEmpty()) {
            return check.host();
        }
        String forChecks = host.placement().endpoint().healthCheck().hostname();
        if (!forChecks.isEmpty()) {
            return forChecks;
        }
        return host.hostname().isEmpty() ? checker.cluster.name() : host.hostname();
    }

    private Verdict judge(ResponseHead head, CharSequence body) {
        if (!check.receive().isEmpty() && !PayloadMatcher.matches(check.receive(), body)) {
            excludeIfTold(head);
            return Verdict.FAILED;
        }
        if (!isIn(check.expected(), head.status())) {
            excludeIfTold(head);
            return isIn(check.retriable(), head.status()) ? Verdict.RETRIABLE : Verdict.FAILED;
        }
        if (serviceName != null) {
            checker.shard.inc(checker.verifyCluster);
            int entry = head.headers().find(HEALTHCHECKED_CLUSTER, 0);
            if (!serviceName.matches(entry < 0 ? "" : head.headers().value(entry))) {
                return Verdict.FAILED;
            }
        }
        return head.headers().has(KnownHeader.ENVOY_DEGRADED) ? Verdict.DEGRADED : Verdict.PASSED;
    }

    private void excludeIfTold(ResponseHead head) {
        if (head.headers().has(KnownHeader.ENVOY_IMMEDIATE_HEALTH_CHECK_FAIL)) {
            host.set(HealthFlag.EXCLUDED_VIA_IMMEDIATE_HC_FAIL);
        }
    }

    private static boolean isIn(List<StatusRange> ranges, int status) {
        for (StatusRange range : ranges) {
            if (range.contains(status)) {
                return true;
            }
        }
        return false;
    }

    private final class Connection extends ChannelInboundHandlerAdapter {
        private final ResponseReader reader = new ResponseReader(ResponseReader.Options.DEFAULT);
        private final Http1BodyDecoder decoder =
                new Http1BodyDecoder(ResponseReader.Options.DEFAULT.maxHeadBytes());
        private final StringBuilder body = new StringBuilder();
        private @Nullable Channel channel;
        private boolean waiting;
        private boolean inBody;

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
            } else {
                send();
            }
        }

        void send() {
            Channel to = channel;
            if (to == null) {
                return;
            }
            reader.begin();
            body.setLength(0);
            inBody = false;
            waiting = true;
            String request = HealthCheckRequest.text(check, hostHeader(), host);
            to.writeAndFlush(
                    Unpooled.wrappedBuffer(request.getBytes(ISO_8859_1)), to.voidPromise());
        }

        void close() {
            waiting = false;
            if (channel != null) {
                channel.close();
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            var in = (ByteBuf) message;
            try {
                while (in.isReadable() && connection == this) {
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
            return switch (decoder.decode(in, this::onBody)) {
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

        private void onBody(ByteBuf data) {
            try {
                long room = check.responseBufferSize() - body.length();
                if (!check.receive().isEmpty() && (check.responseBufferSize() == 0 || room > 0)) {
                    int length =
                            check.responseBufferSize() == 0
                                    ? data.readableBytes()
                                    : (int) Math.min(room, data.readableBytes());
                    body.append(data.toString(data.readerIndex(), length, ISO_8859_1));
                }
            } finally {
                data.release();
            }
        }

        private void complete(boolean reusable) {
            waiting = false;
            ResponseHead head = reader.head();
            Verdict verdict = judge(head, body);
            boolean keep = reusable && checker.config.reuseConnection() && !head.isCloseRequested();
            if (!keep) {
                giveUp();
            }
            switch (verdict) {
                case PASSED -> passed(false);
                case DEGRADED -> passed(true);
                case FAILED -> failed(Failure.ACTIVE, false, head.status());
                case RETRIABLE -> failed(Failure.ACTIVE, true, head.status());
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            if (connection != this) {
                return;
            }
            if (waiting && inBody && decoder.isUntilClose()) {
                complete(false);
                return;
            }
            connection = null;
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
