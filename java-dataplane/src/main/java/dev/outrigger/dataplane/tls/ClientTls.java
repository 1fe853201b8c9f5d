// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import dev.outrigger.dataplane.telemetry.StatsShard;
import io.netty.channel.ChannelHandler;
import java.time.Duration;

/**
 * The TLS toward a cluster's hosts as it is now: new connections take the newest context, open ones
 * keep theirs. Making connections: any event loop; the rest: main loop.
 */
public final class ClientTls {
    private final HeldContext<ClientTlsContext> context;

    ClientTls(HeldContext<ClientTlsContext> context) {
        this.context = context;
    }

    /** What it works with now. Main loop. */
    public LoadedCertificates certificates() {
        return context.certificates();
    }

    /**
     * What stands in front of a new connection's codec.
     *
     * @param connectTimeout for connecting and handshake together
     */
    public ChannelHandler newHandler(TlsTarget target, StatsShard shard, Duration connectTimeout) {
        ClientTlsContext now = context.take(shard);
        return now == null
                ? new NotReadyHandler()
                : TlsHandler.client(
                        now, target, shard, context.nanoTime(), connectTimeout.toNanos());
    }
}
