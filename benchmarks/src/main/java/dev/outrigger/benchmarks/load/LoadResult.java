// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.load;

/**
 * What a generator saw.
 *
 * @param requests answers with status 200, complete
 * @param errors anything else: other statuses, broken connections, requests that were due but never
 *     sent
 * @param p50Micros half of the answers took at most this long
 */
public record LoadResult(
        long requests,
        long errors,
        double elapsedSeconds,
        double p50Micros,
        double p90Micros,
        double p99Micros,
        double p999Micros,
        double maxMicros) {

    public double requestsPerSecond() {
        return elapsedSeconds > 0 ? requests / elapsedSeconds : 0;
    }
}
