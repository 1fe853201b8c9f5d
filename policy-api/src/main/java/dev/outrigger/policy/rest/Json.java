// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.policy.document.DocumentLimits;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.StoredDocument;
import dev.outrigger.policy.status.PolicyField;
import dev.outrigger.policy.status.PolicyStatus;
import dev.outrigger.policy.status.ProxyStatus;
import dev.outrigger.policy.status.SyncReport;
import dev.outrigger.policy.status.Withheld;
import dev.outrigger.policy.store.DocumentOutcome;
import dev.outrigger.policy.store.DocumentWarning;
import dev.outrigger.policy.store.Revision;
import dev.outrigger.policy.store.StoredJson;
import dev.outrigger.policy.store.WriteOutcome.Written;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Predicate;

/** How each thing looks in an answer. */
final class Json {
    private static final ObjectMapper MAPPER =
            new ObjectMapper(
                    JsonFactory.builder()
                            .streamReadConstraints(StreamReadConstraints.defaults())
                            .build());

    private static final ObjectMapper STRICT =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(
                                                            DocumentLimits.DEFAULT.maxDepth())
                                                    .maxNumberLength(40)
                                                    .maxStringLength(
                                                            DocumentLimits.DEFAULT.maxScalarChars())
                                                    .build())
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                    .build();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static byte[] bytes(JsonNode node) {
        return (node + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** The document as its author wrote it, with its generation. */
    static ObjectNode document(StoredDocument document) {
        return StoredJson.withGeneration(document);
    }

    /** A patch, read as strictly as a document. */
    static JsonNode patch(byte[] body) {
        try {
            return STRICT.readTree(body);
        } catch (IOException e) {
            String reason =
                    e instanceof JsonProcessingException json
                            ? json.getOriginalMessage()
                            : "it cannot be read";
            throw Problem.of(400, "Patch cannot be read", "The patch is not JSON: " + reason + ".")
                    .raise();
        }
    }

    static ObjectNode written(Written written, boolean dryRun) {
        ObjectNode root = object();
        root.put("revision", written.revision());
        root.put("changed", written.changed());
        if (dryRun) {
            root.put("dryRun", true);
        }
        var documents = root.putArray("documents");
        for (DocumentOutcome outcome : written.documents()) {
            ObjectNode item = documents.addObject();
            identify(item, outcome.id());
            item.put("action", outcome.action().word());
            if (outcome.generation() > 0) {
                item.put("etag", ETags.of(outcome.generation()));
            }
        }
        if (!written.warnings().isEmpty()) {
            root.set("warnings", warnings(written.warnings()));
        }
        return root;
    }

    static ArrayNode warnings(List<DocumentWarning> warnings) {
        var array = MAPPER.createArrayNode();
        for (DocumentWarning warning : warnings) {
            ObjectNode item = array.addObject();
            item.put("code", warning.code());
            identify(item, warning.id());
            item.put("pointer", warning.pointer())
                    .put("line", warning.line())
                    .put("column", warning.column())
                    .put("detail", warning.detail())
                    .put("docs", ErrorPages.link(warning.code()));
        }
        return array;
    }

    static ObjectNode revision(
            Revision revision, boolean withDocuments, Predicate<PolicyId> visible) {
        ObjectNode root = object();
        root.put("revision", revision.number());
        root.put("time", revision.time().toString());
        root.put("author", revision.author());
        root.put("message", revision.message());
        root.put("source", revision.source().name().toLowerCase(java.util.Locale.ROOT));
        var changes = root.putArray("changes");
        for (Revision.Change change : revision.changes()) {
            if (!visible.test(change.id())) {
                continue;
            }
            ObjectNode item = changes.addObject();
            identify(item, change.id());
            item.put("action", change.action().word());
            if (withDocuments) {
                change.before().ifPresent(json -> item.set("before", StoredJson.read(json)));
                change.after().ifPresent(json -> item.set("after", StoredJson.read(json)));
            }
        }
        return root;
    }

    static ObjectNode sync(SyncReport report) {
        ObjectNode root = object();
        root.put("revision", report.revision());
        root.setAll(outcome(report));
        var proxies = root.putArray("proxies");
        report.proxies().forEach(proxy -> proxies.add(proxy(proxy)));
        return root;
    }

    /** What became of a revision, without the proxies one by one. */
    static ObjectNode outcome(SyncReport report) {
        ObjectNode root = object();
        root.put("publishedRevision", report.publishedRevision());
        root.put("synced", report.synced());
        var missing = root.putArray("missing");
        report.missing()
                .forEach(one ->
                        missing.addObject().put("proxy", one.proxy()).put("reason", one.reason()));
        root.set("withheld", withheld(report.withheld()));
        return root;
    }

    static ObjectNode policyStatus(PolicyStatus status) {
        ObjectNode root = object();
        root.put("observedGeneration", status.observedGeneration());
        var conditions = root.putArray("conditions");
        for (PolicyStatus.Condition condition : status.conditions()) {
            conditions
                    .addObject()
                    .put("type", condition.type())
                    .put("status", condition.status())
                    .put("reason", condition.reason())
                    .put("message", condition.message());
        }
        root.putObject("proxies")
                .put("matched", status.counts().matched())
                .put("acked", status.counts().acked())
                .put("pending", status.counts().pending())
                .put("rejected", status.counts().rejected())
                .put("disconnected", status.counts().disconnected());
        var rejections = root.putArray("rejections");
        for (PolicyStatus.Refusal refusal : status.refusals()) {
            ObjectNode item = rejections.addObject();
            item.put("proxy", refusal.proxy()).put("type", refusal.type());
            item.setAll(rejection(refusal.rejection()));
        }
        root.set("withheld", withheld(status.withheld()));
        var details = root.putArray("details");
        for (ProxyStatus proxy : status.proxies()) {
            ObjectNode item = details.addObject();
            item.put("proxy", proxy.id()).put("connected", proxy.connected());
            ObjectNode types = item.putObject("types");
            proxy.types().entrySet().stream()
                    .sorted(java.util.Map.Entry.comparingByKey())
                    .forEach(entry -> types.put(entry.getKey(), entry.getValue().state().name()));
        }
        return root;
    }

    private static ArrayNode withheld(List<Withheld> all) {
        var array = MAPPER.createArrayNode();
        for (Withheld held : all) {
            ObjectNode item = array.addObject();
            item.put("reason", held.reason().name());
            item.put("revision", held.revision());
            item.put("since", held.since().toString());
            item.put("type", held.type());
            item.put("version", held.version());
            held.resources().forEach(item.putArray("resources")::add);
            item.put("detail", held.detail());
            item.set("fields", fields(held.fields()));
            held.proxies().forEach(item.putArray("proxies")::add);
        }
        return array;
    }

    private static ArrayNode fields(List<PolicyField> fields) {
        var array = MAPPER.createArrayNode();
        fields.forEach(field ->
                array.addObject()
                        .put("document", field.document().toString())
                        .put("pointer", field.pointer()));
        return array;
    }

    static ObjectNode proxy(ProxyStatus proxy) {
        ObjectNode root = object();
        root.put("id", proxy.id());
        root.put("cluster", proxy.cluster());
        ObjectNode labels = root.putObject("labels");
        proxy.labels().entrySet().stream()
                .sorted(java.util.Map.Entry.comparingByKey())
                .forEach(label -> labels.put(label.getKey(), label.getValue()));
        root.put("userAgent", proxy.userAgent());
        root.put("peer", proxy.peer());
        root.put("connected", proxy.connected());
        root.put("since", proxy.since().toString());
        var sidecars = root.putArray("sidecars");
        proxy.sidecars().forEach(id -> sidecars.add(id.toString()));
        ObjectNode types = root.putObject("types");
        proxy.types().entrySet().stream()
                .sorted(java.util.Map.Entry.comparingByKey())
                .forEach(entry -> types.set(entry.getKey(), type(entry.getValue())));
        var connections = root.putArray("connections");
        proxy.connections()
                .forEach(connection ->
                        connections
                                .addObject()
                                .put("peer", connection.peer())
                                .put("since", connection.since().toString())
                                .put("streams", connection.streams()));
        root.set("withheld", withheld(proxy.withheld()));
        return root;
    }

    private static ObjectNode type(ProxyStatus.TypeStatus status) {
        ObjectNode root = object();
        root.put("state", status.state().name());
        root.put("version", status.version());
        root.put("acceptedVersion", status.acceptedVersion());
        root.put("since", status.since().toString());
        root.put("ageSeconds", status.age().toMillis() / 1000.0);
        status.rejection().ifPresent(rejection -> root.set("rejection", rejection(rejection)));
        return root;
    }

    private static ObjectNode rejection(ProxyStatus.Rejection rejection) {
        ObjectNode root = object();
        root.put("version", rejection.version());
        root.put("error", rejection.error());
        root.put("at", rejection.at().toString());
        var resources = root.putArray("resources");
        rejection.resources().forEach(resources::add);
        var policies = root.putArray("policies");
        rejection.policies().forEach(id -> policies.add(id.toString()));
        root.set("fields", fields(rejection.fields()));
        return root;
    }

    static void identify(ObjectNode node, PolicyId id) {
        node.put("kind", id.kind()).put("namespace", id.namespace()).put("name", id.name());
    }
}
