// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The hosts of a cluster as of one moment: by priority and locality, with the share of traffic each
 * priority gets and whether it is in panic (LB2..LB5). Made by the main loop whenever hosts or
 * their health change; immutable, so that workers may share it.
 */
public final class HostSet {
    private static final Host[] NO_HOSTS = {};
    private static final Hashing[] NO_HASHING = {};

    private final Priority[] priorities;
    private final Options options;
    private final PriorityLoad load;
    private final boolean[] panic;
    private final int totalHealthy;
    private Hashing[] hashing = NO_HASHING;
    private @Nullable SubsetIndex subsets;

    /**
     * What decides about shares and panic.
     *
     * @param overprovisioningFactor in percent
     * @param panicThreshold in percent, 0 for none
     * @param localLocality the proxy's own, whose hosts come first
     */
    public record Options(
            int overprovisioningFactor,
            boolean weightedPriorityHealth,
            int panicThreshold,
            LocalityKey localLocality) {}

    /** Hosts of one place within a priority. */
    public static final class Locality {
        public final LocalityKey key;
        public final int weight;
        public final Host[] hosts;
        public final Host[] healthy;
        public final Host[] degraded;
        final int excluded;

        Locality(LocalityKey key, int weight, Host[] hosts) {
            this.key = key;
            this.weight = weight;
            this.hosts = hosts;
            this.healthy = only(hosts, Host::isHealthy);
            this.degraded = only(hosts, Host::isDegraded);
            this.excluded = count(hosts, Host::isExcluded);
        }

        /** The weight that is left of the locality's when not all of its hosts are there (LB6). */
        public double effectiveWeight(boolean ofDegraded, int overprovisioningFactor) {
            int counted = hosts.length - excluded;
            if (counted == 0) {
                return 0;
            }
            double available = 1.0 * (ofDegraded ? degraded : healthy).length / counted;
            return weight * Math.min(1.0, overprovisioningFactor / 100.0 * available);
        }
    }

    /** Hosts of one priority. */
    public static final class Priority {
        public final Host[] hosts;
        public final Host[] healthy;
        public final Host[] degraded;
        public final Locality[] localities;
        public final boolean hasLocalLocality;
        final int excluded;

        Priority(Host[] members, Locality[] localities, boolean hasLocalLocality) {
            this.localities = localities;
            this.hasLocalLocality = hasLocalLocality;
            hosts = members;
            if (localities.length == 1) {
                healthy = localities[0].healthy;
                degraded = localities[0].degraded;
                excluded = localities[0].excluded;
            } else {
                healthy = only(members, Host::isHealthy);
                degraded = only(members, Host::isDegraded);
                excluded = count(members, Host::isExcluded);
            }
        }

        boolean isInPanic(int threshold) {
            int counted = hosts.length - excluded;
            double usable = counted == 0 ? 0 : 100.0 * (healthy.length + degraded.length) / counted;
            return usable < threshold;
        }
    }

    private HostSet(Priority[] priorities, Options options) {
        this.priorities = priorities;
        this.options = options;
        var load = new Load(priorities, options, null);
        this.panic = load.panic();
        this.load = load.result();
        int healthy = 0;
        for (Priority p : priorities) {
            healthy += p.healthy.length;
        }
        this.totalHealthy = healthy;
    }

    /** The set of these hosts, in this order within their priorities. */
    public static HostSet of(Iterable<Host> hosts, Options options) {
        var members = new ArrayList<List<Host>>();
        members.add(new ArrayList<>());
        for (Host host : hosts) {
            while (members.size() <= host.priority()) {
                members.add(new ArrayList<>());
            }
            members.get(host.priority()).add(host);
        }
        var priorities = new Priority[members.size()];
        for (int i = 0; i < priorities.length; i++) {
            priorities[i] = priority(members.get(i).toArray(Host[]::new), options);
        }
        return new HostSet(priorities, options);
    }

    private static Priority priority(Host[] members, Options options) {
        if (members.length == 0) {
            return new Priority(NO_HOSTS, new Locality[0], false);
        }
        var places = new TreeMap<LocalityKey, List<Host>>();
        for (Host host : members) {
            places.computeIfAbsent(host.locality(), _ -> new ArrayList<>()).add(host);
        }
        var localities = new ArrayList<Locality>();
        places.forEach((key, hosts) -> {
            Host[] there = places.size() == 1 ? members : hosts.toArray(Host[]::new);
            var locality = new Locality(key, hosts.getFirst().placement().weight(), there);
            boolean local = key.equals(options.localLocality());
            localities.add(local ? 0 : localities.size(), locality);
        });
        return new Priority(
                members,
                localities.toArray(Locality[]::new),
                places.containsKey(options.localLocality()));
    }

    /**
     * This set with some priorities as they are in a newer one.
     *
     * @param which their numbers; how many there are is as in the newer one
     */
    HostSet replaced(HostSet newer, BitSet which) {
        var next = newer.priorities.clone();
        boolean mixed = newer.options.equals(options);
        for (int i = 0; mixed && i < Math.min(next.length, priorities.length); i++) {
            if (!which.get(i)) {
                next[i] = priorities[i];
            }
        }
        return new HostSet(next, newer.options);
    }

    /** The priorities of several sets, one set after the other, as priorities of one. */
    static HostSet joined(List<HostSet> sets, Options options) {
        var all = new ArrayList<Priority>();
        for (HostSet set : sets) {
            all.addAll(List.of(set.priorities));
        }
        return new HostSet(all.toArray(Priority[]::new), options);
    }

    /**
     * The hosts that fit, with everything else the same. Localities keep their places, so that
     * their order and their weights stay what they were.
     *
     * @param scaleWeights lowers a locality's weight by the share of its hosts that are left
     */
    HostSet filtered(Predicate<Host> fits, boolean keepWeights, boolean scaleWeights) {
        var parts = new Priority[priorities.length];
        for (int i = 0; i < parts.length; i++) {
            Priority whole = priorities[i];
            var localities = new Locality[whole.localities.length];
            for (int j = 0; j < localities.length; j++) {
                Locality locality = whole.localities[j];
                Host[] left = only(locality.hosts, fits);
                int weight = keepWeights ? locality.weight : 0;
                if (keepWeights && scaleWeights && locality.hosts.length > 0) {
                    weight =
                            Math.round(
                                    (float) ((long) weight * left.length) / locality.hosts.length);
                }
                localities[j] = new Locality(locality.key, weight, left);
            }
            parts[i] = new Priority(only(whole.hosts, fits), localities, whole.hasLocalLocality);
        }
        return new HostSet(parts, options);
    }

    private static Host[] only(Host[] hosts, Predicate<Host> wanted) {
        int count = count(hosts, wanted);
        if (count == hosts.length) {
            return hosts;
        }
        if (count == 0) {
            return NO_HOSTS;
        }
        var some = new Host[count];
        int at = 0;
        for (Host host : hosts) {
            // Health may change meanwhile; the next set will know.
            if (at < count && wanted.test(host)) {
                some[at++] = host;
            }
        }
        return at == count ? some : java.util.Arrays.copyOf(some, at);
    }

    private static int count(Host[] hosts, Predicate<Host> wanted) {
        int count = 0;
        for (Host host : hosts) {
            if (wanted.test(host)) {
                count++;
            }
        }
        return count;
    }

    /**
     * The load when some priorities are left out, or {@code null} when the others have nobody to
     * give it to (RT16).
     *
     * @param excluded by priority
     */
    public @Nullable PriorityLoad loadWithout(boolean[] excluded) {
        var without = new Load(priorities, options, excluded);
        return without.available() == 0 ? null : without.result();
    }

    /** The share of each priority; never empty. */
    public PriorityLoad load() {
        return load;
    }

    /** Whether a priority takes all its hosts, whatever their health. */
    public boolean isPanic(int priority) {
        return panic[priority];
    }

    public Priority priority(int index) {
        return priorities[index];
    }

    /** At least one. */
    public int priorities() {
        return priorities.length;
    }

    public Options options() {
        return options;
    }

    /** Healthy hosts of all priorities. */
    int totalHealthy() {
        return totalHealthy;
    }

    /** All hosts of all priorities. */
    int total() {
        int total = 0;
        for (Priority p : priorities) {
            total += p.hosts.length;
        }
        return total;
    }

    int totalDegraded() {
        int total = 0;
        for (Priority p : priorities) {
            total += p.degraded.length;
        }
        return total;
    }

    int totalExcluded() {
        int total = 0;
        for (Priority p : priorities) {
            total += p.excluded;
        }
        return total;
    }

    /** Sets what hashing balancers look up in, before the set is published. */
    void setHashing(Hashing[] byPriority) {
        hashing = byPriority;
    }

    Hashing hashing(int priority) {
        return hashing[priority];
    }

    /** Sets the subsets, before the set is published. */
    void setSubsets(SubsetIndex index) {
        subsets = index;
    }

    /** Only of clusters that have subsets. */
    SubsetIndex subsets() {
        if (subsets == null) {
            throw new IllegalStateException("cluster without subsets");
        }
        return subsets;
    }

    /** Who gets how much (LB2), and who is in panic (LB4). */
    private static final class Load {
        private final int[] healthy;
        private final int[] degraded;
        private final boolean[] panic;
        private final int available;

        Load(Priority[] priorities, Options options, boolean @Nullable [] excluded) {
            int count = priorities.length;
            healthy = new int[count];
            degraded = new int[count];
            panic = new boolean[count];
            int[] health = new int[count];
            int[] degradation = new int[count];
            int sum = 0;
            for (int i = 0; i < count; i++) {
                if (excluded == null || !excluded[i]) {
                    availability(priorities[i], options, i, health, degradation);
                }
                sum += health[i] + degradation[i];
            }
            available = Math.min(100, sum);
            if (available > 0) {
                distribute(health, degradation);
            }
            if (excluded == null) {
                findPanic(priorities, options);
            }
        }

        private static void availability(
                Priority p, Options options, int index, int[] health, int[] degradation) {
            if (p.hosts.length - p.excluded <= 0) {
                return;
            }
            long healthyWeight = p.healthy.length;
            long degradedWeight = p.degraded.length;
            long total = (long) p.hosts.length - p.excluded;
            if (options.weightedPriorityHealth()) {
                healthyWeight = weight(p.healthy);
                degradedWeight = weight(p.degraded);
                total = weight(p.hosts) - weight(only(p.hosts, Host::isExcluded));
            }
            long factor = options.overprovisioningFactor();
            health[index] = (int) Math.min(100, factor * healthyWeight / total);
            degradation[index] = (int) Math.min(100, factor * degradedWeight / total);
        }

        private static long weight(Host[] hosts) {
            long sum = 0;
            for (Host host : hosts) {
                sum += host.weight();
            }
            return sum;
        }

        private void distribute(int[] health, int[] degradation) {
            int left = give(healthy, health, 100);
            left = give(degraded, degradation, left);
            if (left > 0) {
                // What rounding left over goes to the first that can take anything.
                int first = firstAvailable(health);
                if (first >= 0) {
                    healthy[first] += left;
                } else {
                    degraded[firstAvailable(degradation)] += left;
                }
            }
        }

        private int give(int[] shares, int[] availability, int total) {
            int left = total;
            for (int i = 0; i < shares.length; i++) {
                shares[i] = Math.min(left, availability[i] * 100 / available);
                left -= shares[i];
            }
            return left;
        }

        private static int firstAvailable(int[] availability) {
            for (int i = 0; i < availability.length; i++) {
                if (availability[i] > 0) {
                    return i;
                }
            }
            return -1;
        }

        private void findPanic(Priority[] priorities, Options options) {
            int threshold = Math.min(100, options.panicThreshold());
            if (threshold == 0 && available == 0) {
                // Nobody is usable and nobody panics: nobody will be found at the first priority.
                healthy[0] = 100;
                return;
            }
            boolean total = true;
            for (int i = 0; i < priorities.length; i++) {
                panic[i] = available < 100 && priorities[i].isInPanic(threshold);
                total &= panic[i];
            }
            if (total) {
                spreadOverAll(priorities);
            }
        }

        /** Every priority panics: traffic is spread by the number of hosts. */
        private void spreadOverAll(Priority[] priorities) {
            int hosts = 0;
            for (Priority p : priorities) {
                hosts += p.hosts.length;
            }
            if (hosts == 0) {
                healthy[0] = 100;
                return;
            }
            int left = 100;
            int first = -1;
            for (int i = 0; i < priorities.length; i++) {
                int size = priorities[i].hosts.length;
                if (first < 0 && size > 0) {
                    first = i;
                }
                healthy[i] = 100 * size / hosts;
                degraded[i] = 0;
                left -= healthy[i];
            }
            healthy[first] += left;
        }

        int available() {
            return available;
        }

        boolean[] panic() {
            return panic;
        }

        PriorityLoad result() {
            return new PriorityLoad(healthy, degraded);
        }
    }
}
