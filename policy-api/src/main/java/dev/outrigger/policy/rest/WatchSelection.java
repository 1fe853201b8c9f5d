// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrigger.policy.model.PolicyId;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Which of the documents that change one watcher is told of. A document that loses the labels it
 * was selected by is gone for whoever watches; whether it was selected before is known of what the
 * watcher itself was sent, and assumed of the rest where it goes on from a revision. As large as
 * there are documents. Confined to the watcher's thread.
 */
final class WatchSelection {
    private final LabelSelector selector;
    private final boolean beginsWithNothing;
    private final Set<PolicyId> told = new HashSet<>();

    /**
     * @param beginsWithNothing whether the watcher is told of every document there is, and so knows
     *     no other
     */
    WatchSelection(LabelSelector selector, boolean beginsWithNothing) {
        this.selector = selector;
        this.beginsWithNothing = beginsWithNothing;
    }

    /** What a watcher is told of a change. */
    enum Told {
        PUT,
        DELETE,
        NOTHING
    }

    /** Decides about a document as it is now, or is no longer. */
    Told of(PolicyId id, Optional<? extends JsonNode> document) {
        if (selector.isAny()) {
            return document.isPresent() ? Told.PUT : Told.DELETE;
        }
        if (document.filter(selector::matches).isPresent()) {
            told.add(id);
            return Told.PUT;
        }
        boolean mayBeKnown = told.remove(id) || !beginsWithNothing;
        return mayBeKnown ? Told.DELETE : Told.NOTHING;
    }
}
