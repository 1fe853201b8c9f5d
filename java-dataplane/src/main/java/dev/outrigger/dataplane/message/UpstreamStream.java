// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.message;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One attempt on the wire: what an exchange sends its request to. Confined to the event loop of the
 * exchange.
 */
public interface UpstreamStream {
    /** What the connection speaks; {@code null} where that is no HTTP. */
    @Nullable Protocol protocol();

    /** The local address of the connection as {@code ip:port}. */
    String localAddress();

    /** The TLS of the connection; {@code null} for cleartext. */
    default @Nullable TlsInfo tls() {
        return null;
    }

    /** The number of the connection (see {@link ConnectionIds}). */
    long connectionId();

    /** When the connection was made. */
    ConnectTimes connectTimes();

    void sendHead(RequestHead head, boolean endStream);

    /**
     * Sends body data.
     *
     * @param data owned by the stream from here on
     */
    void sendBody(ByteBuf data, boolean endStream);

    /** Ends the body with trailers, which are dropped where they are not enabled (E10). */
    void sendTrailers(HeaderBlock trailers);

    /** Abandons the attempt without a call back. */
    void cancel();

    /**
     * While a response that came whole with its head is taken: nobody wants it, and its place is
     * free for what comes instead. Else no effect.
     */
    default void free() {}

    /** Stops or resumes reading the response, for back-pressure. */
    void readDisable(boolean disable);

    /** False while the upstream does not keep up. */
    boolean isWritable();
}
