// SPDX-License-Identifier: Apache-2.0
/** Token buckets of this process: {@code envoy.filters.http.local_ratelimit}. */
@NullMarked
package dev.outrigger.dataplane.filter.localratelimit;

import org.jspecify.annotations.NullMarked;
