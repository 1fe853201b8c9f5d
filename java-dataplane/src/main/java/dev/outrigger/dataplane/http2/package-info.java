// SPDX-License-Identifier: Apache-2.0
/**
 * HTTP/2 on the wire (RFC 9113, RFC 7541): frames, header compression, flow control, and the limits
 * that keep a peer from costing more than it should. Knows neither routes nor pools; the downstream
 * and upstream connections stand on {@link dev.outrigger.dataplane.http2.Http2Session}.
 */
@NullMarked
package dev.outrigger.dataplane.http2;

import org.jspecify.annotations.NullMarked;
