// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import dev.outrigger.dataplane.telemetry.StatsShard;
import io.netty.channel.ChannelHandler;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The TLS toward a cluster's hosts as it is now: new connections take the newest context, open ones
 * keep theirs. Making connections: any event loop; the rest: main loop.
 */
public final class ClientTls {
    private final TlsStats stats;
    private final LongSupplier nanoTime;
    private final Owned<ClientTlsContext> context;

    ClientTls(@Nullable ClientTlsContext context, TlsStats stats, LongSupplier nanoTime) {
        this.context = new Owned<>(this, context);
        this.stats = stats;
        this.nanoTime = nanoTime;
    }

    /**
     * What stands in front of a new connection's codec.
     *
     * @param connectTimeout for connecting and handshake together
     */
    public ChannelHandler newHandler(TlsTarget target, StatsShard shard, Duration connectTimeout) {
        ClientTlsContext now = context.retained();
        if (now == null) {
            shard.inc(stats.secretsNotReady);
            return new NotReadyHandler();
        }
        return TlsHandler.client(now, target, shard, nanoTime, connectTimeout.toNanos());
    }

    /** Takes the place of what was there. */
    void replace(ClientTlsContext next, StatsShard shard) {
        context.replace(next);
        shard.inc(stats.updatedBySds);
    }
}
