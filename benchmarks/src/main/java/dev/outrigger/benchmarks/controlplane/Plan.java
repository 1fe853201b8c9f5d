// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.controlplane;

import java.time.Duration;
import java.util.List;

/**
 * How much is measured.
 *
 * @param clients fleet sizes, ascending
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

    /** Does it work, roughly where are we. */
    static Plan quick() {
        return new Plan(
                List.of(50, 200),
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
                sizes, clusters, changes, routes, writes, edits, editing, resident, policies,
                limit);
    }

    String describe() {
        return clients
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
