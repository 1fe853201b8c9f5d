// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.Struct;
import com.google.protobuf.TextFormat;
import com.google.protobuf.Value;
import dev.outrigger.dataplane.telemetry.NumberText;
import java.util.TreeMap;

/**
 * A struct in protobuf's text format as Envoy's library prints it for people: under a line that
 * nobody should rely on, and with numbers in another form than Java's.
 */
final class StructText {
    /** Which of some words and how many spaces differs from one process to the next. */
    private static final String MARK = "goo.gle/debugproto  \n";

    private final StringBuilder out = new StringBuilder(MARK);
    private int depth;

    private StructText() {}

    static String of(Struct struct) {
        var text = new StructText();
        text.struct(struct);
        return text.out.toString();
    }

    private void line(String text) {
        out.append("  ".repeat(depth)).append(text).append('\n');
    }

    private void open(String name) {
        line(name + " {");
        depth++;
    }

    private void close() {
        depth--;
        line("}");
    }

    private void struct(Struct struct) {
        new TreeMap<>(struct.getFieldsMap())
                .forEach((key, value) -> {
                    open("fields");
                    line("key: " + quoted(key));
                    open("value");
                    value(value);
                    close();
                    close();
                });
    }

    private void value(Value value) {
        switch (value.getKindCase()) {
            case NULL_VALUE -> line("null_value: NULL_VALUE");
            case NUMBER_VALUE -> line("number_value: " + NumberText.exact(value.getNumberValue()));
            case STRING_VALUE -> line("string_value: " + quoted(value.getStringValue()));
            case BOOL_VALUE -> line("bool_value: " + value.getBoolValue());
            case STRUCT_VALUE -> {
                open("struct_value");
                struct(value.getStructValue());
                close();
            }
            case LIST_VALUE -> {
                open("list_value");
                for (Value element : value.getListValue().getValuesList()) {
                    open("values");
                    value(element);
                    close();
                }
                close();
            }
            case KIND_NOT_SET -> {}
        }
    }

    private static String quoted(String text) {
        return '"' + TextFormat.escapeBytes(text.getBytes(UTF_8)) + '"';
    }
}
