// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import dev.outrigger.dataplane.config.CommonTlsConfig;
import dev.outrigger.dataplane.config.DownstreamTlsConfig;
import dev.outrigger.dataplane.config.DownstreamTlsConfig.TicketKeys;
import dev.outrigger.dataplane.config.PeerValidationConfig;
import dev.outrigger.dataplane.config.ResourceReference;
import dev.outrigger.dataplane.config.SecretConfig;
import dev.outrigger.dataplane.config.UpstreamTlsConfig;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.lang.ref.WeakReference;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes contexts of configuration, and makes them again when the secrets they were made with
 * change. Main loop.
 */
public final class TlsContexts {
    private final StatsStore store;
    private final InstantSource clock;
    private final LongSupplier nanoTime;

    /** Those that depend on secrets, for as long as somebody uses them. */
    private final List<WeakReference<HeldContext<?>>> held = new ArrayList<>();

    private Map<ResourceReference, SecretConfig> secrets = Map.of();

    /**
     * @param clock against which certificates are checked
     * @param nanoTime by which handshakes are timed
     */
    public TlsContexts(StatsStore store, InstantSource clock, LongSupplier nanoTime) {
        this.store = store;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /** Takes these for the secrets of now; contexts that were made with others are replaced. */
    public void use(Map<ResourceReference, SecretConfig> now) {
        Map<ResourceReference, SecretConfig> before = secrets;
        secrets = now;
        if (before.equals(now)) {
            return;
        }
        held.removeIf(each -> each.get() == null);
        for (WeakReference<HeldContext<?>> each : List.copyOf(held)) {
            HeldContext<?> one = each.get();
            if (one != null && differ(one.references(), before, now)) {
                one.renew(secrets(), store.shard(0));
            }
        }
    }

    private static boolean differ(
            List<ResourceReference> references,
            Map<ResourceReference, SecretConfig> before,
            Map<ResourceReference, SecretConfig> now) {
        return references.stream()
                .anyMatch(each -> now.containsKey(each) && !now.get(each).equals(before.get(each)));
    }

    private Secrets secrets() {
        return new Secrets(secrets);
    }

    /**
     * The TLS of a cluster or of one of its transport sockets.
     *
     * @param scope of its stats, for example {@code cluster.a.}
     */
    public ClientTls client(UpstreamTlsConfig config, String scope) {
        var stats = new TlsStats(store, scope, false);
        return new ClientTls(
                begin(
                        new HeldContext<>(
                                config.common(),
                                config.common().secrets(),
                                known -> client(config, stats, known),
                                stats,
                                nanoTime)));
    }

    private @Nullable ClientTlsContext client(
            UpstreamTlsConfig config, TlsStats stats, Secrets known) {
        CommonTlsConfig common = config.common();
        return known.hasAll(common.secrets())
                ? new ClientTlsContext(
                        config,
                        known.chains(common).stream().findFirst(),
                        stats,
                        validator(known.validation(common), false, stats),
                        keyLog(common))
                : null;
    }

    /**
     * The TLS of a filter chain.
     *
     * @param serverNames of the chain's match
     * @param scope of its stats, for example {@code listener.127.0.0.1_443.}
     */
    public ServerTls server(DownstreamTlsConfig config, List<String> serverNames, String scope) {
        var stats = new TlsStats(store, scope, true);
        return new ServerTls(
                begin(
                        new HeldContext<>(
                                config.common(),
                                config.secrets(),
                                known -> server(config, serverNames, stats, known),
                                stats,
                                nanoTime)));
    }

    private @Nullable ServerTlsContext server(
            DownstreamTlsConfig config, List<String> serverNames, TlsStats stats, Secrets known) {
        if (!known.hasAll(config.secrets())) {
            return null;
        }
        CommonTlsConfig common = config.common();
        Optional<PeerValidationConfig> validation = known.validation(common);
        var settings =
                new ServerSettings(
                        config,
                        known.chains(common),
                        validation,
                        !(config.ticketKeys() instanceof TicketKeys.Disabled),
                        known.ticketKeys(config.ticketKeys()),
                        serverNames,
                        keyLog(common));
        return new ServerTlsContext(settings, stats, validator(validation, true, stats));
    }

    private @Nullable PeerValidator validator(
            Optional<PeerValidationConfig> config, boolean ofClients, TlsStats stats) {
        return config.map(v -> new PeerValidator(v, ofClients, stats, clock)).orElse(null);
    }

    private static @Nullable KeyLogFile keyLog(CommonTlsConfig config) {
        return config.keyLog().map(KeyLogFile::new).orElse(null);
    }

    private <C extends TlsContext> HeldContext<C> begin(HeldContext<C> made) {
        made.begin(secrets());
        if (!made.references().isEmpty()) {
            held.add(new WeakReference<>(made));
        }
        return made;
    }
}
