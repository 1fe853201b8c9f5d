// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.message.BytesMeter;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.StreamInfo;
import io.netty.buffer.ByteBuf;
import java.util.HashSet;
import java.util.Set;

/**
 * The internal redirects that led from a client's request to the exchange at hand (IR2), and the
 * step to the next. One per {@link Exchange}; confined to its event loop.
 */
final class InternalRedirects {
    private final Exchange exchange;
    private final Set<String> previous = new HashSet<>();
    private int count;

    InternalRedirects(Exchange exchange) {
        this.exchange = exchange;
    }

    /** A client's request begins. */
    void reset() {
        count = 0;
        if (!previous.isEmpty()) {
            previous.clear();
        }
    }

    /** How many there were. */
    int count() {
        return count;
    }

    /** The routes they led to, for the predicates; the predicates add theirs. */
    Set<String> previous() {
        return previous;
    }

    /**
     * Follows one: the exchange ends with its log line, and the request, which was changed, begins
     * anew behind the checks of the connection manager. Whom it is for is not found out again: it
     * comes from the connection's own peer, whatever x-forwarded-for says (observed).
     *
     * @param status of the redirect
     * @param body the request's, given away
     */
    void follow(int status, RequestHead head, ByteBuf body) {
        StreamInfo info = exchange.info();
        boolean http10 = exchange.isHttp10();
        long received = info.bytesReceived();
        // A redirect by 303 has made the request one without a body.
        boolean hasBody = body.isReadable() && !head.isBodyless();
        info.setDetails("internal_redirect");
        info.setResponseCode(status);
        exchange.finish(true);
        exchange.downstream().onRedirect();
        var moved = new BytesMeter();
        moved.resume(info.downstreamBytes());
        exchange.begin(exchange.manager());
        info.downstreamBytes().resume(moved);
        info.addBytesReceived(received);
        count++;
        // The field that asked for it was removed before; Envoy looks for it again.
        head.forgetKeepAlive();
        if (!hasBody) {
            // What came in chunks and was nothing goes on as nothing.
            head.dropBody();
            body.release();
        }
        exchange.downstreamRequest().repeat(head, http10, hasBody ? body : null);
    }
}
