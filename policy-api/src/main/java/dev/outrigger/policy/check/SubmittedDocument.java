// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.check;

import dev.outrigger.policy.document.PolicyDocument;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicyId;
import java.util.Optional;

/**
 * A document that is fine by itself.
 *
 * @param policy with generation 0
 * @param document the tree it was read from, for positions
 * @param json what will be stored: the author's words without {@code metadata.generation}
 * @param generation the generation the author says to have read, if the document says one
 */
public record SubmittedDocument(
        Policy<?> policy, PolicyDocument document, String json, Optional<Long> generation) {
    public PolicyId id() {
        return policy.id();
    }
}
