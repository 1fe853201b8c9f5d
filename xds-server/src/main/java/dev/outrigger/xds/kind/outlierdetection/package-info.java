// SPDX-License-Identifier: Apache-2.0
/** Outlier detection of a cluster. */
@NullMarked
package dev.outrigger.xds.kind.outlierdetection;

import org.jspecify.annotations.NullMarked;
