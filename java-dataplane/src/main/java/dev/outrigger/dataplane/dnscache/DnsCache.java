// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.dnscache;

import dev.outrigger.dataplane.config.ClusterConfig.DnsBackoff;
import dev.outrigger.dataplane.config.DnsCacheConfig;
import dev.outrigger.dataplane.telemetry.StatsShard;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Names that requests brought, looked up again as their answers run out and forgotten when nobody
 * asks for them any more (Envoy's {@code DnsCacheImpl}).
 *
 * <p>Threading: names are the main loop's to look up; what is found is read by any event loop. Who
 * waits for a name is told on its own event loop.
 */
public final class DnsCache {
    /** Told of hosts with an address; main loop. */
    public interface Listener {
        /** The host has its first address, or others than before. */
        void onHostAddedOrUpdated(DnsHost host);

        void onHostRemoved(DnsHost host);
    }

    /** Somebody who waits for a name; confined to the event loop that asked. */
    public static final class Load {
        private final Executor loop;
        private final Consumer<DnsHost> callback;
        private boolean cancelled;

        private Load(Executor loop, Consumer<DnsHost> callback) {
            this.loop = loop;
            this.callback = callback;
        }

        /** The callback is not called any more. */
        public void cancel() {
            cancelled = true;
        }

        private void complete(DnsHost host) {
            loop.execute(() -> {
                if (!cancelled) {
                    callback.accept(host);
                }
            });
        }
    }

    private final DnsCacheConfig config;
    private final DnsCaches.Environment environment;
    private final DnsCaches.Clock clock;
    private final DnsCacheStats stats;
    private final PendingRequests pendingRequests;
    private final Map<String, DnsHost> hosts = new ConcurrentHashMap<>();
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, List<Load>> waiting = new HashMap<>();
    private final List<Listener> listeners = new ArrayList<>();
    private boolean closed;

    /** A name as the main loop keeps it. */
    private static final class Entry {
        private final DnsHost host;
        private @Nullable Duration backoff;
        private @Nullable Runnable cancelRefresh;
        private @Nullable Runnable cancelTimeout;

        /** Which look-up is under way; answers to earlier ones come too late. */
        private int query;

        private Entry(DnsHost host) {
            this.host = host;
        }

        private void cancel() {
            query++;
            if (cancelRefresh != null) {
                cancelRefresh.run();
            }
            if (cancelTimeout != null) {
                cancelTimeout.run();
            }
        }
    }

    DnsCache(DnsCacheConfig config, DnsCaches.Environment environment) {
        this.config = config;
        this.environment = environment;
        this.clock = environment.clock();
        String prefix = DnsCaches.statPrefix(config.name());
        this.stats = new DnsCacheStats(environment.stats(), prefix);
        this.pendingRequests =
                new PendingRequests(
                        environment.stats(),
                        environment.runtime(),
                        prefix,
                        config.maxPendingRequests());
        config.preresolved().forEach(key -> create(key, 0));
    }

    DnsCacheConfig config() {
        return config;
    }

    /** Who may wait. */
    public PendingRequests pendingRequests() {
        return pendingRequests;
    }

    /**
     * A host whose first look-up is over, with an address or without; {@code null} when it has to
     * be waited for. Any event loop.
     */
    public @Nullable DnsHost find(String key) {
        DnsHost host = hosts.get(key);
        if (host == null || !host.isResolved()) {
            return null;
        }
        boolean retried = !config.isRefreshedOnFailure() && host.isFailed();
        return retried ? null : host;
    }

    /** Whether no name can be added; counts it. Any event loop. */
    public boolean isOverflowing(StatsShard shard) {
        if (hosts.size() < config.maxHosts()) {
            return false;
        }
        stats.onOverflow(shard);
        return true;
    }

    /**
     * Waits for a host that {@link #find} does not give. Any event loop.
     *
     * @param worker whose event loop that is
     * @param callback told on it once, unless cancelled
     */
    public Load load(String key, int defaultPort, int worker, Consumer<DnsHost> callback) {
        var load = new Load(environment.workers().apply(worker), callback);
        environment.loop().execute(() -> begin(key, defaultPort, load));
        return load;
    }

    private void begin(String key, int defaultPort, Load load) {
        Entry entry = entries.get(key);
        if (entry != null && entry.host.isResolved()) {
            if (find(key) != null) {
                load.complete(entry.host);
                return;
            }
            // Looked up again from the start, with whoever else waits.
            remove(entry);
            entry = null;
        }
        waiting.computeIfAbsent(key, _ -> new ArrayList<>()).add(load);
        if (entry == null) {
            create(key, defaultPort);
        }
    }

    private void create(String key, int defaultPort) {
        var entry = new Entry(new DnsHost(key, defaultPort, clock.nanoTime()));
        entries.put(key, entry);
        hosts.put(key, entry.host);
        stats.onAdded();
        resolve(entry);
    }

    private void remove(Entry entry) {
        entry.cancel();
        DnsHost host = entry.host;
        if (!host.addresses().isEmpty()) {
            listeners.forEach(each -> each.onHostRemoved(host));
        }
        entries.remove(host.key());
        hosts.remove(host.key());
        stats.onRemoved();
    }

    private void resolve(Entry entry) {
        stats.onAttempt();
        int query = ++entry.query;
        if (config.queryTimeout().isPositive()) {
            entry.cancelTimeout =
                    clock.schedule(
                            config.queryTimeout(),
                            () -> {
                                stats.onTimeout();
                                onFailure(entry, "resolve_timeout");
                            });
        }
        environment.lookup().resolve(entry.host.name(), config, new Query(entry, query));
    }

    /** A look-up under way. */
    private final class Query implements DnsCaches.Outcome {
        private final Entry entry;
        private final int number;

        private Query(Entry entry, int number) {
            this.entry = entry;
            this.number = number;
        }

        private boolean isTooLate() {
            return number != entry.query;
        }

        @Override
        public void found(List<InetAddress> addresses, Duration ttl) {
            if (isTooLate()) {
                return;
            }
            settle(entry);
            stats.onAnswer(false);
            DnsCache.this.found(entry.host, addresses);
            boolean brief = ttl.compareTo(config.minRefreshRate()) < 0;
            onSuccess(entry, brief ? config.minRefreshRate() : ttl);
        }

        @Override
        public void none(String why) {
            if (isTooLate()) {
                return;
            }
            settle(entry);
            stats.onAnswer(false);
            withoutAddress(entry, "cares_norecords:" + why, false);
            onSuccess(entry, config.refreshRate());
        }

        @Override
        public void failed(String why) {
            if (!isTooLate()) {
                onFailure(entry, "cares_failure:" + why);
            }
        }
    }

    private void onSuccess(Entry entry, Duration next) {
        entry.backoff = null;
        finish(entry);
        refreshAfter(entry, next);
    }

    private void found(DnsHost host, List<InetAddress> answer) {
        List<InetSocketAddress> addresses =
                answer.stream().map(ip -> new InetSocketAddress(ip, host.port())).toList();
        // In another order they are the same.
        List<InetSocketAddress> before = host.addresses();
        if (before.size() == addresses.size() && before.containsAll(addresses)) {
            return;
        }
        host.setAddresses(addresses, "");
        listeners.forEach(each -> each.onHostAddedOrUpdated(host));
        stats.onAddressChanged();
    }

    /** An address that is known stays, whatever comes later. */
    private static void withoutAddress(Entry entry, String why, boolean failed) {
        if (entry.host.addresses().isEmpty()) {
            entry.host.setWithoutAddress(
                    "dns_resolution_failure{" + why.replace(' ', '_') + "}", failed);
        }
    }

    private void onFailure(Entry entry, String why) {
        settle(entry);
        stats.onAnswer(true);
        withoutAddress(entry, why, true);
        finish(entry);
        if (config.isRefreshedOnFailure()) {
            refreshAfter(entry, afterFailure(entry));
        }
    }

    /** The look-up is over. */
    private static void settle(Entry entry) {
        entry.query++;
        if (entry.cancelTimeout != null) {
            entry.cancelTimeout.run();
            entry.cancelTimeout = null;
        }
    }

    private void finish(Entry entry) {
        entry.host.setResolved();
        List<Load> waited = waiting.remove(entry.host.key());
        if (waited != null) {
            waited.forEach(load -> load.complete(entry.host));
        }
    }

    private Duration afterFailure(Entry entry) {
        DnsBackoff backoff = config.failureRefreshRate().orElse(null);
        if (backoff == null) {
            return config.refreshRate();
        }
        Duration window = entry.backoff == null ? backoff.baseInterval() : entry.backoff;
        Duration twice = window.multipliedBy(2);
        boolean tooLong = twice.compareTo(backoff.maxInterval()) > 0;
        entry.backoff = tooLong ? backoff.maxInterval() : twice;
        long millis = environment.random().nextLong(Math.max(1, window.toMillis()));
        return Duration.ofMillis(Math.max(1, millis));
    }

    private void refreshAfter(Entry entry, Duration delay) {
        if (closed) {
            return;
        }
        entry.cancelRefresh = clock.schedule(delay, () -> refresh(entry));
    }

    private void refresh(Entry entry) {
        long unused = clock.nanoTime() - entry.host.lastUsedNanos();
        if (unused > config.hostTtl().toNanos()) {
            remove(entry);
        } else {
            resolve(entry);
        }
    }

    /** Tells of the hosts there are, and of what becomes of them; main loop. */
    public void addListener(Listener listener) {
        listeners.add(listener);
        for (Entry entry : entries.values()) {
            if (!entry.host.addresses().isEmpty()) {
                listener.onHostAddedOrUpdated(entry.host);
            }
        }
    }

    /** Main loop. */
    public void removeListener(Listener listener) {
        listeners.remove(listener);
    }

    /**
     * Nobody's configuration names it any more. Connections that drain can still ask, but nothing
     * is looked up again by itself.
     */
    void close() {
        closed = true;
        entries.values()
                .forEach(entry -> {
                    entry.cancel();
                    finish(entry);
                });
        entries.clear();
        hosts.clear();
    }
}
