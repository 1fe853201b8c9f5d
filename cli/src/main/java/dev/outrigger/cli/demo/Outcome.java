// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * All that was seen through one sidecar.
 *
 * @param unknown status for a host that no service has
 * @param down status for a service where nothing listens
 * @param ingress status of a request to service A through its ingress listener
 */
record Outcome(
        Sidecar sidecar, Measured without, Measured with, int unknown, int down, int ingress) {
    private static final int NOT_FOUND = 404;
    private static final int UNAVAILABLE = 503;

    /** What is not as it must be, a sentence each; empty when all is well. */
    List<String> differences() {
        var differences = new ArrayList<String>();
        compareRound("without a policy", without, differences);
        compareRound("with the retry policy", with, differences);
        expect("status for an unknown service", NOT_FOUND, unknown, differences);
        expect("status for a service that is down", UNAVAILABLE, down, differences);
        expect("status through A's ingress listener", 200, ingress, differences);
        return differences;
    }

    private void compareRound(String round, Measured measured, List<String> into) {
        var expected = measured.expected();
        expect(round + ", successes", expected.succeeded(), measured.traffic().succeeded(), into);
        expect(round + ", requests at B", expected.received(), measured.received(), into);
        expect(
                round + ", own retry stat beside B's surplus",
                measured.surplus(),
                measured.retries(),
                into);
        measured.traffic()
                .failure()
                .ifPresent(failure ->
                        into.add(
                                sidecar.title()
                                        + ": "
                                        + round
                                        + ", a request got no answer: "
                                        + failure));
    }

    private void expect(String what, long expected, long actual, List<String> into) {
        if (expected != actual) {
            into.add(
                    String.format(
                            Locale.ROOT,
                            "%s: %s: %,d (expected: %,d)",
                            sidecar.title(),
                            what,
                            actual,
                            expected));
        }
    }
}
