// SPDX-License-Identifier: Apache-2.0
/**
 * The proxies that are compared, their feature-equal configurations and their processes. Nothing
 * here measures.
 */
@NullMarked
package dev.outrigger.benchmarks.contender;

import org.jspecify.annotations.NullMarked;
