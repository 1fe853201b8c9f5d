// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.config.ActiveCluster;
import dev.outrigger.dataplane.config.ListenerConfig;
import dev.outrigger.dataplane.config.ProxyConfig;
import dev.outrigger.dataplane.filter.OnDemandRoutes;
import dev.outrigger.dataplane.telemetry.StatsConnection;
import dev.outrigger.dataplane.worker.GlobalConnections;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/** Remembers what it was told. */
@NullMarked
public final class FakeRequestPath implements RequestPath {
    private final Set<String> takenNames = new HashSet<>();
    private final Set<String> prepared = new LinkedHashSet<>();
    private final List<String> calls = new ArrayList<>();
    private volatile ProxyConfig config = ProxyConfig.EMPTY;
    private OnDemandRoutes.@Nullable Source onDemand;
    private volatile boolean started;
    private Duration drainTime = Duration.ZERO;

    /** A listener of that name cannot be bound. */
    void take(String listener) {
        takenNames.add(listener);
    }

    OnDemandRoutes.Source onDemand() {
        return Objects.requireNonNull(onDemand);
    }

    @Override
    public void useOnDemand(OnDemandRoutes.Source source) {
        onDemand = source;
    }

    void setDrainTime(Duration value) {
        drainTime = value;
    }

    @Override
    public Duration drainTime() {
        return drainTime;
    }

    public ProxyConfig config() {
        return config;
    }

    /** The cluster of that name, which must be there. */
    public ActiveCluster cluster(String name) {
        return Objects.requireNonNull(config.clusters().get(name), name);
    }

    /** The listener of that name, which must be there. */
    public ListenerConfig listener(String name) {
        return Objects.requireNonNull(config.listeners().get(name), name);
    }

    public boolean isStarted() {
        return started;
    }

    List<String> calls() {
        return calls;
    }

    Set<String> prepared() {
        return prepared;
    }

    @Override
    public GlobalConnections connections() {
        return new GlobalConnections();
    }

    @Override
    public void prepareListener(ListenerConfig listener) throws IOException {
        if (takenNames.contains(listener.name())) {
            throw new IOException("cannot bind '127.0.0.1:1': Address already in use");
        }
        prepared.add(listener.name());
    }

    @Override
    public void cancelListener(String name) {
        prepared.remove(name);
        calls.add("cancel " + name);
    }

    @Override
    public void apply(ProxyConfig next) {
        config = next;
        calls.add("apply");
    }

    @Override
    public void startWorkers() {
        started = true;
        calls.add("start");
    }

    @Override
    public void drainListeners(boolean inboundOnly, boolean graceful, boolean keepListening) {
        calls.add("drainListeners " + inboundOnly + " " + graceful + " " + keepListening);
    }

    @Override
    public void failHealthChecks(boolean fail) {
        calls.add("failHealthChecks " + fail);
    }

    @Override
    public List<ListenerView> listeners() {
        return config.listeners().values().stream()
                .map(l -> new ListenerView(l.name(), List.of(l.address())))
                .toList();
    }

    @Override
    public List<ClusterView> clusters() {
        return config.clusters().values().stream()
                .map(c ->
                        new ClusterView(c.config().name(), Optional.empty(), List.of(), Drops.NONE))
                .toList();
    }

    @Override
    public void close() {}

    @Override
    public StatsConnection statsConnection(String cluster) {
        throw new IllegalStateException("nobody has stats sent");
    }
}
