// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.listenerfilter;

import dev.outrigger.dataplane.config.ListenerFiltersConfig.DisabledFor;
import dev.outrigger.dataplane.listenerfilter.ListenerFilter.Verdict;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;

/** A listener filter that leaves some connections alone ({@code filter_disabled}). */
record Conditional(ListenerFilter.Session filter, DisabledFor disabledFor)
        implements ListenerFilter.Session {
    @Override
    public Verdict onAccept(Channel channel, AcceptedSocket socket) {
        int port = socket.localAddress() instanceof InetSocketAddress local ? local.getPort() : 0;
        return disabledFor.matches(port) ? Verdict.CONTINUE : filter.onAccept(channel, socket);
    }

    @Override
    public Verdict onData(ByteBuf data, AcceptedSocket socket) {
        return filter.onData(data, socket);
    }
}
