// SPDX-License-Identifier: Apache-2.0
/**
 * How large the program is that RE2 makes of a pattern. Envoy refuses patterns by that size, so it
 * is counted here instruction by instruction; nothing is matched with what is built.
 */
@NullMarked
package dev.outrigger.dataplane.re2;

import org.jspecify.annotations.NullMarked;
