// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import static dev.outrigger.policy.rest.SchemaParts.bool;
import static dev.outrigger.policy.rest.SchemaParts.count;
import static dev.outrigger.policy.rest.SchemaParts.field;
import static dev.outrigger.policy.rest.SchemaParts.list;
import static dev.outrigger.policy.rest.SchemaParts.map;
import static dev.outrigger.policy.rest.SchemaParts.object;
import static dev.outrigger.policy.rest.SchemaParts.optional;
import static dev.outrigger.policy.rest.SchemaParts.page;
import static dev.outrigger.policy.rest.SchemaParts.ref;
import static dev.outrigger.policy.rest.SchemaParts.text;
import static dev.outrigger.policy.rest.SchemaParts.words;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.policy.check.DocumentSchemas;
import dev.outrigger.policy.document.ViolationCode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The JSON Schema of everything the API takes and gives, by the names that {@link Operation} uses.
 * The tests hold every answer against it.
 */
final class AnswerSchemas {
    private final Map<String, ObjectNode> named = new LinkedHashMap<>();

    private AnswerSchemas() {}

    static Map<String, ObjectNode> of(DocumentSchemas documents) {
        var schemas = new AnswerSchemas();
        documents
                .byKind()
                .forEach((kind, schema) -> {
                    schemas.named.put(kind, schema.deepCopy());
                    schemas.named.put(kind + "List", page(ref(kind)));
                });
        schemas.submissions(documents);
        schemas.writes();
        schemas.plans();
        schemas.revisions();
        schemas.proxies();
        schemas.documentStatus();
        schemas.others();
        return schemas.named;
    }

    private void submissions(DocumentSchemas documents) {
        ObjectNode one = Json.object();
        var any = one.putArray("anyOf");
        documents.byKind().keySet().forEach(kind -> any.add(ref(kind)));
        named.put("Document", one);
        ObjectNode submission = Json.object();
        submission
                .putArray("anyOf")
                .add(ref("Document"))
                .add(list(ref("Document")).put("minItems", 1));
        named.put("Submission", submission);
        named.put("MergePatch", Json.object().put("type", "object"));
        ObjectNode operation =
                object(
                        field("op", words("add", "remove", "replace", "move", "copy", "test")),
                        field("path", text()),
                        optional("from", text()),
                        optional("value", Json.object()));
        named.put("JsonPatch", list(operation).put("maxItems", 1_000));
    }

    private void writes() {
        named.put(
                "Warning",
                object(
                        field("code", text()),
                        field("kind", text()),
                        field("namespace", text()),
                        field("name", text()),
                        field("pointer", text()),
                        field("line", count()),
                        field("column", count()),
                        field("detail", text()),
                        field("docs", docs())));
        named.put(
                "Written",
                object(
                        field("revision", count()),
                        field("changed", bool()),
                        optional("dryRun", bool()),
                        field(
                                "documents",
                                list(
                                        object(
                                                field("kind", text()),
                                                field("namespace", text()),
                                                field("name", text()),
                                                field(
                                                        "action",
                                                        words(
                                                                "created",
                                                                "updated",
                                                                "unchanged",
                                                                "deleted")),
                                                optional("etag", text())))),
                        optional("warnings", list(ref("Warning")))));
    }

    private void plans() {
        named.put(
                "Source",
                object(
                        field("level", text()),
                        optional("document", text()),
                        optional("pointer", text()),
                        optional("value", Json.object())));
        var effective =
                object(
                        field("consumer", text()),
                        field("destination", text()),
                        field("rule", text()),
                        field("block", text()),
                        optional("before", ref("Source")),
                        optional("after", ref("Source")));
        var change =
                new SchemaParts.Field[] {
                    field("type", text()),
                    field("name", text()),
                    field("action", words("created", "updated", "deleted")),
                    field("patch", list(ref("DiffOperation")))
                };
        var spread = Arrays.copyOf(change, change.length + 2);
        spread[change.length] = field("proxies", list(text()));
        spread[change.length + 1] = field("sidecars", list(text()));
        var resource = object(spread);
        named.put(
                "ProxyDiff",
                object(
                        field("proxy", text()),
                        field("givenRevision", count()),
                        field("revision", count()),
                        field("changed", bool()),
                        field("changes", list(object(change))),
                        field("complete", bool())));
        named.put(
                "Plan",
                object(
                        field("planId", text()),
                        field("baseRevision", count()),
                        field("changed", bool()),
                        field("changes", list(ref("DocumentChange"))),
                        field("effective", list(effective)),
                        field("proxies", list(resource)),
                        field("complete", bool()),
                        field("warnings", list(ref("Warning")))));
        ObjectNode either = Json.object();
        either.putArray("anyOf").add(ref("Written")).add(ref("Plan"));
        named.put("WrittenOrPlan", either);
        var decided =
                object(
                        field("block", text()),
                        field("from", ref("Source")),
                        field("beats", list(ref("Source"))));
        named.put("Decided", decided);
        named.put(
                "Explanation",
                object(
                        field("revision", count()),
                        field("routed", bool()),
                        optional("reason", words("NO_SIDECAR", "UNKNOWN_HOST", "NO_MATCH")),
                        optional("detail", text()),
                        optional("sidecar", text()),
                        optional("destination", text()),
                        optional("rule", text()),
                        optional("route", text()),
                        optional("blocks", list(ref("Decided"))),
                        optional(
                                "backends",
                                list(
                                        object(
                                                field("service", text()),
                                                field("port", count()),
                                                field("weight", count()),
                                                field("blocks", list(ref("Decided")))))),
                        optional("envoy", Json.object())));
    }

    private void revisions() {
        var change =
                object(
                        field("kind", text()),
                        field("namespace", text()),
                        field("name", text()),
                        field("action", words("created", "updated", "deleted")),
                        optional("before", ref("Document")),
                        optional("after", ref("Document")));
        named.put(
                "Revision",
                object(
                        field("revision", count()),
                        field("time", text().put("format", "date-time")),
                        field("author", text()),
                        field("message", text()),
                        field("source", words("api", "cli", "console", "git")),
                        field("changes", list(change)),
                        optional("sync", ref("RevisionOutcome"))));
        named.put("RevisionList", page(ref("Revision")));
        named.put(
                "DocumentChange",
                object(
                        field("kind", text()),
                        field("namespace", text()),
                        field("name", text()),
                        field("action", words("created", "updated", "deleted")),
                        field("patch", list(ref("DiffOperation")))));
        named.put(
                "DiffOperation",
                object(
                        field("op", words("add", "remove", "replace")),
                        field("path", text()),
                        optional("value", Json.object()),
                        optional("old", Json.object())));
        named.put(
                "RevisionDiff",
                object(
                        field("from", count()),
                        field("to", count()),
                        field("changes", list(ref("DocumentChange")))));
        var outcome =
                new SchemaParts.Field[] {
                    field("publishedRevision", count()),
                    field("synced", bool()),
                    field("missing", list(object(field("proxy", text()), field("reason", text())))),
                    field("withheld", list(ref("Withheld")))
                };
        named.put("RevisionOutcome", object(outcome));
        var report = Arrays.copyOf(outcome, outcome.length + 2);
        report[outcome.length] = field("revision", count());
        report[outcome.length + 1] = field("proxies", list(ref("Proxy")));
        named.put("SyncReport", object(report));
    }

    private void proxies() {
        named.put("PolicyField", object(field("document", text()), field("pointer", text())));
        named.put(
                "Withheld",
                object(
                        field("reason", text()),
                        field("revision", count()),
                        field("since", text().put("format", "date-time")),
                        field("type", text()),
                        field("version", text()),
                        field("resources", list(text())),
                        field("detail", text()),
                        field("fields", list(ref("PolicyField"))),
                        field("proxies", list(text()))));
        var rejection =
                new SchemaParts.Field[] {
                    field("version", text()),
                    field("error", text()),
                    field("at", text().put("format", "date-time")),
                    field("resources", list(text())),
                    field("policies", list(text())),
                    field("fields", list(ref("PolicyField")))
                };
        named.put("Rejection", object(rejection));
        var attributed = Arrays.copyOf(rejection, rejection.length + 2);
        attributed[rejection.length] = field("proxy", text());
        attributed[rejection.length + 1] = field("type", text());
        named.put("ProxyRejection", object(attributed));
        named.put("SyncState", states());
        named.put(
                "TypeStatus",
                object(
                        field("state", ref("SyncState")),
                        field("version", text()),
                        field("acceptedVersion", text()),
                        field("since", text().put("format", "date-time")),
                        field("ageSeconds", Json.object().put("type", "number")),
                        optional("rejection", ref("Rejection"))));
        named.put(
                "Proxy",
                object(
                        field("id", text()),
                        field("cluster", text()),
                        field("labels", map(text())),
                        field("userAgent", text()),
                        field("peer", text()),
                        field("connected", bool()),
                        field("since", text().put("format", "date-time")),
                        field("sidecars", list(text())),
                        field("types", map(ref("TypeStatus"))),
                        field(
                                "connections",
                                list(
                                        object(
                                                field("peer", text()),
                                                field("since", text().put("format", "date-time")),
                                                field("streams", count())))),
                        field("withheld", list(ref("Withheld")))));
        named.put(
                "GivenResourceList",
                object(
                        field(
                                "items",
                                list(
                                        object(
                                                field("type", text()),
                                                field("name", text()),
                                                field("version", text()),
                                                field("documents", list(text())),
                                                field(
                                                        "resource",
                                                        Json.object().put("type", "object"))))),
                        optional("next", text())));
        named.put("ProxyList", object(field("items", list(ref("Proxy")))));
    }

    private static ObjectNode states() {
        return words(
                Arrays.stream(dev.outrigger.policy.status.ProxyStatus.State.values())
                        .map(Enum::name)
                        .toArray(String[]::new));
    }

    private void documentStatus() {
        var condition =
                object(
                        field("type", text()),
                        field("status", words("True", "False", "Unknown")),
                        field("reason", text()),
                        field("message", text()));
        var detail =
                object(
                        field("proxy", text()),
                        field("connected", bool()),
                        field("types", map(ref("SyncState"))));
        named.put(
                "DocumentStatus",
                object(
                        field("kind", text()),
                        field("namespace", text()),
                        field("name", text()),
                        field(
                                "status",
                                object(
                                        field("observedGeneration", count()),
                                        field("conditions", list(condition)),
                                        field(
                                                "proxies",
                                                object(
                                                        field("matched", count()),
                                                        field("acked", count()),
                                                        field("pending", count()),
                                                        field("rejected", count()),
                                                        field("disconnected", count()))),
                                        field("rejections", list(ref("ProxyRejection"))),
                                        field("withheld", list(ref("Withheld"))),
                                        field("details", list(detail))))));
    }

    private static ObjectNode docs() {
        return text().put("format", "uri-reference");
    }

    private void others() {
        named.put("Text", text());
        named.put("Bootstrap", Json.object().put("type", "object"));
        named.put("JsonSchema", Json.object().put("type", "object"));
        named.put("SchemaList", object(field("items", list(text()))));
        named.put("Liveness", object(field("status", words("UP"))));
        named.put(
                "Readiness",
                object(
                        field("status", words("UP", "DOWN")),
                        field("checks", map(words("UP", "DOWN"))),
                        field("certificates", map(text().put("format", "date-time")))));
        String[] codes =
                Arrays.stream(ViolationCode.values())
                        .map(ViolationCode::code)
                        .toArray(String[]::new);
        var violation =
                object(
                        field("code", words(codes)),
                        field("document", count()),
                        field("pointer", text()),
                        field("line", count()),
                        field("column", count()),
                        field("detail", text()),
                        field("docs", docs()));
        named.put(
                "Problem",
                object(
                        field("type", text()),
                        field("title", text()),
                        field("status", Json.object().put("type", "integer")),
                        field("detail", text()),
                        field("instance", text()),
                        optional("errors", list(violation).put("minItems", 1))));
    }
}
