// SPDX-License-Identifier: Apache-2.0
/**
 * Connections without HTTP, on both proxies: TCP proxying, listener filters and the choice of a
 * filter chain.
 */
@NullMarked
package dev.outrigger.conformance.tcp;

import org.jspecify.annotations.NullMarked;
