// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.net.SocketAddress;

/** Stands for TLS whose secrets are not there yet (TL5): every connection fails. */
final class NotReadyHandler extends ChannelOutboundHandlerAdapter {
    static final String REASON = "TLS error: Secret is not supplied by SDS";

    @Override
    public void connect(
            ChannelHandlerContext context,
            SocketAddress remote,
            SocketAddress local,
            ChannelPromise promise) {
        promise.setFailure(new TlsException(REASON));
    }
}
