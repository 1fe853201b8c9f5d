// SPDX-License-Identifier: Apache-2.0
/** Timeouts: the route timeout, the per-try timeout and the idle timeout. */
@NullMarked
package dev.outrigger.xds.kind.timeouts;

import org.jspecify.annotations.NullMarked;
