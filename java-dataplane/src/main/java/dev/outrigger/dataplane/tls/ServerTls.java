// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import dev.outrigger.dataplane.config.CommonTlsConfig;
import dev.outrigger.dataplane.config.ResourceReference;
import dev.outrigger.dataplane.telemetry.StatsShard;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of a filter chain as it is now: connections take the newest context when they are
 * accepted, and keep it. Making connections: any event loop; the rest: main loop.
 */
public final class ServerTls implements Secured {
    private final List<ResourceReference> references;
    private final Function<Secrets, @Nullable ServerTlsContext> maker;
    private final TlsStats stats;
    private final LongSupplier nanoTime;
    private final Owned<ServerTlsContext> context;
    private final CommonTlsConfig config;
    private LoadedCertificates certificates = LoadedCertificates.NONE;

    /**
     * @param config what its certificates are
     * @param references the secrets it depends on
     * @param maker of contexts; {@code null} while secrets are missing
     */
    ServerTls(
            CommonTlsConfig config,
            List<ResourceReference> references,
            Function<Secrets, @Nullable ServerTlsContext> maker,
            TlsStats stats,
            LongSupplier nanoTime) {
        this.config = config;
        this.references = List.copyOf(references);
        this.maker = maker;
        this.context = new Owned<>(this);
        this.stats = stats;
        this.nanoTime = nanoTime;
    }

    @Override
    public List<ResourceReference> references() {
        return references;
    }

    @Override
    public void begin(Secrets secrets) {
        context.replace(maker.apply(secrets));
        load(secrets);
    }

    private void load(Secrets secrets) {
        certificates = secrets.loaded(config);
        stats.setExpirations(certificates);
    }

    /** What it works with now. Main loop. */
    public LoadedCertificates certificates() {
        return certificates;
    }

    @Override
    public void renew(Secrets secrets, StatsShard shard) {
        ServerTlsContext next = maker.apply(secrets);
        if (next != null) {
            context.replace(next);
            load(secrets);
            shard.inc(stats.updatedBySds);
        }
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
}
