// SPDX-License-Identifier: Apache-2.0
/**
 * What a write would change for callers and proxies, and why a request is treated as it is: asked
 * of the same resolution and translation that proxies are served from.
 */
@NullMarked
package dev.outrigger.xds.plan;

import org.jspecify.annotations.NullMarked;
