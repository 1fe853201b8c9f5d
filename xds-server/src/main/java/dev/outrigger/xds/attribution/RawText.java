// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.attribution;

import dev.outrigger.policy.document.DocumentLimits;
import dev.outrigger.policy.document.DocumentReader;
import dev.outrigger.policy.document.DocumentTree;
import dev.outrigger.policy.document.DocumentTree.ListTree;
import dev.outrigger.policy.document.DocumentTree.MapTree;
import dev.outrigger.policy.document.DocumentTree.ScalarTree;
import dev.outrigger.policy.document.Violations;
import dev.outrigger.policy.kind.xdsresources.XdsResourcesSpec.RawResource;
import dev.outrigger.xds.resource.ResourceType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** A raw resource as its author wrote it. Immutable. */
final class RawText {
    private final String typeUrl;
    private final Optional<DocumentTree> root;

    private RawText(String typeUrl, Optional<DocumentTree> root) {
        this.typeUrl = typeUrl;
        this.root = root;
    }

    static RawText of(RawResource resource) {
        var read =
                new DocumentReader(DocumentLimits.DEFAULT)
                        .read(resource.json(), DocumentReader.Format.JSON, new Violations());
        return new RawText(
                resource.typeUrl(), read.stream().findFirst().map(document -> document.root()));
    }

    boolean isOneOf(ResourceType type, Collection<String> names) {
        return typeUrl.equals(type.typeUrl())
                && root.flatMap(RawText::name).filter(names::contains).isPresent();
    }

    /** The longest way down that the error describes and that exists, in the author's spelling. */
    List<String> deepest(ErrorText error) {
        var simpleName = typeUrl.substring(typeUrl.lastIndexOf('.') + 1);
        List<String> deepest = List.of();
        for (List<ErrorText.Step> path : error.paths(simpleName)) {
            var found = root.map(tree -> walk(tree, path)).orElse(List.of());
            if (found.size() > deepest.size()) {
                deepest = found;
            }
        }
        return deepest;
    }

    private static Optional<String> name(DocumentTree root) {
        return field(root, "name")
                .or(() -> field(root, "cluster_name"))
                .map(MapTreeEntry::value)
                .filter(ScalarTree.class::isInstance)
                .map(value -> ((ScalarTree) value).text());
    }

    private static List<String> walk(DocumentTree root, List<ErrorText.Step> path) {
        var steps = new ArrayList<String>();
        DocumentTree at = root;
        for (ErrorText.Step step : path) {
            var entry = field(at, step.field());
            if (entry.isEmpty()) {
                break; // What is missing is at fault where it should be.
            }
            steps.add(entry.get().key());
            at = entry.get().value();
            if (!step.index().isEmpty()) {
                var item = item(at, step.index());
                if (item.isEmpty()) {
                    break;
                }
                steps.add(step.index());
                at = item.get();
            }
        }
        return steps;
    }

    private static Optional<MapTreeEntry> field(DocumentTree tree, String name) {
        if (!(tree instanceof MapTree map)) {
            return Optional.empty();
        }
        var letters = ErrorText.lettersOf(name);
        return map.entries().stream()
                .filter(entry -> ErrorText.lettersOf(entry.key()).equals(letters))
                .findFirst()
                .map(entry -> new MapTreeEntry(entry.key(), entry.value()));
    }

    private static Optional<DocumentTree> item(DocumentTree tree, String index) {
        return switch (tree) {
            case ListTree(_, var items)
                    when index.matches("[0-9]{1,6}") && Integer.parseInt(index) < items.size() ->
                    Optional.of(items.get(Integer.parseInt(index)));
            case MapTree map -> map.find(index).map(DocumentTree.Entry::value);
            case ListTree _, ScalarTree _ -> Optional.empty();
        };
    }

    private record MapTreeEntry(String key, DocumentTree value) {}
}
