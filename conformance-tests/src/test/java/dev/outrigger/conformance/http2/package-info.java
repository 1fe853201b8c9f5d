// SPDX-License-Identifier: Apache-2.0
/** HTTP/2 frame by frame: what a client may and may not send, and what both proxies say to it. */
@NullMarked
package dev.outrigger.conformance.http2;

import org.jspecify.annotations.NullMarked;
