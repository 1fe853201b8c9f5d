// SPDX-License-Identifier: Apache-2.0
/**
 * A real control plane in this JVM, used only through its sockets as any other client would. What
 * the proxies make of it is seen elsewhere.
 */
@NullMarked
package dev.outrigger.conformance.control;

import org.jspecify.annotations.NullMarked;
