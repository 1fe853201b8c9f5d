// SPDX-License-Identifier: Apache-2.0
/**
 * Joins what the parsers accepted into one ProxyConfig: warming, name resolution, last good. Runs
 * on the main loop only.
 */
@NullMarked
package dev.outrigger.dataplane.state;

import org.jspecify.annotations.NullMarked;
