// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.plan;

import dev.outrigger.policy.model.PolicyId;
import java.util.Optional;

/**
 * Where a block comes from.
 *
 * @param level how specific, for example {@code mesh}, {@code service}, {@code inline}
 * @param document empty for a built-in
 * @param pointer the block in the document, as in violations
 */
public record Source(String level, Optional<PolicyId> document, String pointer) {}
