// SPDX-License-Identifier: Apache-2.0
/** Session affinity: what of a request decides about its host. */
@NullMarked
package dev.outrigger.policy.kind.sessionaffinity;

import org.jspecify.annotations.NullMarked;
