// SPDX-License-Identifier: Apache-2.0
/**
 * Judges observations: against the written expectation, and one proxy against the other; knows the
 * reviewed divergences.
 */
@NullMarked
package dev.outrigger.conformance.compare;

import org.jspecify.annotations.NullMarked;
