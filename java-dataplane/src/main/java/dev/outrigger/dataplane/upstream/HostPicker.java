// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.LoadBalancingConfig.Algorithm;
import dev.outrigger.dataplane.config.LoadBalancingConfig.SlowStart;
import dev.outrigger.dataplane.runtime.RuntimeLayers;
import dev.outrigger.dataplane.worker.WorkerContext;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * ROUND_ROBIN, LEAST_REQUEST and RANDOM among hosts that are equally good (LB9..LB11), with weights
 * and slow start (LB15). Confined to its worker.
 */
final class HostPicker {
    private static final Host[] NO_HOSTS = {};
    private static final double ONE_MILLI = 1_000_000;

    private final Algorithm algorithm;
    private final WorkerContext worker;
    private final RandomGenerator random;
    private final @Nullable SlowStart slowStart;
    private final RuntimeLayers runtime;
    private final int seed;
    private double activeRequestBias = 1.0;
    private long latestStartNanos;

    /** Hosts to choose from, and where the choice stands. Outlives changes of the hosts. */
    static final class Source {
        private Host[] hosts = NO_HOSTS;
        private @Nullable EdfScheduler<Host> scheduler;
        private int next;
        private boolean outdated = true;

        private Source(int next) {
            this.next = next;
        }

        void outdate() {
            outdated = true;
        }

        boolean isOutdated() {
            return outdated;
        }

        boolean isEmpty() {
            return hosts.length == 0;
        }
    }

    HostPicker(Algorithm algorithm, WorkerContext worker, RuntimeLayers runtime) {
        this.runtime = runtime;
        this.algorithm = algorithm;
        this.worker = worker;
        this.random = worker.random();
        this.slowStart = slowStart(algorithm).orElse(null);
        // Workers begin at different hosts, so that they do not all send to the first one.
        this.seed = random.nextInt() & Integer.MAX_VALUE;
        this.latestStartNanos = worker.now();
    }

    private static Optional<SlowStart> slowStart(Algorithm algorithm) {
        return switch (algorithm) {
            case Algorithm.RoundRobin(var _, var slow) -> slow;
            case Algorithm.LeastRequest least -> least.slowStart();
            case Algorithm.Random _,
                    Algorithm.RingHash _,
                    Algorithm.Maglev _,
                    Algorithm.ClusterProvided _ ->
                    Optional.empty();
        };
    }

    Source source() {
        return new Source(seed);
    }

    /** Takes other hosts; where the round was stays. */
    void refresh(Source source, Host[] hosts) {
        source.hosts = hosts;
        source.outdated = false;
        source.scheduler = null;
        if (algorithm instanceof Algorithm.LeastRequest least) {
            activeRequestBias = runtime.snapshot().number(least.activeRequestBias());
        }
        if (slowStart != null) {
            noteStarts(hosts);
        }
        boolean weighted =
                !(algorithm instanceof Algorithm.Random)
                        && hosts.length > 1
                        && (!equalWeights(hosts) || isAnyStarting());
        if (weighted) {
            var scheduler = new EdfScheduler<Host>(hosts, this::weight);
            scheduler.skip(random.nextInt(hosts.length));
            source.scheduler = scheduler;
        }
    }

    private static boolean equalWeights(Host[] hosts) {
        for (Host host : hosts) {
            if (host.weight() != hosts[0].weight()) {
                return false;
            }
        }
        return true;
    }

    /** Whether what is picked next does not depend on what happens until then. */
    boolean isForeseeable(Source source) {
        return source.scheduler != null || !(algorithm instanceof Algorithm.LeastRequest);
    }

    /** A host; the source must have one. */
    Host pick(Source source) {
        Host[] hosts = source.hosts;
        if (hosts.length == 1) {
            return hosts[0];
        }
        EdfScheduler<Host> scheduler = source.scheduler;
        if (scheduler != null) {
            return scheduler.next();
        }
        return switch (algorithm) {
            case Algorithm.LeastRequest least ->
                    least.fullScan() ? leastOfAll(hosts) : leastOf(hosts, least.choiceCount());
            case Algorithm.Random _ -> hosts[random.nextInt(hosts.length)];
            case Algorithm.RoundRobin _,
                    Algorithm.RingHash _,
                    Algorithm.Maglev _,
                    Algorithm.ClusterProvided _ -> {
                int at = source.next % hosts.length;
                source.next = source.next + 1 & Integer.MAX_VALUE;
                yield hosts[at];
            }
        };
    }

    private Host leastOf(Host[] hosts, int choices) {
        Host best = hosts[random.nextInt(hosts.length)];
        long least = best.activeRequests();
        for (int i = 1; i < choices; i++) {
            Host other = hosts[random.nextInt(hosts.length)];
            long active = other.activeRequests();
            if (active < least) {
                best = other;
                least = active;
            }
        }
        return best;
    }

    private Host leastOfAll(Host[] hosts) {
        Host best = hosts[0];
        long least = best.activeRequests();
        int ties = 1;
        for (int i = 1; i < hosts.length; i++) {
            long active = hosts[i].activeRequests();
            if (active < least) {
                best = hosts[i];
                least = active;
                ties = 1;
            } else if (active == least) {
                ties++;
                // Each of the tied ones is the last to be taken with the same chance.
                if (random.nextInt(ties) == 0) {
                    best = hosts[i];
                }
            }
        }
        return best;
    }

    private double weight(Host host) {
        double weight = host.weight();
        if (algorithm instanceof Algorithm.LeastRequest) {
            double bias = activeRequestBias;
            long active = host.activeRequests() + 1;
            if (bias == 1.0) {
                weight /= (double) active;
            } else if (bias != 0.0) {
                weight /= Math.pow((double) active, bias);
            }
        }
        SlowStart slow = slowStart;
        return slow == null || !isAnyStarting() ? weight : started(weight, host, slow);
    }

    private double started(double weight, Host host, SlowStart slow) {
        long since = host.lastHcPassNanos();
        if (since == 0 || !host.isHealthy()) {
            return weight;
        }
        long elapsed = worker.now() - since;
        long window = slow.window().toNanos();
        if (elapsed >= window) {
            return weight;
        }
        double time = Math.max(ONE_MILLI, (double) elapsed) / (double) window;
        double asked = runtime.snapshot().number(slow.aggression());
        double aggression = asked > 0 ? asked : 1.0;
        double factor = aggression == 1.0 ? time : Math.pow(time, 1.0 / aggression);
        return weight * Math.max(factor, slow.minWeightPercent() / 100.0);
    }

    /**
     * Healthy hosts begin when they are there (LB15), whether or not anybody asks for one; those
     * that are checked, when a check said so. Main loop.
     */
    static void begin(Algorithm algorithm, HostSet hosts, long now) {
        if (slowStart(algorithm).isEmpty()) {
            return;
        }
        for (int i = 0; i < hosts.priorities(); i++) {
            for (Host host : hosts.priority(i).hosts) {
                if (host.isHealthy() && host.lastHcPassNanos() == 0) {
                    host.setLastHcPassNanos(now);
                }
            }
        }
    }

    private void noteStarts(Host[] hosts) {
        for (Host host : hosts) {
            long since = host.lastHcPassNanos();
            if (since != 0 && host.isHealthy() && since - latestStartNanos > 0) {
                latestStartNanos = since;
            }
        }
    }

    private boolean isAnyStarting() {
        SlowStart slow = slowStart;
        return slow != null && worker.now() - latestStartNanos <= slow.window().toNanos();
    }
}
