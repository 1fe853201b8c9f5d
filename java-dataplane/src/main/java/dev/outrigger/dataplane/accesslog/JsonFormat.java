// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

import dev.outrigger.dataplane.config.JsonTemplate;
import dev.outrigger.dataplane.message.WireText;
import dev.outrigger.dataplane.telemetry.JsonText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A JSON structure whose strings are formats (AL2). A string that is one operator alone keeps the
 * operator's type: a number stays one, a missing value is {@code null}. Immutable.
 */
public final class JsonFormat implements LogFormat {
    private final Node root;
    private final boolean lineEnd;

    private JsonFormat(Node root, boolean lineEnd) {
        this.root = root;
        this.lineEnd = lineEnd;
    }

    /**
     * @param omitEmpty leaves out fields without a value
     * @param lineEnd whether a line feed follows
     */
    static JsonFormat of(JsonTemplate template, boolean omitEmpty, boolean lineEnd) {
        return new JsonFormat(node(template, omitEmpty), lineEnd);
    }

    @Override
    public void append(StringBuilder out, FormatContext context) {
        root.append(out, context);
        if (lineEnd) {
            out.append('\n');
        }
    }

    private sealed interface Node {
        /** Whether anything was appended. */
        boolean append(StringBuilder out, FormatContext context);
    }

    private static Node node(JsonTemplate template, boolean omitEmpty) {
        return switch (template) {
            case JsonTemplate.Fields(var fields) -> {
                var names = new ArrayList<String>();
                var values = new ArrayList<Node>();
                for (Map.Entry<String, JsonTemplate> each : fields.entrySet()) {
                    names.add(WireText.of(JsonText.quote(each.getKey())));
                    values.add(node(each.getValue(), omitEmpty));
                }
                yield new Fields(names, values);
            }
            case JsonTemplate.Items(var items) ->
                    new Items(items.stream().map(each -> node(each, omitEmpty)).toList());
            case JsonTemplate.Format(String text) -> {
                FormatString format = FormatString.parse(text, !omitEmpty);
                Operator single = format.single();
                yield single == null || single instanceof Operator.Literal
                        ? new Text(format)
                        : new Value(single, omitEmpty);
            }
            case JsonTemplate.Literal(String json) -> new Literal(json);
        };
    }

    private record Fields(List<String> names, List<Node> values) implements Node {
        @Override
        public boolean append(StringBuilder out, FormatContext context) {
            out.append('{');
            boolean first = true;
            for (int i = 0; i < names.size(); i++) {
                int before = out.length();
                if (!first) {
                    out.append(',');
                }
                out.append(names.get(i)).append(':');
                if (values.get(i).append(out, context)) {
                    first = false;
                } else {
                    out.setLength(before);
                }
            }
            out.append('}');
            return true;
        }
    }

    private record Items(List<Node> items) implements Node {
        @Override
        public boolean append(StringBuilder out, FormatContext context) {
            out.append('[');
            boolean first = true;
            for (Node item : items) {
                int before = out.length();
                if (!first) {
                    out.append(',');
                }
                if (item.append(out, context)) {
                    first = false;
                } else {
                    out.setLength(before);
                }
            }
            out.append(']');
            return true;
        }
    }

    private record Literal(String json) implements Node {
        @Override
        public boolean append(StringBuilder out, FormatContext context) {
            out.append(json);
            return true;
        }
    }

    private record Text(FormatString format) implements Node {
        @Override
        public boolean append(StringBuilder out, FormatContext context) {
            format.appendJson(out, context);
            return true;
        }
    }

    private record Value(Operator operator, boolean omitEmpty) implements Node {
        @Override
        public boolean append(StringBuilder out, FormatContext context) {
            if (operator.isMissing(context)) {
                if (omitEmpty) {
                    return false;
                }
                out.append("null");
                return true;
            }
            operator.appendJson(out, context);
            return true;
        }
    }
}
