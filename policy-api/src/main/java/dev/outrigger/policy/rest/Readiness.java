// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Something that must work for this process to be of use.
 *
 * @param problem what is wrong, or nothing; must be quick
 * @param certificateEnd when the certificate that it shows expires, if it shows one; quick as well
 */
public record Readiness(
        String name,
        Supplier<Optional<String>> problem,
        Supplier<Optional<Instant>> certificateEnd) {
    /** Something without a certificate. */
    public Readiness(String name, Supplier<Optional<String>> problem) {
        this(name, problem, Optional::empty);
    }
}
