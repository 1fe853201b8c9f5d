// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.EndpointAssignment;
import dev.outrigger.dataplane.config.EndpointAssignment.LocalityEndpoints;
import dev.outrigger.dataplane.upstream.Host.Placement;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What an update does to the hosts of a cluster. Main loop. */
final class MembershipChange {
    private final List<Host> added = new ArrayList<>();
    private final List<Host> gone = new ArrayList<>();

    /** Priorities of which anything is different, and those among them with other hosts. */
    private final BitSet changed = new BitSet();

    private final BitSet moved = new BitSet();

    /** How a host was before an update looked at it. */
    record Before(Placement placement, int health) {
        static Before of(Host host) {
            return new Before(host.placement(), coarseHealth(host));
        }
    }

    private static int coarseHealth(Host host) {
        return host.isHealthy() ? 2 : host.isDegraded() ? 1 : 0;
    }

    void add(Host host) {
        added.add(host);
        move(host.priority());
    }

    void remove(Host host) {
        gone.add(host);
        move(host.priority());
    }

    private void move(int priority) {
        moved.set(priority);
        changed.set(priority);
    }

    /** The host stays, with what the update says of it. */
    void keep(Host host, Before before) {
        Placement was = before.placement();
        Placement is = host.placement();
        if (was.priority() != is.priority()) {
            move(was.priority());
            move(is.priority());
        } else if (was.endpoint().weight() != is.endpoint().weight()
                || before.health() != coarseHealth(host)
                || !was.endpoint().metadata().equals(is.endpoint().metadata())) {
            changed.set(is.priority());
        }
    }

    /** What two assignments say beside their hosts. */
    void compare(EndpointAssignment was, EndpointAssignment is) {
        if (was.overprovisioningFactor() != is.overprovisioningFactor()
                || was.weightedPriorityHealth() != is.weightedPriorityHealth()) {
            changed.set(0, priorities(was, is));
            return;
        }
        var before = weights(was);
        var now = weights(is);
        for (int i = 0; i < priorities(was, is); i++) {
            if (!before.getOrDefault(i, Map.of()).equals(now.getOrDefault(i, Map.of()))) {
                changed.set(i);
            }
        }
    }

    private static int priorities(EndpointAssignment was, EndpointAssignment is) {
        int most = 0;
        for (EndpointAssignment each : List.of(was, is)) {
            for (LocalityEndpoints locality : each.localities()) {
                most = Math.max(most, locality.priority());
            }
        }
        return most + 1;
    }

    private static Map<Integer, Map<LocalityKey, Integer>> weights(EndpointAssignment assignment) {
        Map<Integer, Map<LocalityKey, Integer>> byPriority = new HashMap<>();
        for (LocalityEndpoints each : assignment.localities()) {
            if (each.weight() > 0) {
                byPriority
                        .computeIfAbsent(each.priority(), _ -> new HashMap<>())
                        .put(
                                LocalityKey.of(each.region(), each.zone(), each.subZone()),
                                each.weight());
            }
        }
        return byPriority;
    }

    List<Host> added() {
        return added;
    }

    List<Host> gone() {
        return gone;
    }

    boolean hasOtherHosts() {
        return !(added.isEmpty() && gone.isEmpty());
    }

    BitSet changed() {
        return changed;
    }

    BitSet moved() {
        return moved;
    }
}
