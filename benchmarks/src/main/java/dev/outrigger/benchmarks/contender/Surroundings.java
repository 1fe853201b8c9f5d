// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.contender;

/**
 * What a proxy has beside the one service that is asked.
 *
 * @param services how many there are in its configuration, each with a host name, a route and a
 *     cluster of its own; the one that is asked among them
 * @param idleConnections how many clients stay connected after one request, while its memory is
 *     read once more
 * @param swapsPerSecond how often it gets new routes under load; 0 for routes that stay
 */
public record Surroundings(int services, int idleConnections, int swapsPerSecond) {

    /** One service and nobody but the load. */
    public static final Surroundings NONE = new Surroundings(1, 0, 0);

    private static final int MOST_SERVICES = 100_000;

    /** Files that a process may have open are the limit: one end of each is in this one. */
    private static final int MOST_IDLE = 15_000;

    private static final int MOST_SWAPS = 10;

    public Surroundings {
        if (services < 1 || services > MOST_SERVICES) {
            throw new IllegalArgumentException(
                    "services: " + services + " (expected: 1.." + MOST_SERVICES + ")");
        }
        if (idleConnections < 0 || idleConnections > MOST_IDLE) {
            throw new IllegalArgumentException(
                    "idleConnections: " + idleConnections + " (expected: 0.." + MOST_IDLE + ")");
        }
        if (swapsPerSecond < 0 || swapsPerSecond > MOST_SWAPS) {
            throw new IllegalArgumentException(
                    "swapsPerSecond: " + swapsPerSecond + " (expected: 0.." + MOST_SWAPS + ")");
        }
    }

    /** Whether routes come from a file that changes. */
    public boolean isSwapped() {
        return swapsPerSecond > 0;
    }

    /** One line for people. */
    public String describe() {
        return (services == 1 ? "1 service" : services + " services")
                + (idleConnections == 0 ? "" : ", " + idleConnections + " idle connections")
                + (isSwapped() ? ", new routes " + swapsPerSecond + " times a second" : "");
    }
}
