// SPDX-License-Identifier: Apache-2.0
/** Listeners, accepted connections, the HTTP/1.1 server codec, drain. */
@NullMarked
package dev.outrigger.dataplane.downstream;

import org.jspecify.annotations.NullMarked;
