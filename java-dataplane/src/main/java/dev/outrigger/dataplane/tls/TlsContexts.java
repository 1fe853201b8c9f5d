// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import dev.outrigger.dataplane.config.CommonTlsConfig;
import dev.outrigger.dataplane.config.CommonTlsConfig.CertificateSource;
import dev.outrigger.dataplane.config.CommonTlsConfig.ValidationSource;
import dev.outrigger.dataplane.config.DownstreamTlsConfig;
import dev.outrigger.dataplane.config.DownstreamTlsConfig.TicketKeys;
import dev.outrigger.dataplane.config.PeerValidationConfig;
import dev.outrigger.dataplane.config.UpstreamTlsConfig;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.x509.CertificateChain;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Makes contexts of configuration. Main loop. */
public final class TlsContexts {
    private final StatsStore store;
    private final InstantSource clock;
    private final LongSupplier nanoTime;

    /**
     * @param clock against which certificates are checked
     * @param nanoTime by which handshakes are timed
     */
    public TlsContexts(StatsStore store, InstantSource clock, LongSupplier nanoTime) {
        this.store = store;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /**
     * The TLS of a cluster or of one of its transport sockets.
     *
     * @param scope of its stats, for example {@code cluster.a.}
     */
    public ClientTls client(UpstreamTlsConfig config, String scope) {
        var stats = new TlsStats(store, scope, false);
        Optional<PeerValidationConfig> validation = validation(config.common());
        List<CertificateChain> chains = chains(config.common());
        return new ClientTls(
                new ClientTlsContext(
                        config,
                        chains.stream().findFirst(),
                        stats,
                        validation
                                .map(v -> new PeerValidator(v, false, stats, clock))
                                .orElse(null),
                        keyLog(config.common())),
                stats,
                nanoTime);
    }

    /**
     * The TLS of a filter chain.
     *
     * @param serverNames of the chain's match
     * @param scope of its stats, for example {@code listener.127.0.0.1_443.}
     */
    public ServerTls server(DownstreamTlsConfig config, List<String> serverNames, String scope) {
        var stats = new TlsStats(store, scope, true);
        Optional<PeerValidationConfig> validation = validation(config.common());
        var settings =
                new ServerSettings(
                        config,
                        chains(config.common()),
                        validation,
                        !(config.ticketKeys() instanceof TicketKeys.Disabled),
                        config.ticketKeys() instanceof TicketKeys.Inline(var keys)
                                ? Optional.of(keys)
                                : Optional.empty(),
                        serverNames,
                        keyLog(config.common()));
        return new ServerTls(
                new ServerTlsContext(
                        settings,
                        stats,
                        validation
                                .map(v -> new PeerValidator(v, true, stats, clock))
                                .orElse(null)),
                stats,
                nanoTime);
    }

    private static @Nullable KeyLogFile keyLog(CommonTlsConfig config) {
        return config.keyLog().map(KeyLogFile::new).orElse(null);
    }

    private static List<CertificateChain> chains(CommonTlsConfig config) {
        var chains = new ArrayList<CertificateChain>();
        for (CertificateSource each : config.certificates()) {
            switch (each) {
                case CertificateSource.Inline(var certificate) -> chains.add(certificate.chain());
                case CertificateSource.Secret _ -> {}
            }
        }
        return chains;
    }

    private static Optional<PeerValidationConfig> validation(CommonTlsConfig config) {
        return switch (config.validation()) {
            case ValidationSource.None() -> Optional.empty();
            case ValidationSource.Inline(var validation) -> Optional.of(validation);
            case ValidationSource.Secret _ -> Optional.empty();
        };
    }
}
