// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.controlplane;

import java.time.Duration;
import java.util.List;

/**
 * How much is measured.
 *
 * @param clients fleet sizes, ascending
 * @param peerClients the largest fleet that peers are given
 * @param warmUp how long changes of each kind are made before those that count, as compilers are
 *     not measured
 * @param clusters each with an assignment, and all but one with a virtual host
 * @param changes of each kind at each fleet size
 * @param routes resident while Envoy is measured
 * @param writes each measured from the write to Envoy's first 200
 * @param edits a second, under traffic
 * @param editing how long
 * @param resident routes while single policies are translated
 * @param policies single policies written then
 * @param limit for each step
 */
record Plan(
        List<Integer> clients,
        int peerClients,
        Duration warmUp,
        int clusters,
        int changes,
        int routes,
        int writes,
        int edits,
        Duration editing,
        int resident,
        int policies,
        Duration limit) {
    Plan {
        clients = List.copyOf(clients);
        if (clients.isEmpty() || clusters < 2 || changes < 1) {
            throw new IllegalArgumentException(
                    "plan: clients "
                            + clients
                            + ", clusters "
                            + clusters
                            + ", changes "
                            + changes
                            + " (expected: at least one, two and one)");
        }
    }

    /** The run whose figures count. */
    static Plan full() {
        return new Plan(
                List.of(1_000, 5_000, 10_000),
                10_000,
                Duration.ofSeconds(10),
                1_000,
                15,
                3_000,
                40,
                20,
                Duration.ofSeconds(10),
                10_000,
                300,
                Duration.ofSeconds(300));
    }

    /**
     * Every line of the full run in a tenth of its time: fewer changes, and no more clients for the
     * peers than they can take within a minute or two.
     */
    static Plan brief() {
        return new Plan(
                List.of(1_000, 5_000, 10_000),
                5_000,
                Duration.ofSeconds(10),
                1_000,
                5,
                3_000,
                10,
                20,
                Duration.ofSeconds(4),
                10_000,
                300,
                Duration.ofSeconds(300));
    }

    /** Does it work, roughly where are we. */
    static Plan quick() {
        return new Plan(
                List.of(50, 200),
                200,
                Duration.ofSeconds(2),
                100,
                5,
                200,
                5,
                20,
                Duration.ofSeconds(2),
                500,
                50,
                Duration.ofSeconds(60));
    }

    Plan withClients(List<Integer> sizes) {
        return new Plan(
                sizes,
                Math.max(peerClients, sizes.getLast()),
                warmUp,
                clusters,
                changes,
                routes,
                writes,
                edits,
                editing,
                resident,
                policies,
                limit);
    }

    Plan withChanges(int measured) {
        return new Plan(
                clients,
                peerClients,
                warmUp,
                clusters,
                measured,
                routes,
                writes,
                edits,
                editing,
                resident,
                policies,
                limit);
    }

    /** The fleet sizes for somebody who is measured beside Outrigger. */
    List<Integer> clientsOfPeer() {
        return clients.stream().filter(size -> size <= peerClients).toList();
    }

    String describe() {
        var peers = peerClients < clients.getLast() ? " (peers to " + peerClients + ")" : "";
        return clients
                + peers
                + " delta clients over "
                + clusters
                + " clusters, "
                + changes
                + " changes of a kind; Envoy over "
                + routes
                + " routes, "
                + writes
                + " writes, "
                + edits
                + " edits/s for "
                + editing.toSeconds()
                + " s; "
                + policies
                + " policies over "
                + resident
                + " routes";
    }
}
