// SPDX-License-Identifier: Apache-2.0
/** Local rate limit: Envoy's local rate limit filter. */
@NullMarked
package dev.outrigger.xds.kind.ratelimit;

import org.jspecify.annotations.NullMarked;
