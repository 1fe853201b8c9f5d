// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import io.netty.buffer.ByteBuf;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The response side of one downstream request, over HTTP/1 or HTTP/2: what an exchange writes to.
 * Confined to the connection's event loop; output is flushed by the loop, not by the writer.
 */
public interface DownstreamStream {
    /** What the connection speaks; a request over HTTP/1 may still be one of HTTP/1.0. */
    Protocol protocol();

    ConnectionInfo connection();

    /** What filters keep for the connection (Envoy's filter state of that life span). */
    Map<String, Object> filterState();

    /** Sends {@code 100 Continue}. */
    void sendContinue();

    /**
     * Sends the final head.
     *
     * @param closeAfter whether the connection ends with this response
     */
    void sendHead(ResponseHead head, boolean endStream, boolean closeAfter);

    /**
     * Sends body data.
     *
     * @param data owned by the stream from here on
     */
    void sendBody(ByteBuf data, boolean endStream);

    /** Sends an interim response other than {@code 100 Continue} that the proxy makes itself. */
    void sendInterim(ResponseHead head);

    /** Ends the body with trailers, which are dropped where they are not enabled (E10). */
    void sendTrailers(HeaderBlock trailers);

    /**
     * The connection is to take no requests after those under way; over HTTP/1 the response says so
     * by itself.
     */
    void startDrain();

    /**
     * Ends the stream abnormally: over HTTP/1 the connection is closed.
     *
     * @param byUpstream whether because the other side of it did
     */
    void reset(boolean byUpstream);

    /** What is told of the request if it is reset; {@code null} for nothing special. */
    default @Nullable String resetDetails() {
        return null;
    }

    /** Stops or resumes reading the request body, for back-pressure. */
    void readDisable(boolean disable);

    /** False while the peer does not keep up. */
    boolean isWritable();

    /** The request is made again by itself, which is one more of those the connection may serve. */
    void onRedirect();

    /** Whether the connection has served as many requests as it may. */
    boolean isLastRequest();

    /**
     * Whether the connection is about to end, which the response must say: not with this response,
     * but when its drain timeout is over. Asked once for each response.
     */
    boolean isDraining();

    /**
     * Whether a request whose head is there has to wait for the next turn of the event loop.
     *
     * @param request called when it may go on, unless it is forgotten
     */
    boolean defers(Runnable request);

    /** The request is over while it waited. */
    void forget(Runnable request);
}
