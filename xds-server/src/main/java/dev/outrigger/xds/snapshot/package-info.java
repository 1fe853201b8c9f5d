// SPDX-License-Identifier: Apache-2.0
/**
 * Versioned resources as they are served, the check that they refer to each other, and the feed
 * proxies' streams read from.
 */
@NullMarked
package dev.outrigger.xds.snapshot;

import org.jspecify.annotations.NullMarked;
