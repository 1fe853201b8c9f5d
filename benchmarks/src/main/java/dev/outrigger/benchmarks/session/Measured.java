// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.session;

/** What a run has brought; written as JSON by its record components. */
public interface Measured {
    /** ISO 8601, in UTC, to the second. */
    String startedAt();

    /** Whether every bar was passed. */
    boolean passed();

    /** For people, with line ends. */
    String text();
}
