// SPDX-License-Identifier: Apache-2.0
/** Outlier detection: hosts that fail are left out for a while. */
@NullMarked
package dev.outrigger.policy.kind.outlierdetection;

import org.jspecify.annotations.NullMarked;
