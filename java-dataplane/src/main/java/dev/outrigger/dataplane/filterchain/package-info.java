// SPDX-License-Identifier: Apache-2.0
/** Which filter chain of a listener takes a connection. */
@NullMarked
package dev.outrigger.dataplane.filterchain;

import org.jspecify.annotations.NullMarked;
