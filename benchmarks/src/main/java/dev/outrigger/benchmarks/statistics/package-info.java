// SPDX-License-Identifier: Apache-2.0
/** Medians, quartiles, bootstrap intervals and warm-up agreement: pure functions of numbers. */
@NullMarked
package dev.outrigger.benchmarks.statistics;

import org.jspecify.annotations.NullMarked;
