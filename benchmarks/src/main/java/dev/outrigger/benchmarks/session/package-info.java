// SPDX-License-Identifier: Apache-2.0
/**
 * What every measuring command does around its measurement: options they share, whether measuring
 * makes sense here and now, where the result goes and what the exit code says of it.
 */
@NullMarked
package dev.outrigger.benchmarks.session;

import org.jspecify.annotations.NullMarked;
