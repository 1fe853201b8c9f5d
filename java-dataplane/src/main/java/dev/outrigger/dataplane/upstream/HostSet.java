// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The hosts of a cluster as of one assignment: by priority, with the share of traffic each priority
 * gets and whether it is in panic (LB2..LB5). Immutable.
 */
public final class HostSet {
    static final HostSet EMPTY = new HostSet(List.of(), 140, 50);

    private final Priority[] priorities;
    private final int total;
    private final boolean emptyPanic;
    private final int healthy;
    private final int degraded;
    private final int factor;

    /** Hosts of one priority. */
    static final class Priority {
        final Host[] hosts;
        final Host[] healthy;
        final Host[] degraded;
        final boolean weighted;
        int healthyLoad;
        int degradedLoad;
        boolean panic;

        Priority(List<Host> members) {
            hosts = members.toArray(Host[]::new);
            healthy = members.stream().filter(Host::isHealthy).toArray(Host[]::new);
            degraded = members.stream().filter(Host::isDegraded).toArray(Host[]::new);
            weighted = members.stream().mapToInt(Host::weight).distinct().count() > 1;
        }
    }

    HostSet(List<List<Host>> byPriority, int overprovisioningFactor, int panicThresholdPercent) {
        var list = new ArrayList<Priority>();
        int hosts = 0;
        int usable = 0;
        int worse = 0;
        for (List<Host> members : byPriority) {
            var priority = new Priority(members);
            list.add(priority);
            hosts += priority.hosts.length;
            usable += priority.healthy.length;
            worse += priority.degraded.length;
        }
        priorities = list.toArray(Priority[]::new);
        total = hosts;
        healthy = usable;
        degraded = worse;
        factor = overprovisioningFactor;
        emptyPanic = hosts == 0 && panicThresholdPercent > 0;
        distribute(overprovisioningFactor, panicThresholdPercent);
    }

    private void distribute(int factor, int panicThreshold) {
        int[] healthyPercent = new int[priorities.length];
        int[] degradedPercent = new int[priorities.length];
        int available = 0;
        for (int i = 0; i < priorities.length; i++) {
            Priority p = priorities[i];
            if (p.hosts.length > 0) {
                healthyPercent[i] = percent(p.healthy.length, p.hosts.length, factor);
                degradedPercent[i] = percent(p.degraded.length, p.hosts.length, factor);
            }
            available += healthyPercent[i] + degradedPercent[i];
        }
        available = Math.min(100, available);
        if (available == 0) {
            // Without a threshold there is no panic: nobody is usable, nobody is chosen (LB5).
            if (panicThreshold > 0) {
                totalPanic();
            }
            return;
        }
        int left = 100;
        Priority first = null;
        for (int i = 0; i < priorities.length; i++) {
            int load = Math.min(left, healthyPercent[i] * 100 / available);
            priorities[i].healthyLoad = load;
            left -= load;
            if (first == null && load > 0) {
                first = priorities[i];
            }
        }
        boolean degradedFirst = first == null;
        for (int i = 0; i < priorities.length; i++) {
            int load = Math.min(left, degradedPercent[i] * 100 / available);
            priorities[i].degradedLoad = load;
            left -= load;
            if (first == null && load > 0) {
                first = priorities[i];
            }
        }
        if (first != null && left > 0) {
            // What rounding left over goes to the first that takes anything.
            if (degradedFirst) {
                first.degradedLoad += left;
            } else {
                first.healthyLoad += left;
            }
        }
        for (Priority p : priorities) {
            int usable = p.hosts.length == 0 ? 0 : (p.healthy.length + p.degraded.length) * 100;
            p.panic =
                    available < 100
                            && p.hosts.length > 0
                            && usable < panicThreshold * p.hosts.length;
        }
        panicThresholdZero(panicThreshold);
    }

    private void panicThresholdZero(int panicThreshold) {
        if (panicThreshold == 0) {
            for (Priority p : priorities) {
                p.panic = false;
            }
        }
    }

    /**
     * The load when some priorities are left out, or {@code null} when the others have nobody to
     * give it to (RT16).
     *
     * @param excluded by priority
     */
    public @Nullable PriorityLoad loadWithout(boolean[] excluded) {
        int count = priorities.length;
        int[] healthyPercent = new int[count];
        int[] degradedPercent = new int[count];
        int available = 0;
        for (int i = 0; i < count; i++) {
            Priority p = priorities[i];
            if (p.hosts.length > 0 && !excluded[i]) {
                healthyPercent[i] = percent(p.healthy.length, p.hosts.length, factor);
                degradedPercent[i] = percent(p.degraded.length, p.hosts.length, factor);
            }
            available += healthyPercent[i] + degradedPercent[i];
        }
        available = Math.min(100, available);
        if (available == 0) {
            return null;
        }
        int left = 100;
        int[] healthyLoad = new int[count];
        int[] degradedLoad = new int[count];
        for (int i = 0; i < count; i++) {
            healthyLoad[i] = Math.min(left, healthyPercent[i] * 100 / available);
            left -= healthyLoad[i];
        }
        for (int i = 0; i < count; i++) {
            degradedLoad[i] = Math.min(left, degradedPercent[i] * 100 / available);
            left -= degradedLoad[i];
        }
        for (int i = 0; i < count && left > 0; i++) {
            if (healthyPercent[i] > 0) {
                healthyLoad[i] += left;
                left = 0;
            }
        }
        for (int i = 0; i < count && left > 0; i++) {
            if (degradedPercent[i] > 0) {
                degradedLoad[i] += left;
                left = 0;
            }
        }
        return new PriorityLoad(healthyLoad, degradedLoad);
    }

    private static int percent(int part, int whole, int factor) {
        return Math.min(100, part * factor / whole);
    }

    /** Nobody is usable: traffic is spread by the number of hosts. */
    private void totalPanic() {
        int left = 100;
        Priority first = null;
        for (Priority p : priorities) {
            if (total > 0) {
                int load = Math.min(left, p.hosts.length * 100 / total);
                p.healthyLoad = load;
                left -= load;
                p.panic = p.hosts.length > 0;
                if (first == null && p.hosts.length > 0) {
                    first = p;
                }
            }
        }
        if (first != null) {
            first.healthyLoad += left;
        }
    }

    /** Whether it is without hosts, which Envoy counts as a panic where panicking is on. */
    boolean isEmptyPanic() {
        return emptyPanic;
    }

    Priority[] priorities() {
        return priorities;
    }

    int total() {
        return total;
    }

    int healthy() {
        return healthy;
    }

    int degraded() {
        return degraded;
    }
}
