// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import dev.outrigger.dataplane.telemetry.StatsShard;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of a filter chain as it is now: connections take the newest context when they are
 * accepted, and keep it. Making connections: any event loop; the rest: main loop.
 */
public final class ServerTls {
    private final TlsStats stats;
    private final LongSupplier nanoTime;
    private final Owned<ServerTlsContext> context;

    ServerTls(@Nullable ServerTlsContext context, TlsStats stats, LongSupplier nanoTime) {
        this.context = new Owned<>(this, context);
        this.stats = stats;
        this.nanoTime = nanoTime;
    }

    /**
     * What stands in front of an accepted connection's codec; {@code null} while secrets are
     * missing, which is counted: the connection is to be closed.
     */
    public @Nullable TlsHandler newHandler(StatsShard shard) {
        ServerTlsContext now = context.retained();
        if (now == null) {
            shard.inc(stats.secretsNotReady);
            return null;
        }
        return TlsHandler.server(now, shard, nanoTime);
    }

    /** Takes the place of what was there. */
    void replace(ServerTlsContext next, StatsShard shard) {
        context.replace(next);
        shard.inc(stats.updatedBySds);
    }
}
