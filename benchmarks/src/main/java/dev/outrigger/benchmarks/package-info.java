// SPDX-License-Identifier: Apache-2.0
/**
 * The side-by-side run: its command line, its plan and the order in which samples are taken. How
 * one load is made lives in {@code load}, what is measured in {@code machine}, who is measured in
 * {@code contender}.
 */
@NullMarked
package dev.outrigger.benchmarks;

import org.jspecify.annotations.NullMarked;
