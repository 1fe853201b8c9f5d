// SPDX-License-Identifier: Apache-2.0
/**
 * Names that requests bring, and their addresses: what the dynamic forward proxy's filter and
 * cluster share. Looked up on the main loop, read by any event loop.
 */
@NullMarked
package dev.outrigger.dataplane.dnscache;

import org.jspecify.annotations.NullMarked;
