// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.demo;

import dev.outrigger.cli.demo.FailureDraws.Prediction;

/**
 * One round through one sidecar.
 *
 * @param traffic as service A saw it
 * @param received as service B saw it
 * @param retries as the sidecar counted them: the change of {@code upstream_rq_retry}
 * @param expected what the draws say must come out
 */
record Measured(Traffic.Round traffic, long received, long retries, Prediction expected) {
    double successPercent() {
        return 100.0 * traffic.succeeded() / traffic.requests();
    }

    /** Requests that B received beyond those that A sent. */
    long surplus() {
        return received - traffic.requests();
    }
}
