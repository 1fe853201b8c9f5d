// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.listenerfilter;

import dev.outrigger.dataplane.telemetry.StatsShard;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;

/** One listener filter compiled; makes a {@link Session} for each connection. Immutable. */
@FunctionalInterface
public interface ListenerFilter {
    /** What a filter says of a connection. */
    enum Verdict {
        /** It has what it wants, or cannot have it. */
        CONTINUE,
        /** It needs more data. */
        WAIT,
        /** The connection is to be closed. */
        CLOSE
    }

    /**
     * Begins with a connection.
     *
     * @param shard of the connection's worker
     */
    Session begin(StatsShard shard);

    /** The filter's part in one connection. Confined to its event loop. */
    interface Session {
        /** The connection was accepted; nothing was read for this filter yet. */
        Verdict onAccept(Channel channel, AcceptedSocket socket);

        /**
         * There is data.
         *
         * @param data everything that was read and not taken, at least one byte; the filter may
         *     move its reader index over what it takes
         */
        Verdict onData(ByteBuf data, AcceptedSocket socket);
    }
}
