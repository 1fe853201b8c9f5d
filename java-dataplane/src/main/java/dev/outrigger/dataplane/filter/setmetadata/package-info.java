// SPDX-License-Identifier: Apache-2.0
/** Fixed dynamic metadata: {@code envoy.filters.http.set_metadata}. */
@NullMarked
package dev.outrigger.dataplane.filter.setmetadata;

import org.jspecify.annotations.NullMarked;
