// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.importing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.policy.document.Checked;
import dev.outrigger.policy.document.DocumentLimits;
import dev.outrigger.policy.document.DocumentReader;
import dev.outrigger.policy.document.DocumentReader.Format;
import dev.outrigger.policy.document.FieldPath;
import dev.outrigger.policy.document.Position;
import dev.outrigger.policy.document.TreeJson;
import dev.outrigger.policy.document.Violation;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.document.Violations;
import dev.outrigger.policy.kind.xdsresources.XdsResourcesKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes the listeners and clusters of a static Envoy configuration a document of raw resources, as
 * they stand, and says what is left out. What the document lacks stays in the proxy's bootstrap;
 * whether Envoy's schema knows its fields is for others to check. Used once, by one thread.
 */
public final class EnvoyImport {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TYPES = "type.googleapis.com/envoy.config.";

    /** Why each field of a bootstrap is no resource; whatever else there is stays as well. */
    private static final Map<String, String> STAYS =
            Map.of(
                    "node",
                    "says who the proxy is: 'outrigger bootstrap' writes it",
                    "admin",
                    "is the proxy's own socket: it stays in the bootstrap",
                    "dynamic_resources",
                    "leads to another control plane, whose place this one takes",
                    "layered_runtime",
                    "stays in the bootstrap");

    private final Request request;
    private final ArrayNode resources = JSON.createArrayNode();
    private final List<Note> notes = new ArrayList<>();

    private EnvoyImport(Request request) {
        this.request = request;
    }

    /**
     * What is to come of it.
     *
     * @param cluster of the nodes that the document is for; empty for that of the configuration
     */
    public record Request(String name, String namespace, Optional<String> cluster) {}

    /**
     * @param document as JSON
     * @param notes what is left out, or is to be looked at
     */
    public record Imported(ObjectNode document, List<Note> notes) {
        public Imported {
            notes = List.copyOf(notes);
        }
    }

    /**
     * Something about the configuration that its owner should know.
     *
     * @param path where it stands
     */
    public record Note(FieldPath path, String text) {}

    /**
     * Reads a configuration as YAML or JSON.
     *
     * @return the document, or why the text cannot be read
     */
    public static Checked<Imported> read(String text, Request request) {
        var violations = new Violations();
        var documents =
                new DocumentReader(DocumentLimits.DEFAULT).read(text, Format.YAML, violations);
        if (documents.size() != 1 && violations.isEmpty()) {
            violations.add(
                    new Violation(
                            ViolationCode.SYNTAX,
                            0,
                            FieldPath.ROOT.pointer(),
                            Position.UNKNOWN,
                            "Has " + documents.size() + " documents (expected: one)."));
        }
        if (!violations.isEmpty()) {
            return new Checked.Invalid<>(violations.list());
        }
        var root = tree(TreeJson.write(documents.getFirst().root()));
        return new Checked.Valid<>(new EnvoyImport(request).read(root));
    }

    private static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("our own JSON", e);
        }
    }

    private Imported read(JsonNode root) {
        for (var field : root.properties()) {
            var name = snake(field.getKey());
            if (!name.equals("static_resources")) {
                note(
                        FieldPath.of(field.getKey()),
                        STAYS.getOrDefault(name, "stays in the bootstrap"));
            }
        }
        var sources = new HashSet<String>();
        clusterNames(child(root, "dynamic_resources"), sources);
        var statics = child(root, "static_resources");
        var path =
                FieldPath.of(root.has("staticResources") ? "staticResources" : "static_resources");
        all(child(statics, "listeners"), path.child("listeners"), "listener", Set.of());
        all(child(statics, "clusters"), path.child("clusters"), "cluster", sources);
        if (!child(statics, "secrets").isMissingNode()) {
            note(
                    path.child("secrets"),
                    "stay in the bootstrap, where they are looked for, and out of the store");
        }
        if (resources.isEmpty()) {
            note(path, "has neither listeners nor clusters: the document would be empty");
        }
        return new Imported(document(root), notes);
    }

    private void all(JsonNode list, FieldPath path, String kind, Set<String> sources) {
        for (int i = 0; i < list.size(); i++) {
            if (list.get(i) instanceof ObjectNode item) {
                one(item, path.child(i), kind, sources);
            } else {
                note(path.child(i), "is no " + kind);
            }
        }
    }

    private void one(ObjectNode item, FieldPath path, String kind, Set<String> sources) {
        var name = item.path("name").asText("");
        if (sources.contains(name)) {
            note(path, "leads to another control plane, whose place this one takes");
            return;
        }
        if (name.isEmpty()) {
            name = "imported-" + kind + "-" + path.tokens().getLast();
            note(path, "has no name and is called '" + name + "'");
        }
        var resource = JSON.createObjectNode();
        resource.put(
                "@type",
                TYPES + kind + ".v3." + (kind.equals("listener") ? "Listener" : "Cluster"));
        resource.put("name", name);
        item.properties().forEach(field -> resource.putIfAbsent(field.getKey(), field.getValue()));
        resources.add(resource);
        inspect(item, path);
    }

    /** What of a resource does not mean the same once it is sent, or should not be stored. */
    private void inspect(JsonNode node, FieldPath path) {
        if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                inspect(node.get(i), path.child(i));
            }
            return;
        }
        for (var field : node.properties()) {
            var at = path.child(field.getKey());
            switch (snake(field.getKey())) {
                case "private_key" -> {
                    if (!child(field.getValue(), "inline_string").isMissingNode()
                            || !child(field.getValue(), "inline_bytes").isMissingNode()) {
                        note(at, "holds a private key, which would be stored: name a file instead");
                    }
                }
                case "ads" ->
                        note(
                                at,
                                "asks this control plane for what another one supplied: write it"
                                        + " into the document, or as policies");
                case "api_config_source" ->
                        note(at, "goes on asking another control plane; its cluster must be there");
                default -> inspect(field.getValue(), at);
            }
        }
    }

    /** The clusters that a message names, however deep. */
    private static void clusterNames(JsonNode node, Set<String> names) {
        for (var field : node.properties()) {
            if (snake(field.getKey()).equals("cluster_name") && field.getValue().isTextual()) {
                names.add(field.getValue().asText());
            } else if (snake(field.getKey()).equals("cluster_names")) {
                field.getValue().forEach(name -> names.add(name.asText()));
            }
            clusterNames(field.getValue(), names);
        }
        if (node.isArray()) {
            node.forEach(item -> clusterNames(item, names));
        }
    }

    private ObjectNode document(JsonNode root) {
        var document = JSON.createObjectNode();
        document.put("apiVersion", "outrigger.dev/v1alpha1").put("kind", XdsResourcesKind.KIND);
        var metadata = document.putObject("metadata").put("name", request.name());
        if (!request.namespace().isEmpty()) {
            metadata.put("namespace", request.namespace());
        }
        var spec = document.putObject("spec");
        var cluster =
                request.cluster()
                        .or(() ->
                                Optional.of(root.path("node").path("cluster").asText(""))
                                        .filter(text -> !text.isEmpty()));
        spec.putObject("selector").put("cluster", cluster.orElse(request.name()));
        if (cluster.isEmpty()) {
            note(
                    FieldPath.of("node"),
                    "has no 'cluster': the document is for nodes of the cluster '"
                            + request.name()
                            + "'");
        }
        spec.set("resources", resources);
        return document;
    }

    private void note(FieldPath path, String text) {
        notes.add(new Note(path, text));
    }

    /** A field in either of the two notations proto3 JSON has; missing where there is none. */
    private static JsonNode child(JsonNode node, String name) {
        return node.has(name) ? node.path(name) : node.path(camel(name));
    }

    private static String camel(String snake) {
        var text = new StringBuilder();
        for (int i = 0; i < snake.length(); i++) {
            char c = snake.charAt(i);
            boolean starts = i > 0 && snake.charAt(i - 1) == '_';
            if (c != '_') {
                text.append(starts ? Character.toUpperCase(c) : c);
            }
        }
        return text.toString();
    }

    private static String snake(String name) {
        var text = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (Character.isUpperCase(c)) {
                text.append('_').append(Character.toLowerCase(c));
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }
}
