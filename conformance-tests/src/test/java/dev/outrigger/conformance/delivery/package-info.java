// SPDX-License-Identifier: Apache-2.0
/**
 * How configuration arrives: the same responses of a scripted control plane to both proxies, and
 * what they say to them.
 */
@NullMarked
package dev.outrigger.conformance.delivery;

import org.jspecify.annotations.NullMarked;
