// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store;

import dev.outrigger.policy.model.PolicyId;

/**
 * What became of one document of a write.
 *
 * @param generation its generation now; 0 where there is none yet, in a dry run
 */
public record DocumentOutcome(PolicyId id, Action action, long generation) {}
