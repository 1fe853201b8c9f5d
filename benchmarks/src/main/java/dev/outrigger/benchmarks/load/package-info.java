// SPDX-License-Identifier: Apache-2.0
/**
 * Load: the request that is sent, closed-loop and fixed-rate generators, and what they saw. No
 * proxy is known here.
 */
@NullMarked
package dev.outrigger.benchmarks.load;

import org.jspecify.annotations.NullMarked;
