// SPDX-License-Identifier: Apache-2.0
/** Delays, aborts and slow responses on purpose: {@code envoy.filters.http.fault}. */
@NullMarked
package dev.outrigger.dataplane.filter.fault;

import org.jspecify.annotations.NullMarked;
