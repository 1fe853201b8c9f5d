// SPDX-License-Identifier: Apache-2.0
/** Session affinity: the hash policies of a route. */
@NullMarked
package dev.outrigger.xds.kind.sessionaffinity;

import org.jspecify.annotations.NullMarked;
