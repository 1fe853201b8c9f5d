// SPDX-License-Identifier: Apache-2.0
/** The loop that turns every revision into snapshots, or keeps the last good ones and says why. */
@NullMarked
package dev.outrigger.xds.reconcile;

import org.jspecify.annotations.NullMarked;
