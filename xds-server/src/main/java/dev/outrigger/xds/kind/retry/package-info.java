// SPDX-License-Identifier: Apache-2.0
/** Retry: Envoy's RetryPolicy and the split of a route by method. */
@NullMarked
package dev.outrigger.xds.kind.retry;

import org.jspecify.annotations.NullMarked;
