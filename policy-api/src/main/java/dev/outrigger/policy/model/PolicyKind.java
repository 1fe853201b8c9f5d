// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.model;

import dev.outrigger.policy.document.DocumentNode;
import java.util.List;
import java.util.Optional;

/**
 * A kind of stored document: how it is called and how its spec is read. Implementations hold no
 * state and live in {@code kind/<kind>}; the list of them is {@code PolicyKinds}.
 */
public interface PolicyKind<S extends PolicySpec> {
    /** The value of the field {@code kind}, for example {@code HTTPRoute}. */
    String kind();

    /** The word in URLs, for example {@code httproutes}. */
    String plural();

    Class<S> specType();

    /**
     * Reads the spec, recording everything that is wrong with it.
     *
     * @param spec the field {@code spec}, present and to be checked for its type
     * @param id the document it belongs to; references without a namespace mean this one's
     * @return nothing when anything was wrong
     */
    Optional<S> read(DocumentNode spec, PolicyId id);

    /** The documents this one cannot be without. */
    default List<Reference> references(S spec) {
        return List.of();
    }
}
