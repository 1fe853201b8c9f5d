// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.dnscache;

import dev.outrigger.dataplane.config.DnsCacheConfig;
import dev.outrigger.dataplane.runtime.RuntimeLayers;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;

/** The caches of names, each under the name that filters and clusters share. Main loop only. */
public final class DnsCaches {
    private final Environment environment;
    private final Map<String, DnsCache> caches = new HashMap<>();

    /** Asks name servers; main loop, and so is what comes of it. */
    @FunctionalInterface
    public interface Lookup {
        void resolve(String name, DnsCacheConfig how, Outcome outcome);
    }

    /** What comes of a look-up: one of these, once. */
    public interface Outcome {
        /**
         * @param addresses at least one
         * @param ttl how long they hold; zero where nobody says so
         */
        void found(List<InetAddress> addresses, Duration ttl);

        /** There is no such name, or no address of it. */
        void none(String why);

        /** No answer. */
        void failed(String why);
    }

    /** The main loop's time. */
    public interface Clock {
        long nanoTime();

        /** Runs a task on the main loop after a delay; returns what cancels it. */
        Runnable schedule(Duration delay, Runnable task);
    }

    /**
     * What all caches work with.
     *
     * @param loop runs tasks on the main loop
     * @param random spreads look-ups after failures
     * @param workers the event loop of a worker by its index
     */
    public record Environment(
            Executor loop,
            Clock clock,
            Lookup lookup,
            StatsStore stats,
            RuntimeLayers runtime,
            RandomGenerator random,
            IntFunction<Executor> workers) {}

    public DnsCaches(Environment environment) {
        this.environment = environment;
    }

    static String statPrefix(String name) {
        return "dns_cache." + name + ".";
    }

    /** The cache of that name; begun by whoever needs it first. */
    public DnsCache get(DnsCacheConfig config) {
        return caches.computeIfAbsent(config.name(), _ -> new DnsCache(config, environment));
    }

    /** Ends those that no configuration names any more. */
    public void keepOnly(Set<DnsCacheConfig> used) {
        caches.values()
                .removeIf(cache -> {
                    boolean gone = !used.contains(cache.config());
                    if (gone) {
                        cache.close();
                        environment.stats().retire(statPrefix(cache.config().name()));
                    }
                    return gone;
                });
    }

    /** Ends all. */
    public void close() {
        caches.values().forEach(DnsCache::close);
        caches.clear();
    }
}
