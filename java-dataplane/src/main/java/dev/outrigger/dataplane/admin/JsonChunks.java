// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import com.google.gson.JsonElement;
import dev.outrigger.dataplane.telemetry.ChunkedText;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A JSON text as Envoy's admin paths write it whose elements are made one after the other while it
 * is written. Build it once, then write it once.
 */
final class JsonChunks implements ChunkedText {
    private final ArrayDeque<Step> steps = new ArrayDeque<>();

    /**
     * @param before what comes first, as it is
     * @param value then this, if any
     */
    private record Step(String before, Optional<Supplier<JsonElement>> value, int depth) {}

    /** What puts the text together. */
    static final class Printer {
        private final JsonChunks chunks = new JsonChunks();
        private int depth;
        private boolean first = true;

        void beginObject() {
            separate("{");
            open();
        }

        void beginArray(String field) {
            separate(AdminJson.quote(field) + ": [");
            open();
        }

        void field(String name, Supplier<JsonElement> value) {
            separate(AdminJson.quote(name) + ": ", value);
        }

        void element(Supplier<JsonElement> value) {
            separate("", value);
        }

        void endObject() {
            close("}");
        }

        void endArray() {
            close("]");
        }

        /** The text, with a line end. */
        JsonChunks finish() {
            literal("\n");
            return chunks;
        }

        private void open() {
            depth++;
            first = true;
        }

        private void close(String bracket) {
            depth--;
            literal("\n" + " ".repeat(depth) + bracket);
            first = false;
        }

        private void separate(String text) {
            literal(separator() + text);
        }

        private void separate(String text, Supplier<JsonElement> value) {
            chunks.steps.add(new Step(separator() + text, Optional.of(value), depth));
        }

        private String separator() {
            String comma = first ? "" : ",";
            first = false;
            return depth == 0 ? comma : comma + "\n" + " ".repeat(depth);
        }

        private void literal(String text) {
            chunks.steps.add(new Step(text, Optional.empty(), depth));
        }
    }

    @Override
    public boolean appendTo(StringBuilder out) {
        int enough = out.length() + CHUNK_CHARS;
        while (!steps.isEmpty() && out.length() < enough) {
            Step step = steps.remove();
            out.append(step.before);
            if (step.value.isPresent()) {
                String text = AdminJson.text(step.value.get().get());
                out.append(text.replace("\n", "\n" + " ".repeat(step.depth)));
            }
        }
        return !steps.isEmpty();
    }
}
