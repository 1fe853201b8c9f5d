// SPDX-License-Identifier: Apache-2.0
/** A sorted map whose copies share what they have in common. Knows nothing of policies. */
@NullMarked
package dev.outrigger.policy.tree;

import org.jspecify.annotations.NullMarked;
