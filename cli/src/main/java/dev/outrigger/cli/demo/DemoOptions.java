// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.demo;

import java.time.Duration;

/**
 * What a demo run is asked to do.
 *
 * @param requests through each sidecar in each of the two rounds, 1..1,000,000
 * @param errorRate share of the attempts that service B fails, 0..1
 * @param seed decides which attempts those are
 * @param connections requests in flight at once, 1..64; few, so that no circuit breaker has a say
 * @param withEnvoy whether the half with stock Envoy is wanted
 * @param patience how long any one part may take to get ready
 */
public record DemoOptions(
        int requests,
        double errorRate,
        long seed,
        int connections,
        boolean withEnvoy,
        Duration patience,
        DemoPorts ports) {
    /** Retries after the first try that the demo's policy asks for. */
    public static final int RETRIES = 2;

    public DemoOptions {
        if (requests < 1 || requests > 1_000_000) {
            throw new IllegalArgumentException("requests: " + requests + " (expected: 1..1000000)");
        }
        if (!(errorRate >= 0 && errorRate <= 1)) {
            throw new IllegalArgumentException("error rate: " + errorRate + " (expected: 0..1)");
        }
        if (connections < 1 || connections > 64) {
            throw new IllegalArgumentException(
                    "connections: " + connections + " (expected: 1..64)");
        }
    }
}
