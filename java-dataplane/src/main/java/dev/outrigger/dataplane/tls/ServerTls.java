// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import dev.outrigger.dataplane.telemetry.StatsShard;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of a filter chain as it is now: connections take the newest context when they are
 * accepted, and keep it. Making connections: any event loop; the rest: main loop.
 */
public final class ServerTls {
    private final HeldContext<ServerTlsContext> context;

    ServerTls(HeldContext<ServerTlsContext> context) {
        this.context = context;
    }

    /** What it works with now. Main loop. */
    public LoadedCertificates certificates() {
        return context.certificates();
    }

    /**
     * What stands in front of an accepted connection's codec; {@code null} while secrets are
     * missing, which is counted: the connection is to be closed.
     */
    public @Nullable TlsHandler newHandler(StatsShard shard) {
        ServerTlsContext now = context.take(shard);
        return now == null ? null : TlsHandler.server(now, shard, context.nanoTime());
    }
}
