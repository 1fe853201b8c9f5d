// SPDX-License-Identifier: Apache-2.0
/** Hosts that requests name: the dynamic forward proxy of both proxies, and name servers for it. */
@NullMarked
package dev.outrigger.conformance.names;

import org.jspecify.annotations.NullMarked;
