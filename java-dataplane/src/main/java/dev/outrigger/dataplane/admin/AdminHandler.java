// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
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
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** HTTP/1.1 around {@link AdminRoutes}. Confined to the main loop. */
final class AdminHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger log = LoggerFactory.getLogger(AdminHandler.class);
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private final AdminRoutes routes;

    AdminHandler(AdminRoutes routes) {
        this.routes = routes;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        AdminResponse answer = answer(request);
        var response =
                new DefaultHttpResponse(
                        HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(answer.status()));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, answer.contentType())
                .set(HttpHeaderNames.CACHE_CONTROL, "no-cache, max-age=0")
                .set("x-content-type-options", "nosniff")
                .set(HttpHeaderNames.DATE, DATE.format(Instant.ofEpochMilli(routes.nowMillis())))
                .set(HttpHeaderNames.SERVER, "envoy");
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        if (request.protocolVersion().isKeepAliveDefault()) {
            // As Envoy's, every answer is chunked.
            response.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        if (!keepAlive) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        ctx.write(response);
        if (!request.method().equals(HttpMethod.HEAD) && !answer.body().isEmpty()) {
            ctx.write(
                    new DefaultHttpContent(
                            Unpooled.wrappedBuffer(
                                    answer.body().getBytes(StandardCharsets.UTF_8))));
        }
        var written = ctx.writeAndFlush(new DefaultLastHttpContent());
        written.addListener(_ -> answer.afterwards().run());
        if (!keepAlive) {
            written.addListener(ChannelFutureListener.CLOSE);
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
            return routes.answer(request.method().name(), request.uri());
        } catch (RuntimeException e) {
            log.error("admin request failed path={}", request.uri(), e);
            return AdminResponse.text(500, "internal error: " + e);
        }
    }
}
