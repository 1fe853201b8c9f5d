// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.policy.document.Gep2257Duration;
import dev.outrigger.policy.rest.Operation.In;
import dev.outrigger.policy.rest.Operation.Parameter;
import java.util.List;

/** The parameters that several calls have. */
final class Parameters {
    /** A name of a document or namespace. */
    static final String NAME_FORM = "^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$";

    static final Parameter NAME = path("name", text(NAME_FORM), "The document's name.");
    static final Parameter NAMESPACE =
            query("namespace", text(NAME_FORM), "The document's namespace; default 'default'.");
    static final Parameter IN_NAMESPACE =
            query("namespace", text(NAME_FORM), "Only this namespace.");
    static final Parameter CURSOR =
            query("cursor", text("^[A-Za-z0-9_-]{1,2048}$"), "Goes on where a page ended.");
    static final Parameter DRY_RUN =
            query("dryRun", flag(), "Says what would be done, and does nothing.");
    static final Parameter MESSAGE =
            query("message", limited(1_024), "Why; kept with the revision.");
    static final Parameter SELECTOR = selector("Only documents with these labels");
    static final Parameter IF_MATCH =
            header("If-Match", limited(4_096), "The ETag of what is to be changed, or *.");
    static final Parameter IF_NONE_MATCH =
            header("If-None-Match", limited(4_096), "* to create only.");
    static final List<Parameter> WRITER =
            List.of(
                    MESSAGE,
                    query(
                            "force",
                            flag(),
                            "Also changes documents that say they are managed by git."),
                    header(
                            "Idempotency-Key",
                            limited(255),
                            "A name for this request: repeated within 24 h, it has the first one's"
                                    + " answer and no other effect."),
                    header(
                            "X-Outrigger-Author",
                            limited(128),
                            "Who writes, where nobody has to prove who they are."),
                    header(
                            "X-Outrigger-Source",
                            words("api", "cli", "console", "git"),
                            "Through what; kept with the revision."));

    private Parameters() {}

    /** A condition on labels; {@code what} it selects is the sentence's beginning. */
    static Parameter selector(String what) {
        return query(
                "labelSelector",
                limited(2_048),
                what + ", as in Kubernetes: a=b, a!=b, a in (b, c).");
    }

    static Parameter query(String name, ObjectNode schema, String summary) {
        return new Parameter(name, In.QUERY, false, schema, summary);
    }

    static Parameter requiredQuery(String name, ObjectNode schema, String summary) {
        return new Parameter(name, In.QUERY, true, schema, summary);
    }

    static Parameter path(String name, ObjectNode schema, String summary) {
        return new Parameter(name, In.PATH, true, schema, summary);
    }

    static Parameter header(String name, ObjectNode schema, String summary) {
        return new Parameter(name, In.HEADER, false, schema, summary);
    }

    static Parameter limit(int fallback, int max) {
        return query(
                "limit",
                Json.object()
                        .put("type", "integer")
                        .put("minimum", 1)
                        .put("default", fallback)
                        .put("description", "More than " + max + " counts as " + max + "."),
                "Items of one page.");
    }

    static ObjectNode text(String pattern) {
        return Json.object().put("type", "string").put("pattern", pattern);
    }

    static ObjectNode limited(int maxLength) {
        return Json.object().put("type", "string").put("maxLength", maxLength);
    }

    static ObjectNode flag() {
        return Json.object().put("type", "boolean").put("default", false);
    }

    static ObjectNode words(String... words) {
        ObjectNode schema = Json.object().put("type", "string");
        List.of(words).forEach(schema.putArray("enum")::add);
        return schema;
    }

    static ObjectNode duration() {
        return text(Gep2257Duration.FORM);
    }

    static ObjectNode number(long min, long max) {
        return Json.object().put("type", "integer").put("minimum", min).put("maximum", max);
    }
}
