// SPDX-License-Identifier: Apache-2.0
/** Circuit breaker: the thresholds of a cluster. */
@NullMarked
package dev.outrigger.xds.kind.circuitbreaker;

import org.jspecify.annotations.NullMarked;
