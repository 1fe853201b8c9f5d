// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * Something that must work for this process to be of use.
 *
 * @param problem what is wrong, or nothing; must be quick
 */
public record Readiness(String name, Supplier<Optional<String>> problem) {}
