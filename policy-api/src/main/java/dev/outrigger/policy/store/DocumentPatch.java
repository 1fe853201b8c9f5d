// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrigger.policy.patch.PatchFailure;

/** Makes a changed copy of a document. */
@FunctionalInterface
public interface DocumentPatch {
    /** The document is an object, with {@code metadata.generation}. */
    JsonNode apply(JsonNode document) throws PatchFailure;
}
