// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.policy.model.DocumentSet;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.StoredDocument;
import dev.outrigger.policy.patch.JsonDiff;
import dev.outrigger.policy.plan.EffectiveChange;
import dev.outrigger.policy.plan.Explanation;
import dev.outrigger.policy.plan.GivenResource;
import dev.outrigger.policy.plan.Outstanding;
import dev.outrigger.policy.plan.PlannedEffects;
import dev.outrigger.policy.plan.ResourceChange;
import dev.outrigger.policy.plan.Source;
import dev.outrigger.policy.store.Decision;
import dev.outrigger.policy.store.Preview;
import dev.outrigger.policy.store.WriteOutcome.Written;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** How plans and explanations look in an answer; blocks are shown as their authors wrote them. */
final class PlanJson {
    private PlanJson() {}

    static ObjectNode plan(
            String id, Preview preview, Written written, PlannedEffects effects, Caller caller) {
        ObjectNode root = Json.object();
        root.put("planId", id);
        root.put("baseRevision", preview.before().revision());
        root.put("changed", written.changed());
        ArrayNode changes = root.putArray("changes");
        for (Decision.Change change : preview.changes()) {
            if (!(change instanceof Decision.Change.Keep)) {
                changes.add(
                        RevisionDiff.change(
                                change.id(),
                                json(preview.before(), change.id()),
                                json(preview.after(), change.id())));
            }
        }
        ArrayNode effective = root.putArray("effective");
        effects.effective().forEach(one -> effective.add(effective(one, preview, caller)));
        ArrayNode proxies = root.putArray("proxies");
        var visible = effects.resources().stream().filter(one -> isVisible(one, caller)).toList();
        visible.forEach(one -> proxies.add(resource(one, caller)));
        root.put("complete", effects.isComplete() && visible.size() == effects.resources().size());
        root.set("warnings", Json.warnings(written.warnings()));
        return root;
    }

    private static Optional<String> json(DocumentSet set, PolicyId id) {
        return set.find(id).map(StoredDocument::json);
    }

    private static ObjectNode effective(EffectiveChange change, Preview preview, Caller caller) {
        ObjectNode root = Json.object();
        root.put("consumer", change.consumer())
                .put("destination", change.destination())
                .put("rule", change.rule())
                .put("block", change.block());
        change.before()
                .ifPresent(source -> root.set("before", value(source, preview.before(), caller)));
        change.after()
                .ifPresent(source -> root.set("after", value(source, preview.after(), caller)));
        return root;
    }

    /** As proxies are: who may see a Sidecar that selects them sees what they are sent. */
    private static boolean isVisible(ResourceChange change, Caller caller) {
        return caller.may(Role.VIEWER, Caller.EVERYWHERE)
                || change.sidecars().stream().anyMatch(id -> isVisible(id, caller));
    }

    private static boolean isVisible(PolicyId id, Caller caller) {
        return caller.may(Role.VIEWER, id.namespace());
    }

    private static ObjectNode resource(ResourceChange change, Caller caller) {
        ObjectNode root = Json.object();
        change.proxies().forEach(root.putArray("proxies")::add);
        ArrayNode sidecars = root.putArray("sidecars");
        change.sidecars().stream()
                .filter(id -> isVisible(id, caller))
                .forEach(id -> sidecars.add(id.toString()));
        return changed(root, change);
    }

    static ObjectNode given(GivenResource resource) {
        ObjectNode root = Json.object();
        root.put("type", resource.type())
                .put("name", resource.name())
                .put("version", resource.version());
        resource.documents().forEach(root.putArray("documents")::add);
        root.set("resource", resource.content());
        return root;
    }

    static ObjectNode outstanding(String proxy, long revision, Outstanding outstanding) {
        ObjectNode root = Json.object();
        root.put("proxy", proxy)
                .put("givenRevision", outstanding.givenRevision())
                .put("revision", revision)
                .put("changed", !outstanding.changes().isEmpty());
        ArrayNode changes = root.putArray("changes");
        outstanding.changes().forEach(one -> changes.add(changed(Json.object(), one)));
        root.put("complete", outstanding.isComplete());
        return root;
    }

    private static ObjectNode changed(ObjectNode root, ResourceChange change) {
        root.put("type", change.type()).put("name", change.name());
        root.put(
                "action",
                change.before().isEmpty()
                        ? "created"
                        : change.after().isEmpty() ? "deleted" : "updated");
        root.set(
                "patch",
                JsonDiff.between(
                        change.before().orElse(NullNode.getInstance()),
                        change.after().orElse(NullNode.getInstance())));
        return root;
    }

    /** A source with what it says; not what stands in namespaces the caller may not see. */
    private static ObjectNode value(Source source, DocumentSet set, Caller caller) {
        ObjectNode root = source(source);
        source.document()
                .filter(id -> isVisible(id, caller))
                .flatMap(set::find)
                .ifPresent(document -> root.set("value", at(document, source.pointer())));
        return root;
    }

    /** A source that does not name a document which the caller may not see. */
    static Source shown(Source source, Caller caller) {
        return source.document().filter(id -> !isVisible(id, caller)).isPresent()
                ? new Source(source.level(), Optional.empty(), "#")
                : source;
    }

    private static JsonNode at(StoredDocument document, String pointer) {
        String plain =
                URLDecoder.decode(pointer.substring(1).replace("+", "%2B"), StandardCharsets.UTF_8);
        return dev.outrigger.policy.store.StoredJson.read(document.json())
                .at(JsonPointer.compile(plain));
    }

    private static ObjectNode source(Source source) {
        ObjectNode root = Json.object().put("level", source.level());
        source.document()
                .ifPresent(
                        id -> root.put("document", id.toString()).put("pointer", source.pointer()));
        return root;
    }

    static ObjectNode explanation(Explanation explanation, DocumentSet set, Caller caller) {
        ObjectNode root = Json.object();
        root.put("revision", set.revision());
        switch (explanation) {
            case Explanation.Unrouted(var reason, var detail) -> {
                root.put("routed", false);
                root.put("reason", reason.name()).put("detail", detail);
            }
            case Explanation.Routed routed -> {
                root.put("routed", true);
                root.put("sidecar", routed.sidecar().toString());
                root.put("destination", routed.destination().toString());
                root.put("rule", routed.rule());
                routed.route().ifPresent(id -> root.put("route", id.toString()));
                root.set("blocks", blocks(routed.blocks(), set, caller));
                ArrayNode backends = root.putArray("backends");
                for (Explanation.Backend backend : routed.backends()) {
                    ObjectNode item = backends.addObject();
                    item.put("service", backend.service().toString())
                            .put("port", backend.port())
                            .put("weight", backend.weight());
                    item.set("blocks", blocks(backend.blocks(), set, caller));
                }
                root.set("envoy", routed.envoy());
            }
        }
        return root;
    }

    private static ArrayNode blocks(
            List<Explanation.Decided> blocks, DocumentSet set, Caller caller) {
        ArrayNode array = Json.object().putArray("blocks");
        for (Explanation.Decided decided : blocks) {
            ObjectNode item = array.addObject().put("block", decided.block());
            item.set("from", value(decided.source(), set, caller));
            ArrayNode beats = item.putArray("beats");
            decided.beaten().forEach(one -> beats.add(value(one, set, caller)));
        }
        return array;
    }
}
