// SPDX-License-Identifier: Apache-2.0
/**
 * Route tables compiled for matching: virtual hosts, path, header and query matchers, header edits.
 */
@NullMarked
package dev.outrigger.dataplane.route;

import org.jspecify.annotations.NullMarked;
