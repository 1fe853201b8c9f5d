// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP/1.1 around {@link AdminRoutes}. A long answer is made as the client takes it; what the
 * client pipelines waits for it. Confined to the main loop.
 */
final class AdminHandler extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(AdminHandler.class);
    private static final String CONTENT_TYPE_OPTIONS = "x-content-type-options";
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private final AdminRoutes routes;
    private final AdminStats stats;

    /** Requests that came while an answer was being written; reading is off meanwhile. */
    private final ArrayDeque<FullHttpRequest> waiting = new ArrayDeque<>();

    private @Nullable Answering answering;

    /** An answer on its way. */
    private record Answering(AdminResponse answer, boolean keepAlive, long beganMillis) {}

    AdminHandler(AdminRoutes routes) {
        this.routes = routes;
        this.stats = routes.stats();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        var request = (FullHttpRequest) message;
        if (answering != null) {
            waiting.add(request);
            return;
        }
        begin(ctx, request);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        waiting.forEach(FullHttpRequest::release);
        waiting.clear();
        end();
        ctx.fireChannelInactive();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            proceed(ctx);
        }
        ctx.fireChannelWritabilityChanged();
    }

    private void begin(ChannelHandlerContext ctx, FullHttpRequest request) {
        stats.onRequest();
        long began = routes.nowMillis();
        AdminResponse answer;
        boolean keepAlive;
        try {
            // Envoy's connection manager refuses such a path before anybody looks at it (P1).
            boolean refused = request.uri().indexOf('#') >= 0;
            if (refused) {
                stats.onRefusedPath();
            }
            answer = refused ? AdminResponse.text(400, "") : answer(request);
            keepAlive = !refused && HttpUtil.isKeepAlive(request);
            ctx.write(refused ? refusal() : head(request, answer, keepAlive));
            if (request.method().equals(HttpMethod.HEAD)) {
                answer = answer.withoutBody();
            }
        } finally {
            request.release();
        }
        stats.onResponse(answer.status());
        answering = new Answering(answer, keepAlive, began);
        ctx.channel().config().setAutoRead(false);
        proceed(ctx);
    }

    private DefaultHttpResponse refusal() {
        var response =
                new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.BAD_REQUEST);
        response.headers()
                .set(HttpHeaderNames.DATE, DATE.format(Instant.ofEpochMilli(routes.nowMillis())))
                .set(HttpHeaderNames.SERVER, "envoy")
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE)
                .set(HttpHeaderNames.CONTENT_LENGTH, HttpHeaderValues.ZERO);
        return response;
    }

    private DefaultHttpResponse head(
            FullHttpRequest request, AdminResponse answer, boolean keepAlive) {
        var response =
                new DefaultHttpResponse(
                        HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()));
        if (answer.sniffedFirst()) {
            response.headers().add(CONTENT_TYPE_OPTIONS, "nosniff");
        }
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
                .set(HttpHeaderNames.CACHE_CONTROL, "no-cache, max-age=0")
                .add(CONTENT_TYPE_OPTIONS, "nosniff")
                .set(HttpHeaderNames.DATE, DATE.format(Instant.ofEpochMilli(routes.nowMillis())))
                .set(HttpHeaderNames.SERVER, "envoy");
        if (request.protocolVersion().isKeepAliveDefault()) {
            // As Envoy's, every answer is chunked.
            response.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        if (!keepAlive) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        return response;
    }

    /** Writes as long as the connection takes it. */
    private void proceed(ChannelHandlerContext ctx) {
        Answering now = answering;
        if (now == null) {
            return;
        }
        var part = new StringBuilder();
        boolean more = true;
        while (more && ctx.channel().isWritable()) {
            part.setLength(0);
            try {
                more = now.answer.body().appendTo(part);
            } catch (RuntimeException e) {
                // The head has left, so that the client learns it by a body that is cut.
                log.error("admin answer failed", e);
                ctx.close();
                return;
            }
            if (!part.isEmpty()) {
                ctx.write(new DefaultHttpContent(ByteBufUtil.writeUtf8(ctx.alloc(), part)));
            }
        }
        if (more) {
            ctx.flush();
            return;
        }
        var written = ctx.writeAndFlush(new DefaultLastHttpContent());
        end();
        written.addListener(_ -> now.answer.afterwards().run());
        if (!now.keepAlive) {
            written.addListener(ChannelFutureListener.CLOSE);
            return;
        }
        FullHttpRequest next = waiting.poll();
        if (next != null) {
            begin(ctx, next);
        } else {
            ctx.channel().config().setAutoRead(true);
        }
    }

    private void end() {
        Answering now = answering;
        if (now != null) {
            answering = null;
            stats.onEnd(routes.nowMillis() - now.beganMillis);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        log.debug("admin connection failed", cause);
        ctx.close();
    }

    private AdminResponse answer(FullHttpRequest request) {
        if (request.decoderResult().isFailure()) {
            return AdminResponse.text(400, "Bad Request");
        }
        try {
            return routes.answer(request.method().name(), request.uri(), form(request));
        } catch (RuntimeException e) {
            log.error("admin request failed path={}", request.uri(), e);
            return AdminResponse.text(500, "internal error: " + e);
        }
    }

    private static @Nullable String form(FullHttpRequest request) {
        return HttpHeaderValues.APPLICATION_X_WWW_FORM_URLENCODED.contentEquals(
                        request.headers().get(HttpHeaderNames.CONTENT_TYPE, ""))
                ? request.content().toString(StandardCharsets.ISO_8859_1)
                : null;
    }
}
