// SPDX-License-Identifier: Apache-2.0

/** {@code envoy.filters.http.on_demand}: requests that wait for their virtual host. */
@NullMarked
package dev.outrigger.dataplane.filter.ondemand;

import org.jspecify.annotations.NullMarked;
