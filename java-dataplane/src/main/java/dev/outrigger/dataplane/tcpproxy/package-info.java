// SPDX-License-Identifier: Apache-2.0
/** TCP proxying: a downstream connection, the upstream one made for it, and what is between. */
@NullMarked
package dev.outrigger.dataplane.tcpproxy;

import org.jspecify.annotations.NullMarked;
