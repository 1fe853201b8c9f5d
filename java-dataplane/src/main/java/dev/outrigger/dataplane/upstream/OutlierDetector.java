// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.ads.MainLoop;
import dev.outrigger.dataplane.config.OutlierDetectionConfig;
import dev.outrigger.dataplane.config.OutlierDetectionConfig.Monitor;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import dev.outrigger.dataplane.telemetry.StatsStore.Gauge;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Takes hosts out of one cluster for a while that answer badly (5.7). Main loop only, but for the
 * two methods monitors call from workers.
 */
final class OutlierDetector {
    private final OutlierSettings config;
    private final String cluster;
    private final MainLoop loop;
    private final RandomGenerator random;
    private final StatsShard shard;
    private final Consumer<Host> changed;
    private final @Nullable EventLog events;
    private final Map<Host, OutlierMonitor> monitors = new LinkedHashMap<>();
    private final Map<EjectionType, Counter> detected = new EnumMap<>(EjectionType.class);
    private final Map<EjectionType, Counter> enforced = new EnumMap<>(EjectionType.class);
    private final Gauge active;
    private final Counter enforcedTotal;
    private final Counter overflow;
    private final Counter oldTotal;
    private final Counter oldConsecutive5xx;
    private final Counter oldSuccessRate;
    private MainLoop.@Nullable Timer timer;
    private int ejected;
    private boolean closed;

    /** Of what hosts did, then of what depends on this proxy alone. */
    private final double[] averages = {-1, -1};

    private final double[] thresholds = {-1, -1};

    /**
     * @param changed told of each host whose health changed
     */
    OutlierDetector(
            OutlierDetectionConfig config,
            String cluster,
            ClusterEnvironment environment,
            ClusterStats stats,
            Consumer<Host> changed) {
        this.config = new OutlierSettings(config, environment.runtime());
        this.cluster = cluster;
        this.loop = environment.loop();
        this.random = environment.random();
        this.shard = environment.mainShard();
        this.events = environment.outlierLog();
        this.changed = changed;
        String prefix = "outlier_detection.ejections_";
        for (EjectionType type : EjectionType.values()) {
            if (!type.stat().isEmpty()) {
                detected.put(type, stats.counter(prefix + "detected_" + type.stat()));
                enforced.put(type, stats.counter(prefix + "enforced_" + type.stat()));
            }
        }
        active = stats.gauge(prefix + "active");
        enforcedTotal = stats.counter(prefix + "enforced_total");
        overflow = stats.counter(prefix + "overflow");
        // Hosts that are degraded are detected by a field that is not supported; the name is there.
        stats.declare(prefix + "detected_degradation");
        oldTotal = stats.counter(prefix + "total");
        oldConsecutive5xx = stats.counter(prefix + "consecutive_5xx");
        oldSuccessRate = stats.counter(prefix + "success_rate");
        arm();
    }

    private void arm() {
        timer = loop.schedule(config.interval(), this::onInterval);
    }

    void add(Host host) {
        var monitor = new OutlierMonitor(this, config, host);
        monitors.put(host, monitor);
        host.setOutlier(monitor);
    }

    void remove(Host host) {
        if (monitors.remove(host) != null && host.has(HealthFlag.FAILED_OUTLIER_CHECK)) {
            count(-1);
        }
    }

    void close() {
        closed = true;
        if (timer != null) {
            timer.cancel();
        }
        for (Host host : List.copyOf(monitors.keySet())) {
            remove(host);
        }
    }

    private void count(int by) {
        ejected += by;
        shard.add(active, by);
    }

    /** Any worker. */
    void onConsecutive(Host host, EjectionType type) {
        loop.execute(() -> eject(host, type, null));
    }

    /** Any worker. */
    void onExtension(Host host, Monitor monitor) {
        loop.execute(() -> eject(host, EjectionType.EXTENSION, monitor));
    }

    private void eject(Host host, EjectionType type, @Nullable Monitor extension) {
        OutlierMonitor monitor = monitors.get(host);
        // Meanwhile it may have been removed, or ejected by what came before.
        if (closed || monitor == null || host.has(HealthFlag.FAILED_OUTLIER_CHECK)) {
            return;
        }
        detect(type);
        tryEject(host, monitor, type, extension);
        if (type == EjectionType.CONSECUTIVE_5XX) {
            shard.inc(oldConsecutive5xx);
        }
        monitor.resetConsecutive(type);
    }

    private void detect(EjectionType type) {
        Counter counter = detected.get(type);
        if (counter != null) {
            shard.inc(counter);
        }
    }

    private void tryEject(
            Host host, OutlierMonitor monitor, EjectionType type, @Nullable Monitor extension) {
        double share = 100.0 * (ejected + 1) / monitors.size();
        boolean allowed =
                share <= config.maxEjectionPercent()
                        || (config.alwaysEjectOneHost() && ejected == 0);
        if (!allowed) {
            shard.inc(overflow);
            return;
        }
        if (type == EjectionType.CONSECUTIVE_5XX || type == EjectionType.SUCCESS_RATE) {
            shard.inc(oldTotal);
        }
        boolean enforce = random.nextInt(100) < config.enforcing(type, extension);
        if (enforce) {
            count(1);
            shard.inc(enforcedTotal);
            Counter counter = enforced.get(type);
            if (counter != null) {
                shard.inc(counter);
            }
            host.set(HealthFlag.FAILED_OUTLIER_CHECK);
            monitor.ejections++;
            monitor.wasEjected = true;
            monitor.lastEjectionNanos = loop.nanoTime();
            long jitterMillis = config.maxEjectionTimeJitter().toMillis();
            monitor.jitterNanos = random.nextLong(jitterMillis + 1) * 1_000_000;
            Duration base = config.baseEjectionTime();
            if (base.multipliedBy(monitor.backoff).compareTo(config.maxEjectionTime().plus(base))
                    < 0) {
                monitor.backoff++;
            }
            changed.accept(host);
        }
        if (events != null) {
            events.write(
                    OutlierEvent.ejection(
                            cluster, host, monitor, type, extension, enforce, this, loop));
        }
    }

    /** A health check passed: the host is given another chance at once (OD6). */
    void onHealthCheckPassed(Host host) {
        OutlierMonitor monitor = monitors.get(host);
        if (config.successfulActiveHealthCheckUnejectHost()
                && monitor != null
                && !host.has(HealthFlag.FAILED_ACTIVE_HC)
                && host.has(HealthFlag.FAILED_OUTLIER_CHECK)) {
            uneject(host, monitor);
        }
    }

    private void uneject(Host host, OutlierMonitor monitor) {
        count(-1);
        host.clear(HealthFlag.FAILED_OUTLIER_CHECK);
        monitor.resetAll();
        monitor.wasUnejected = true;
        monitor.lastUnejectionNanos = loop.nanoTime();
        changed.accept(host);
        if (events != null) {
            events.write(OutlierEvent.unejection(cluster, host, monitor, loop));
        }
    }

    private void onInterval() {
        if (closed) {
            return;
        }
        long now = loop.nanoTime();
        for (var entry : List.copyOf(monitors.entrySet())) {
            OutlierMonitor monitor = entry.getValue();
            if (entry.getKey().has(HealthFlag.FAILED_OUTLIER_CHECK) && isOver(monitor, now)) {
                uneject(entry.getKey(), monitor);
            }
            monitor.external.roll();
            monitor.local.roll();
        }
        compare(true);
        compare(false);
        for (var entry : monitors.entrySet()) {
            OutlierMonitor monitor = entry.getValue();
            // A host that was good for a whole interval is punished less the next time.
            if (!entry.getKey().has(HealthFlag.FAILED_OUTLIER_CHECK)
                    && monitor.wasUnejected
                    && now - monitor.lastUnejectionNanos >= config.interval().toNanos()
                    && monitor.backoff > 0) {
                monitor.backoff--;
            }
        }
        arm();
    }

    private boolean isOver(OutlierMonitor monitor, long now) {
        long ejection = config.baseEjectionTime().multipliedBy(monitor.backoff).toNanos();
        long time = Math.min(ejection, config.maxEjectionTime().toNanos());
        return time + monitor.jitterNanos <= now - monitor.lastEjectionNanos;
    }

    /** The average success rate of the last interval, -1 where there was none. */
    double average(boolean external) {
        return averages[external ? 0 : 1];
    }

    /** What a host's success rate had to be at least, -1 where nothing was compared. */
    double threshold(boolean external) {
        return thresholds[external ? 0 : 1];
    }

    /** Compares hosts with each other (OD4). */
    private void compare(boolean external) {
        long minimumRated = config.successRateMinimumHosts();
        long minimumCounted = config.failurePercentageMinimumHosts();
        long ratedVolume = config.successRateRequestVolume();
        long countedVolume = config.failurePercentageRequestVolume();
        averages[external ? 0 : 1] = -1;
        thresholds[external ? 0 : 1] = -1;
        if (monitors.size() < minimumRated && monitors.size() < minimumCounted) {
            return;
        }
        var rated = new ArrayList<Host>();
        var counted = new ArrayList<Host>();
        double sum = 0;
        for (var entry : monitors.entrySet()) {
            Host host = entry.getKey();
            var rate = external ? entry.getValue().external : entry.getValue().local;
            if (host.has(HealthFlag.FAILED_OUTLIER_CHECK) || rate.lastTotal == 0) {
                continue;
            }
            if (rate.lastTotal >= Math.min(ratedVolume, countedVolume)) {
                rate.shown = rate.lastRate;
            }
            if (rate.lastTotal >= ratedVolume) {
                rated.add(host);
                sum += rate.lastRate;
            }
            if (rate.lastTotal >= countedVolume) {
                counted.add(host);
            }
        }
        if (!rated.isEmpty() && rated.size() >= minimumRated) {
            ejectBySuccessRate(rated, sum, external);
        }
        if (!counted.isEmpty() && counted.size() >= minimumCounted) {
            ejectByFailures(counted, external);
        }
    }

    private void ejectBySuccessRate(List<Host> hosts, double sum, boolean external) {
        double average = sum / hosts.size();
        double variance = 0;
        for (Host host : hosts) {
            variance += Math.pow(rate(host, external) - average, 2);
        }
        double deviation = Math.sqrt(variance / hosts.size());
        double threshold = average - config.successRateStdevFactor() / 1000.0 * deviation;
        averages[external ? 0 : 1] = average;
        thresholds[external ? 0 : 1] = threshold;
        EjectionType type =
                external ? EjectionType.SUCCESS_RATE : EjectionType.SUCCESS_RATE_LOCAL_ORIGIN;
        for (Host host : hosts) {
            if (rate(host, external) < threshold) {
                shard.inc(oldSuccessRate);
                detect(type);
                tryEject(host, monitor(host), type, null);
            }
        }
    }

    private void ejectByFailures(List<Host> hosts, boolean external) {
        EjectionType type =
                external
                        ? EjectionType.FAILURE_PERCENTAGE
                        : EjectionType.FAILURE_PERCENTAGE_LOCAL_ORIGIN;
        for (Host host : hosts) {
            if (100.0 - rate(host, external) >= config.failurePercentageThreshold()) {
                detect(type);
                tryEject(host, monitor(host), type, null);
            }
        }
    }

    private OutlierMonitor monitor(Host host) {
        OutlierMonitor monitor = monitors.get(host);
        if (monitor == null) {
            throw new IllegalStateException("host without monitor: " + host);
        }
        return monitor;
    }

    private double rate(Host host, boolean external) {
        OutlierMonitor monitor = monitor(host);
        return external ? monitor.external.lastRate : monitor.local.lastRate;
    }
}
