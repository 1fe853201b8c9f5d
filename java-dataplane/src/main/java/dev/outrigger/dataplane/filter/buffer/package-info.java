// SPDX-License-Identifier: Apache-2.0
/** Requests sent upstream only when they are complete: {@code envoy.filters.http.buffer}. */
@NullMarked
package dev.outrigger.dataplane.filter.buffer;

import org.jspecify.annotations.NullMarked;
