// SPDX-License-Identifier: Apache-2.0
/**
 * Looks up the host a request names, before the router asks for it: {@code
 * envoy.filters.http.dynamic_forward_proxy}.
 */
@NullMarked
package dev.outrigger.dataplane.filter.dynamicforwardproxy;

import org.jspecify.annotations.NullMarked;
