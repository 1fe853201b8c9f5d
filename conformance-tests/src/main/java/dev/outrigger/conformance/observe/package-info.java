// SPDX-License-Identifier: Apache-2.0
/**
 * What was seen when an exchange was put on the wire: on the client side, at the upstreams, in the
 * access log and in the statistics; and the named rules that remove what no two runs share.
 */
@NullMarked
package dev.outrigger.conformance.observe;

import org.jspecify.annotations.NullMarked;
