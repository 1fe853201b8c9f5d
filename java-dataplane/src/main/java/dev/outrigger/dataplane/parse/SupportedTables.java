// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.outrigger.dataplane.parse.FieldSupport.Content;
import dev.outrigger.dataplane.parse.FieldSupport.Effect;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** All tables of supported fields, joined: what {@code docs/supported.md} says. */
public final class SupportedTables {
    /** Where reading begins; the rest is reached from here. */
    private static final List<SupportedFields> ROOTS =
            List.of(
                    BootstrapFields.BOOTSTRAP,
                    ListenerParser.LISTENER,
                    RouteParser.ROUTE_CONFIGURATION,
                    ClusterFields.CLUSTER,
                    EndpointParser.ASSIGNMENT,
                    SecretParser.SECRET,
                    ScopedRoutesParser.SCOPE,
                    RouteParser.VIRTUAL_HOST,
                    ExtensionConfigParser.extension(),
                    RuntimeLayerParser.RUNTIME);

    private SupportedTables() {}

    /** Every message an {@code Any} may hold somewhere. */
    public static List<Descriptor> extensionTypes() {
        var types = new LinkedHashSet<Descriptor>();
        for (SupportedFields table : all()) {
            for (FieldSupport field : table.fields()) {
                if (field.content() instanceof Content.Extension(var known, boolean _)) {
                    known.forEach(t -> types.add(t.get().message()));
                }
            }
        }
        types.addAll(TypedStructs.types());
        return List.copyOf(types);
    }

    /** The message of this full name that an {@code Any} may hold somewhere. */
    public static Optional<Descriptor> extensionType(String fullName) {
        if (TypedStructs.isOne(fullName)) {
            return TypedStructs.types().stream()
                    .filter(type -> type.getFullName().equals(fullName))
                    .findFirst();
        }
        for (SupportedFields table : all()) {
            for (FieldSupport field : table.fields()) {
                if (field.content() instanceof Content.Extension(var known, boolean _)) {
                    for (var type : known) {
                        if (type.get().typeName().equals(fullName)) {
                            return Optional.of(type.get().message());
                        }
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** The page for readers, as Markdown. */
    public static String markdown() {
        var out =
                new StringBuilder(
                        """
                        # Supported fields of the Envoy API

                        Written from the parsers' own tables; `SupportedTablesTest` fails when this \
                        page is stale and says how to write it again. A field that is set and not \
                        listed as supported is refused with its path, in the bootstrap and over \
                        xDS. *No effect* means accepted because its value could not be observed \
                        here. A `TypedStruct` is read in the place of the message that it names, \
                        but not where a cluster says of what type it is, who makes request ids, \
                        what a matcher looks at, or where health check events go: neither does \
                        Envoy.

                        """);
        List<SupportedFields> tables = new ArrayList<>(all());
        tables.sort(
                Comparator.comparing(SupportedFields::typeName)
                        .thenComparing(SupportedFields::place));
        for (SupportedFields table : tables) {
            page(table, out);
        }
        return out.toString();
    }

    private static void page(SupportedFields table, StringBuilder out) {
        out.append("## ").append(table.typeName());
        if (!table.place().isEmpty()) {
            out.append(" (").append(table.place()).append(')');
        }
        out.append("\n\n");
        List<String> missing = new ArrayList<>();
        List<FieldDescriptor> fields = table.message().getFields();
        if (!table.fields().isEmpty()) {
            out.append("| field | support | note |\n|---|---|---|\n");
        }
        for (FieldDescriptor field : fields) {
            Optional<FieldSupport> support = table.find(field);
            if (support.isEmpty()) {
                missing.add("`" + field.getName() + "`");
                continue;
            }
            out.append("| `")
                    .append(field.getName())
                    .append("` | ")
                    .append(support.get().effect() == Effect.OBEYED ? "yes" : "no effect")
                    .append(" | ")
                    .append(note(support.get()))
                    .append(" |\n");
        }
        if (!table.fields().isEmpty()) {
            out.append('\n');
        }
        if (!missing.isEmpty()) {
            out.append("Refused when set: ").append(String.join(", ", missing)).append(".\n\n");
        } else if (fields.isEmpty()) {
            out.append("Has no fields.\n\n");
        }
    }

    private static String note(FieldSupport support) {
        String types =
                support.content() instanceof Content.Extension(var known, boolean _)
                        ? String.join(
                                ", ",
                                known.stream().map(t -> "`" + t.get().typeName() + "`").toList())
                        : "";
        if (support.content() instanceof Content.Only) {
            return support.note().startsWith("only ") ? support.note() : "only " + support.note();
        }
        return types.isEmpty() || support.note().isEmpty()
                ? types + support.note()
                : types + "; " + support.note();
    }

    static Set<SupportedFields> all() {
        return All.TABLES;
    }

    /** Found once: the tables do not change. */
    private static final class All {
        private static final Set<SupportedFields> TABLES = collect();

        private static Set<SupportedFields> collect() {
            var found = new LinkedHashSet<SupportedFields>();
            ROOTS.forEach(root -> SupportedTables.collect(root, found));
            return Collections.unmodifiableSet(found);
        }
    }

    private static void collect(SupportedFields table, Set<SupportedFields> found) {
        if (!found.add(table)) {
            return;
        }
        for (FieldSupport field : table.fields()) {
            switch (field.content()) {
                case Content.Nested(var nested) -> collect(nested.get(), found);
                case Content.Extension(var types, boolean _) ->
                        types.forEach(type -> collect(type.get(), found));
                case Content.Whole _, Content.Only _ -> {}
            }
        }
    }
}
