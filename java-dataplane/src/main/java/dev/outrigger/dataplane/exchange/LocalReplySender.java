// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.filter.HttpFilterChain;
import dev.outrigger.dataplane.filter.LocalReply;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.Method;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseFlag;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.StreamInfo;
import dev.outrigger.dataplane.route.Route;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Replies of the proxy's own (1.16): their head and body, the edits of the route and of {@code
 * local_reply_config}, and their way through the filters. One per {@link Exchange}; confined to its
 * event loop.
 */
final class LocalReplySender {
    private final Exchange exchange;
    private final StreamInfo info;
    private final ResponseHead head = new ResponseHead();
    private boolean saysOverloaded;

    LocalReplySender(Exchange exchange) {
        this.exchange = exchange;
        this.info = exchange.info();
    }

    /**
     * A reply in words of Envoy's, with the route's response edits where a route was found.
     *
     * @param close whether the connection ends with it
     * @param overloaded whether the client is told that it is because of too much load
     */
    void send(
            int status,
            String body,
            @Nullable ResponseFlag flag,
            String details,
            boolean close,
            boolean overloaded) {
        if (flag != null) {
            info.setFlag(flag);
        }
        info.setDetails(details);
        exchange.cancelRouter();
        begin(status);
        saysOverloaded = overloaded && !exchange.routerOptions().suppressEnvoyHeaders();
        send(body, close);
    }

    /** A redirect or direct response: {@code location} may be empty. */
    void sendRouteReply(int status, String body, String location) {
        info.setDetails("direct_response");
        begin(status);
        if (!location.isEmpty()) {
            head.headers().add(KnownHeader.LOCATION, Ascii.bytes(location));
        }
        send(body, false);
    }

    /** Answers a request that the checks have not passed. */
    void refuse(RequestHead asked, RequestChecks.Refusal refusal) {
        if (asked.headers().has(KnownHeader.X_FORWARDED_PROTO)) {
            // Envoy looks for the route all the same, and finds one where the scheme is known.
            exchange.choice().find();
        } else {
            // It looks in vain, at no cost.
            info.routeResolved(0);
        }
        if (refusal.status() == 307) {
            byte[] location = Ascii.bytes(asked.path());
            info.setDetails(refusal.details());
            begin(refusal.status());
            // Behind the edits of the route, if one was found.
            send(
                    LocalReply.of(refusal.status(), "", refusal.details())
                            .withHeaders(headers -> headers.add(KnownHeader.LOCATION, location)),
                    false);
            return;
        }
        // Envoy closes after a 400 of its own making, not after the 404s (E15).
        boolean close = endsConnection(refusal.status());
        send(refusal.status(), "", null, refusal.details(), close, false);
    }

    /** Envoy takes a 400 of its own for a broken connection (E15). */
    private boolean endsConnection(int status) {
        return status == 400 && !exchange.settings().config.streamErrorOnInvalidHttpMessage();
    }

    /** A filter answers in the upstream's place; too late for that, the stream is reset (Y5). */
    void sendFilterReply(LocalReply reply) {
        if (exchange.isResponseStarted()) {
            exchange.abort();
            return;
        }
        info.setDetails(reply.details());
        exchange.cancelRouter();
        begin(reply.status());
        send(reply, false);
    }

    /**
     * Answers in the upstream's place where its answer is no WebSocket handshake: the head goes on
     * without its body (W3).
     *
     * @return whether it did
     */
    boolean failsHandshake(ResponseHead answer) {
        if (!exchange.downstreamRequest().failsHandshake(answer.status())) {
            return false;
        }
        String details = "websocket_handshake_unsuccessful";
        info.setDetails(details);
        var given = new ResponseHead();
        given.setStatus(answer.status());
        given.headers().copyFrom(answer.headers());
        RequestHead asked = exchange.request();
        if (asked != null) {
            ResponseMutations.stripRefusal(given, asked);
        }
        // Only now: the answer is the attempt's.
        exchange.cancelRouter();
        begin(answer.status());
        // Behind the route's own edits, which do not see it.
        send(
                LocalReply.of(answer.status(), "", details)
                        .withHeaders(headers -> headers.addAll(given.headers())),
                true);
        return true;
    }

    private void begin(int status) {
        head.reset();
        head.setStatus(status);
        saysOverloaded = false;
    }

    private void send(String body, boolean close) {
        send(LocalReply.of(head.status(), body, ""), close);
    }

    /** Dresses the head and sends it through the filters (Y4). */
    private void send(LocalReply reply, boolean close) {
        boolean encoding = exchange.response() != null;
        // An early refusal passes the filters too.
        HttpFilterChain chain = exchange.filters().chainForReply();
        if (chain != null) {
            chain.stopDecoding();
        }
        // What formats see while headers are edited: this head, but no status of its own
        // (observed).
        exchange.downstreamResponse().begin(head);
        LocalReplyMapping.Mapped said = edit(reply);
        if (reply.flag() != null) {
            info.setFlag(reply.flag());
        }
        info.setResponseCode(head.status());
        // Whatever status the listener makes of it.
        boolean closes = close || endsConnection(reply.status());
        RequestHead request = exchange.request();
        boolean grpc = !reply.raw() && request != null && request.isGrpc();
        boolean toHead = request != null && request.method() == Method.HEAD;
        byte[] bytes = LocalReplies.complete(head, said, grpc, toHead, reply.grpcStatus());
        if (bytes.length == 0 && !grpc && !reply.raw()) {
            // Whoever added them: nothing has no type and no length.
            head.headers().remove(KnownHeader.CONTENT_TYPE);
            head.headers().remove(KnownHeader.CONTENT_LENGTH);
        }
        boolean endStream = bytes.length == 0 || toHead;
        if (encoding && chain != null) {
            // Another response was on its way; this one goes past the filters.
            chain.stopEncoding();
            exchange.filters().leave();
        }
        exchange.downstreamResponse().sendHead(head, endStream, closes);
        if (!endStream) {
            exchange.downstreamResponse().sendBody(Unpooled.wrappedBuffer(bytes), true);
        }
    }

    /** The edits of the route, the filter and the listener; gives the body that comes of them. */
    private LocalReplyMapping.Mapped edit(LocalReply reply) {
        Route route = exchange.route();
        // A route that answers by itself edits its own answers, not those of filters.
        if (!reply.raw()
                && route != null
                && (route.isForwarding() || exchange.downstreamRequest().hasReachedRouter())) {
            exchange.editLocalResponse(head, saysOverloaded);
        }
        if (reply.headers() != null) {
            reply.headers().apply(head.headers());
        }
        LocalReplyMapping mapping = exchange.settings().localReplies;
        if (mapping == null || reply.raw()) {
            return new LocalReplyMapping.Mapped(reply.body(), "", false);
        }
        info.setResponseCode(head.status());
        return mapping.apply(head, reply.body(), exchange);
    }
}
