// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.load;

/** How requests are offered. */
public sealed interface LoadShape {

    /** Short and stable: the key of this shape in the raw results. */
    String label();

    /** Connections that are opened. */
    int connections();

    /**
     * Every connection sends its next request when the answer to the last one is complete. Shows
     * saturation.
     */
    record ClosedLoop(int connections) implements LoadShape {
        public ClosedLoop {
            requirePositive("connections", connections);
        }

        @Override
        public String label() {
            return "c" + connections;
        }
    }

    /**
     * Requests are due at fixed instants whatever the proxy does; latency counts from the instant a
     * request was due, so a stalled proxy cannot hide its queue.
     */
    record FixedRate(int requestsPerSecond, int connections) implements LoadShape {
        public FixedRate {
            requirePositive("requestsPerSecond", requestsPerSecond);
            requirePositive("connections", connections);
        }

        @Override
        public String label() {
            return "r" + requestsPerSecond;
        }
    }

    private static void requirePositive(String what, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(what + ": " + value + " (expected: at least 1)");
        }
    }
}
