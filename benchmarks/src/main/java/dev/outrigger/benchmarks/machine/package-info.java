// SPDX-License-Identifier: Apache-2.0
/**
 * What Linux tells about this machine and its processes: CPU time, memory, pinning, and whether
 * strangers disturb a sample.
 */
@NullMarked
package dev.outrigger.benchmarks.machine;

import org.jspecify.annotations.NullMarked;
