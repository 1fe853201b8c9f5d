// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.ClusterConfig.LbPolicy;
import dev.outrigger.dataplane.upstream.HostSet.Priority;
import dev.outrigger.dataplane.worker.WorkerContext;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Picks hosts of one cluster for one worker (5.2, 5.3). Confined to the worker's event loop; counts
 * a panic in the cluster's stats.
 */
final class LoadBalancer {
    private static final int CHOICES = 2;

    private final WorkerContext worker;
    private final ClusterStats stats;
    private final RandomGenerator random;
    private HostSet seen = HostSet.EMPTY;
    private int roundRobin;
    private final IdentityHashMap<Host[], EdfScheduler> schedulers = new IdentityHashMap<>();

    LoadBalancer(WorkerContext worker, ClusterStats stats) {
        this.worker = worker;
        this.stats = stats;
        this.random = worker.random();
        // Workers begin at different hosts, so that they do not all send to the first one.
        this.roundRobin = random.nextInt() & Integer.MAX_VALUE;
    }

    /** A host, or {@code null} when there is none to choose (LB5). */
    @Nullable Host choose(HostSet hosts, LbPolicy policy, LoadBalancerContext context) {
        Host host = choose(hosts, policy);
        for (int i = 0;
                i < context.hostSelectionRetryCount()
                        && host != null
                        && context.shouldSelectAnotherHost(host);
                i++) {
            host = choose(hosts, policy);
        }
        return host;
    }

    private @Nullable Host choose(HostSet hosts, LbPolicy policy) {
        if (hosts != seen) {
            seen = hosts;
            schedulers.clear();
        }
        if (hosts.isEmptyPanic()) {
            worker.stats().inc(stats.lbHealthyPanic);
            return null;
        }
        Priority[] priorities = hosts.priorities();
        if (priorities.length == 0) {
            return null;
        }
        Priority priority = priorities[0];
        Host[] source;
        if (priority.healthyLoad == 100) {
            source = priority.healthy;
        } else {
            int draw = random.nextInt(100) + 1;
            priority = null;
            source = null;
            int sum = 0;
            for (Priority p : priorities) {
                sum += p.healthyLoad;
                if (draw <= sum) {
                    priority = p;
                    source = p.healthy;
                    break;
                }
            }
            for (int i = 0; priority == null && i < priorities.length; i++) {
                sum += priorities[i].degradedLoad;
                if (draw <= sum) {
                    priority = priorities[i];
                    source = priorities[i].degraded;
                }
            }
        }
        if (priority == null || source == null) {
            return null;
        }
        if (priority.panic) {
            worker.stats().inc(stats.lbHealthyPanic);
            source = priority.hosts;
        }
        return source.length == 0 ? null : pick(source, priority.weighted, policy);
    }

    private Host pick(Host[] source, boolean weighted, LbPolicy policy) {
        if (source.length == 1) {
            return source[0];
        }
        return switch (policy) {
            case ROUND_ROBIN -> {
                if (weighted) {
                    yield scheduler(source, false).next();
                }
                int at = roundRobin % source.length;
                roundRobin = roundRobin + 1 & Integer.MAX_VALUE;
                yield source[at];
            }
            case LEAST_REQUEST -> weighted ? scheduler(source, true).next() : leastRequest(source);
            case RANDOM -> source[random.nextInt(source.length)];
        };
    }

    private Host leastRequest(Host[] source) {
        Host best = source[random.nextInt(source.length)];
        for (int i = 1; i < CHOICES; i++) {
            Host other = source[random.nextInt(source.length)];
            if (other.total(HostCounters.RQ_ACTIVE) < best.total(HostCounters.RQ_ACTIVE)) {
                best = other;
            }
        }
        return best;
    }

    private EdfScheduler scheduler(Host[] source, boolean byActive) {
        return schedulers.computeIfAbsent(
                source,
                hosts -> {
                    var scheduler = new EdfScheduler(hosts, byActive);
                    // Workers must not all start with the heaviest host at once.
                    for (int i = random.nextInt(hosts.length); i > 0; i--) {
                        scheduler.next();
                    }
                    return scheduler;
                });
    }

    /** Earliest deadline first: a host comes up again 1/weight after it was picked (LB9). */
    private static final class EdfScheduler {
        private record Entry(double deadline, long order, Host host) {}

        private final List<Entry> heap = new ArrayList<>();
        private final boolean byActive;
        private double now;
        private long order;

        EdfScheduler(Host[] hosts, boolean byActive) {
            this.byActive = byActive;
            for (Host host : hosts) {
                add(host);
            }
        }

        Host next() {
            Entry first = heap.getFirst();
            Entry last = heap.removeLast();
            if (!heap.isEmpty()) {
                down(last);
            }
            now = first.deadline();
            add(first.host());
            return first.host();
        }

        private void add(Host host) {
            double weight = host.weight();
            if (byActive) {
                weight /= host.total(HostCounters.RQ_ACTIVE) + 1;
            }
            var entry = new Entry(now + 1.0 / weight, order++, host);
            int i = heap.size();
            heap.add(entry);
            while (i > 0 && before(entry, heap.get((i - 1) / 2))) {
                heap.set(i, heap.get((i - 1) / 2));
                i = (i - 1) / 2;
            }
            heap.set(i, entry);
        }

        private void down(Entry entry) {
            int i = 0;
            while (2 * i + 1 < heap.size()) {
                int child = 2 * i + 1;
                if (child + 1 < heap.size() && before(heap.get(child + 1), heap.get(child))) {
                    child++;
                }
                if (!before(heap.get(child), entry)) {
                    break;
                }
                heap.set(i, heap.get(child));
                i = child;
            }
            heap.set(i, entry);
        }

        private static boolean before(Entry a, Entry b) {
            return a.deadline() != b.deadline()
                    ? a.deadline() < b.deadline()
                    : a.order() < b.order();
        }
    }
}
