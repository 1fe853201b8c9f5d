// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks;

/**
 * Who runs where.
 *
 * @param underTest the proxy alone, with all its threads
 * @param surroundings generator, upstream and this program
 */
record Cores(int underTest, int surroundings) {

    Cores {
        if (underTest == surroundings) {
            throw new IllegalArgumentException(
                    "underTest: " + underTest + " (expected: another core than the generator's)");
        }
    }
}
