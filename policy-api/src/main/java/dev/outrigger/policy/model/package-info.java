// SPDX-License-Identifier: Apache-2.0
/**
 * Validated values that every module may hold: identities, metadata, policy sets, targets. Records
 * and interfaces only; nothing here reads, stores or serves.
 */
@NullMarked
package dev.outrigger.policy.model;

import org.jspecify.annotations.NullMarked;
