// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds;

import dev.outrigger.policy.plan.Effects;
import dev.outrigger.policy.status.StatusSource;
import dev.outrigger.policy.store.PolicySource;
import dev.outrigger.xds.ads.AdsOptions;
import dev.outrigger.xds.ads.AdsServer;
import dev.outrigger.xds.ads.Transport;
import dev.outrigger.xds.csds.ClientStatusService;
import dev.outrigger.xds.csds.ServedSnapshots;
import dev.outrigger.xds.node.ProxyRegistry;
import dev.outrigger.xds.plan.GivenSnapshot;
import dev.outrigger.xds.plan.PolicyEffects;
import dev.outrigger.xds.reconcile.Reconciler;
import dev.outrigger.xds.reconcile.RevisionUndo;
import dev.outrigger.xds.reconcile.RolloutMemory;
import dev.outrigger.xds.reconcile.RolloutOptions;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The xDS half of the control plane: reconciler, proxies' registry and xDS server on one policy
 * source. Any thread; {@link #close} drains.
 */
public final class XdsEngine implements AutoCloseable {
    private final Reconciler reconciler;
    private final ProxyRegistry registry;
    private final ServedSnapshots served;
    private final AdsServer server;

    private XdsEngine(
            Reconciler reconciler,
            ProxyRegistry registry,
            ServedSnapshots served,
            AdsServer server) {
        this.reconciler = reconciler;
        this.registry = registry;
        this.served = served;
        this.server = server;
    }

    /**
     * In plaintext.
     *
     * @throws IOException if the address cannot be bound; nothing is left running then
     */
    public static XdsEngine start(
            InetSocketAddress address,
            AdsOptions options,
            PolicySource policies,
            MeterRegistry meters,
            InstantSource clock,
            RandomGenerator random)
            throws IOException {
        return start(
                address, Options.of(options), policies, RevisionUndo.NONE, meters, clock, random);
    }

    /**
     * How it runs. Immutable.
     *
     * @param transport of the xDS server
     * @param memory what is known of earlier rollouts
     */
    public record Options(
            AdsOptions ads, Transport transport, RolloutOptions rollout, RolloutMemory memory) {
        /** In plaintext, and everybody gets everything at once. */
        public static Options of(AdsOptions ads) {
            return new Options(
                    ads, Transport.PLAINTEXT, RolloutOptions.DEFAULT, RolloutMemory.NONE);
        }

        public Options withTransport(Transport newTransport) {
            return new Options(ads, newTransport, rollout, memory);
        }

        public Options withRollout(RolloutOptions newRollout) {
            return new Options(ads, transport, newRollout, memory);
        }

        public Options withMemory(RolloutMemory newMemory) {
            return new Options(ads, transport, rollout, newMemory);
        }
    }

    /**
     * @throws IOException if the address cannot be bound; nothing is left running then
     */
    public static XdsEngine start(
            InetSocketAddress address,
            Options options,
            PolicySource policies,
            RevisionUndo undo,
            MeterRegistry meters,
            InstantSource clock,
            RandomGenerator random)
            throws IOException {
        var registry = new ProxyRegistry(clock, ProxyRegistry.Retention.DEFAULT, meters);
        var reconciler =
                new Reconciler(
                        policies,
                        registry,
                        meters,
                        clock,
                        options.rollout(),
                        options.memory(),
                        undo);
        var served = new ServedSnapshots(reconciler);
        try {
            var server =
                    AdsServer.start(
                            address,
                            options.ads(),
                            options.transport()
                                    .withServices(
                                            List.of(new ClientStatusService(registry, served))),
                            served,
                            registry,
                            meters,
                            random);
            return new XdsEngine(reconciler, registry, served, server);
        } catch (IOException | RuntimeException e) {
            reconciler.close();
            throw e;
        }
    }

    public int port() {
        return server.port();
    }

    public StatusSource status() {
        return registry;
    }

    /** What a write would change, and why a request is treated as it is. */
    public Effects effects() {
        return new PolicyEffects(registry::nodes, this::given);
    }

    private Optional<GivenSnapshot> given(String proxy) {
        return served.find(proxy)
                .filter(node -> node.snapshot() != null)
                .map(node ->
                        new GivenSnapshot(
                                node.node(), Objects.requireNonNull(node.snapshot(), "snapshot")));
    }

    /** What keeps it from serving proxies, if anything does. */
    public Optional<String> problem() {
        return server.isServing() ? Optional.empty() : Optional.of("the xDS server has stopped");
    }

    /** Streams first, so that none is told of a reconciler that has gone. */
    @Override
    public void close() {
        reconciler.prepareToClose();
        server.close();
        reconciler.close();
    }
}
