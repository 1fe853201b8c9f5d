// SPDX-License-Identifier: Apache-2.0
/** Checks that need more than one document: references, ties, collisions. */
@NullMarked
package dev.outrigger.policy.check;

import org.jspecify.annotations.NullMarked;
