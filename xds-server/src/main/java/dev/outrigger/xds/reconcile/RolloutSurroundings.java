// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * What all groups share. Immutable.
 *
 * @param editions numbers for snapshots
 */
record RolloutSurroundings(
        RolloutOptions options, InstantSource clock, LongSupplier editions, RolloutMemory memory) {}
