// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.demo;

/**
 * Which attempts service B fails. The draw depends on the seed, the round, the request's number and
 * the attempt's number and on nothing else, so both sidecars meet exactly the same failures however
 * their requests interleave, and what must come out can be computed beforehand.
 */
record FailureDraws(long seed, double errorRate) {
    private static final double UNIT = 0x1.0p-53;

    boolean fails(int round, int request, int attempt) {
        long draw = mix(mix(mix(seed + round) + request) + attempt);
        return (draw >>> 11) * UNIT < errorRate;
    }

    /** What a round through a sidecar that retries must give. */
    Prediction predict(int round, int requests, int retries) {
        int succeeded = 0;
        int received = 0;
        for (int request = 1; request <= requests; request++) {
            int attempt = 1;
            while (attempt <= retries && fails(round, request, attempt)) {
                attempt++;
            }
            received += attempt;
            succeeded += fails(round, request, attempt) ? 0 : 1;
        }
        return new Prediction(succeeded, received);
    }

    /**
     * @param succeeded requests answered well
     * @param received requests that B sees, retries included
     */
    record Prediction(int succeeded, int received) {}

    /** The finalizer of SplitMix64: every bit of the input moves every bit of the output. */
    private static long mix(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
