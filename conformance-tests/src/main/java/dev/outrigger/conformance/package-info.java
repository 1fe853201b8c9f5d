// SPDX-License-Identifier: Apache-2.0
/**
 * The conformance harness: the same configuration and the same traffic through a stock Envoy, which
 * is the oracle, and through the Java data plane, which is the subject.
 */
@NullMarked
package dev.outrigger.conformance;

import org.jspecify.annotations.NullMarked;
