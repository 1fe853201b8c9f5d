// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.document;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.outrigger.policy.document.DocumentTree.Entry;
import dev.outrigger.policy.document.DocumentTree.ListTree;
import dev.outrigger.policy.document.DocumentTree.MapTree;
import dev.outrigger.policy.document.DocumentTree.ScalarTree;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;

/** Writes a tree as compact JSON. */
public final class TreeJson {
    private static final JsonFactory FACTORY = new JsonFactory();

    private TreeJson() {}

    /** Fields in the author's order. */
    public static String write(DocumentTree tree) {
        return write(tree, false);
    }

    /** Fields sorted: equal for documents that differ only in order, spacing and notation. */
    public static String canonical(DocumentTree tree) {
        return write(tree, true);
    }

    private static String write(DocumentTree tree, boolean sorted) {
        var out = new StringWriter();
        try (JsonGenerator generator = FACTORY.createGenerator(out)) {
            write(tree, sorted, generator);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString();
    }

    private static void write(DocumentTree tree, boolean sorted, JsonGenerator out)
            throws IOException {
        switch (tree) {
            case MapTree(_, var entries) -> {
                out.writeStartObject();
                for (Entry entry : sorted ? sorted(entries) : entries) {
                    out.writeFieldName(entry.key());
                    write(entry.value(), sorted, out);
                }
                out.writeEndObject();
            }
            case ListTree(_, var items) -> {
                out.writeStartArray();
                for (DocumentTree item : items) {
                    write(item, sorted, out);
                }
                out.writeEndArray();
            }
            case ScalarTree(_, var type, var text) -> {
                switch (type) {
                    case STRING -> out.writeString(text);
                    case INTEGER, DECIMAL -> out.writeNumber(text);
                    case BOOLEAN -> out.writeBoolean(Boolean.parseBoolean(text));
                    case NULL -> out.writeNull();
                }
            }
        }
    }

    private static List<Entry> sorted(List<Entry> entries) {
        return entries.stream().sorted(Comparator.comparing(Entry::key)).toList();
    }
}
