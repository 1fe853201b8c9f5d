// SPDX-License-Identifier: Apache-2.0
/**
 * The command line, the bootstrap file, the node, the layered runtime, and the process's main.
 * Reads what Envoy reads; anything not supported is refused with its path.
 */
@NullMarked
package dev.outrigger.dataplane.bootstrap;

import org.jspecify.annotations.NullMarked;
