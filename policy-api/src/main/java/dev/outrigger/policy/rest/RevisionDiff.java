// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.patch.JsonDiff;
import dev.outrigger.policy.store.Action;
import dev.outrigger.policy.store.Revision;
import dev.outrigger.policy.store.StoredJson;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What revisions together changed, document by document. */
final class RevisionDiff {
    private RevisionDiff() {}

    /** The first state of a document and its last. */
    private record Ends(Optional<String> before, Optional<String> after) {}

    /**
     * @param revisions those after {@code from} up to {@code to}, in their order
     */
    static ObjectNode of(
            long from, long to, List<Revision> revisions, Predicate<PolicyId> visible) {
        var documents = new TreeMap<PolicyId, Ends>();
        for (Revision revision : revisions) {
            for (Revision.Change change : revision.changes()) {
                if (change.action() != Action.UNCHANGED && visible.test(change.id())) {
                    documents.merge(
                            change.id(),
                            new Ends(change.before(), change.after()),
                            (first, last) -> new Ends(first.before(), last.after()));
                }
            }
        }
        ObjectNode root = Json.object();
        root.put("from", from).put("to", to);
        var changes = root.putArray("changes");
        documents.forEach((id, ends) -> {
            if (!ends.before().equals(ends.after())) {
                changes.add(change(id, ends.before(), ends.after()));
            }
        });
        return root;
    }

    /** One document's change with the patch from one state to the other. */
    static ObjectNode change(PolicyId id, Optional<String> before, Optional<String> after) {
        ObjectNode item = Json.object();
        Json.identify(item, id);
        Action action =
                before.isEmpty()
                        ? Action.CREATED
                        : after.isEmpty() ? Action.DELETED : Action.UPDATED;
        item.put("action", action.word());
        item.set("patch", JsonDiff.between(tree(before), tree(after)));
        return item;
    }

    private static JsonNode tree(Optional<String> json) {
        return json.<JsonNode>map(StoredJson::read).orElse(NullNode.getInstance());
    }
}
