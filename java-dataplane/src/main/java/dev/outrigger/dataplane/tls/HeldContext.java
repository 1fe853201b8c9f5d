// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import dev.outrigger.dataplane.config.CommonTlsConfig;
import dev.outrigger.dataplane.config.ResourceReference;
import dev.outrigger.dataplane.telemetry.StatsShard;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The context of one configuration as it is now, made again when the secrets it depends on change.
 * Taking it: any event loop; the rest: main loop.
 */
final class HeldContext<C extends TlsContext> {
    private final CommonTlsConfig config;
    private final List<ResourceReference> references;
    private final Maker<C> maker;
    private final TlsStats stats;
    private final LongSupplier nanoTime;
    private final Owned<C> context;
    private LoadedCertificates certificates = LoadedCertificates.NONE;

    /** Makes contexts. */
    interface Maker<C> {
        /** {@code null} while secrets are missing. */
        @Nullable C make(Secrets secrets);
    }

    /**
     * @param config what its certificates are
     * @param references the secrets it depends on
     */
    HeldContext(
            CommonTlsConfig config,
            List<ResourceReference> references,
            Maker<C> maker,
            TlsStats stats,
            LongSupplier nanoTime) {
        this.config = config;
        this.references = List.copyOf(references);
        this.maker = maker;
        this.stats = stats;
        this.nanoTime = nanoTime;
        this.context = new Owned<>(this);
    }

    /** The secrets it depends on. */
    List<ResourceReference> references() {
        return references;
    }

    /** Makes its first context, if the secrets for it are there. */
    void begin(Secrets secrets) {
        context.replace(maker.make(secrets));
        load(secrets);
    }

    /** Some of its secrets are other ones: new connections are to take them. */
    void renew(Secrets secrets, StatsShard shard) {
        C next = maker.make(secrets);
        if (next != null) {
            context.replace(next);
            load(secrets);
            shard.inc(stats.updatedBySds);
        }
    }

    private void load(Secrets secrets) {
        certificates = secrets.loaded(config);
        stats.setExpirations(certificates);
    }

    /** What it works with now. Main loop. */
    LoadedCertificates certificates() {
        return certificates;
    }

    /** By which handshakes are timed. */
    LongSupplier nanoTime() {
        return nanoTime;
    }

    /** The newest, retained for a connection; {@code null} while secrets are missing: counted. */
    @Nullable C take(StatsShard shard) {
        C now = context.retained();
        if (now == null) {
            shard.inc(stats.secretsNotReady);
        }
        return now;
    }
}
