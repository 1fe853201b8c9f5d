// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.check;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.DocumentTree;
import dev.outrigger.policy.document.DocumentTree.Entry;
import dev.outrigger.policy.document.DocumentTree.MapTree;
import dev.outrigger.policy.document.NearestName;
import dev.outrigger.policy.document.PolicyDocument;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.document.TreeJson;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.document.Violations;
import dev.outrigger.policy.kind.field.Names;
import dev.outrigger.policy.model.Metadata;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicyKind;
import dev.outrigger.policy.model.PolicySpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads what every document has: {@code apiVersion}, {@code kind}, {@code metadata} and {@code
 * spec}, and hands the spec to its kind.
 */
final class EnvelopeReader {
    static final String API_VERSION = "outrigger.dev/v1alpha1";

    private static final List<String> FIELDS = List.of("apiVersion", "kind", "metadata", "spec");
    private static final List<String> METADATA_FIELDS =
            List.of("name", "namespace", "labels", "annotations", "generation");

    /** Kubernetes' label keys: an optional DNS prefix and a name of at most 63 characters. */
    private static final Pattern LABEL_KEY =
            Pattern.compile(
                    "(?:[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?/)?"
                            + "[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");

    private static final Pattern LABEL_VALUE =
            Pattern.compile("(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?");
    private static final int MAX_ANNOTATION_CHARS = 16 << 10;

    private final Map<String, PolicyKind<?>> kinds = new LinkedHashMap<>();

    EnvelopeReader(List<PolicyKind<?>> kinds) {
        kinds.forEach(kind -> this.kinds.put(kind.kind(), kind));
    }

    Optional<SubmittedDocument> read(PolicyDocument document, Violations violations) {
        DocumentNode root = document.node(violations);
        if (!root.objectOf(FIELDS)) {
            return Optional.empty();
        }
        readApiVersion(root.field("apiVersion").required());
        var kind = readKind(root.field("kind").required());
        Head head = readMetadata(root.field("metadata").required());
        DocumentNode spec = root.field("spec").required();
        if (kind.isEmpty()) {
            return Optional.empty();
        }
        // A bad name must not hide what is wrong with the spec.
        var id =
                new PolicyId(
                        kind.get().kind(),
                        head.namespace().orElse(PolicyId.DEFAULT_NAMESPACE),
                        head.name().orElse("x"));
        return readSpec(kind.get(), spec, id, head.rest())
                .filter(_ -> violationsNone(document, violations))
                .map(policy ->
                        new SubmittedDocument(
                                policy, document, authored(document.root()), head.generation()));
    }

    /** What {@code metadata} says. */
    record Head(
            Optional<String> name,
            Optional<String> namespace,
            Metadata rest,
            Optional<Long> generation) {}

    static Head readMetadata(DocumentNode metadata) {
        boolean isObject = metadata.objectOf(METADATA_FIELDS);
        return new Head(
                isObject ? Names.label(metadata.field("name").required()) : Optional.of("x"),
                Names.label(metadata.field("namespace")),
                new Metadata(
                        readLabels(metadata.field("labels")),
                        readAnnotations(metadata.field("annotations"))),
                metadata.field("generation").longIn(0, Long.MAX_VALUE));
    }

    private static boolean violationsNone(PolicyDocument document, Violations violations) {
        return violations.list().stream().noneMatch(v -> v.document() == document.index());
    }

    private static <S extends PolicySpec> Optional<Policy<?>> readSpec(
            PolicyKind<S> kind, DocumentNode spec, PolicyId id, Metadata metadata) {
        if (!spec.isPresent()) {
            return Optional.empty();
        }
        return kind.read(spec, id).map(value -> new Policy<>(id, metadata, value, 0));
    }

    private static void readApiVersion(DocumentNode node) {
        var version = node.string(256);
        if (version.isPresent() && !version.get().equals(API_VERSION)) {
            node.violate(
                    ViolationCode.BAD_VALUE,
                    Quoted.of(version.get()) + " is not known (expected: " + API_VERSION + ").");
        }
    }

    private Optional<PolicyKind<?>> readKind(DocumentNode node) {
        var text = node.string(256);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        PolicyKind<?> kind = kinds.get(text.get());
        if (kind == null) {
            node.violate(
                    ViolationCode.BAD_VALUE,
                    "Kind "
                            + Quoted.of(text.get())
                            + " is not known (expected: "
                            + String.join(", ", kinds.keySet())
                            + ")."
                            + NearestName.hint(text.get(), kinds.keySet()));
        }
        return Optional.ofNullable(kind);
    }

    private static Map<String, String> readLabels(DocumentNode node) {
        var labels = new LinkedHashMap<String, String>();
        for (DocumentNode.Field label : node.fields(64)) {
            checkKey(label);
            var value = label.value().string(4_096);
            if (value.isPresent() && !LABEL_VALUE.matcher(value.get()).matches()) {
                label.value()
                        .violate(
                                ViolationCode.BAD_VALUE,
                                Quoted.of(value.get())
                                        + " is not a label's value (expected: at most 63 letters,"
                                        + " digits, '-', '_' and '.').");
            }
            value.ifPresent(text -> labels.put(label.name(), text));
        }
        return labels;
    }

    private static Map<String, String> readAnnotations(DocumentNode node) {
        var annotations = new LinkedHashMap<String, String>();
        for (DocumentNode.Field annotation : node.fields(64)) {
            checkKey(annotation);
            annotation
                    .value()
                    .string(MAX_ANNOTATION_CHARS)
                    .ifPresent(text -> annotations.put(annotation.name(), text));
        }
        return annotations;
    }

    private static void checkKey(DocumentNode.Field field) {
        if (!LABEL_KEY.matcher(field.name()).matches()) {
            field.key()
                    .violate(
                            ViolationCode.BAD_VALUE,
                            Quoted.of(field.name())
                                    + " is not a key (expected: at most 63 letters, digits, '-',"
                                    + " '_' and '.', with an optional DNS prefix and '/').");
        }
    }

    /** The author's words; the generation is the store's. */
    private static String authored(DocumentTree root) {
        if (!(root instanceof MapTree(var position, var entries))) {
            throw new IllegalArgumentException("root: " + root.describe());
        }
        var kept =
                entries.stream()
                        .map(entry ->
                                entry.key().equals("metadata")
                                                && entry.value() instanceof MapTree map
                                        ? new Entry(
                                                entry.key(),
                                                entry.keyPosition(),
                                                withoutGeneration(map))
                                        : entry)
                        .toList();
        return TreeJson.write(new MapTree(position, kept));
    }

    private static MapTree withoutGeneration(MapTree metadata) {
        return new MapTree(
                metadata.position(),
                metadata.entries().stream()
                        .filter(entry -> !entry.key().equals("generation"))
                        .toList());
    }
}
