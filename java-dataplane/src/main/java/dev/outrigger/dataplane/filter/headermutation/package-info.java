// SPDX-License-Identifier: Apache-2.0
/** Changes of headers and of the query: {@code envoy.filters.http.header_mutation}. */
@NullMarked
package dev.outrigger.dataplane.filter.headermutation;

import org.jspecify.annotations.NullMarked;
