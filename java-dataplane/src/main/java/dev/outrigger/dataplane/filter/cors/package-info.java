// SPDX-License-Identifier: Apache-2.0
/** Cross-origin requests: {@code envoy.filters.http.cors}. */
@NullMarked
package dev.outrigger.dataplane.filter.cors;

import org.jspecify.annotations.NullMarked;
