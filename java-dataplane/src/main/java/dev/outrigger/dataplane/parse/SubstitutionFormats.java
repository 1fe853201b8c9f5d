// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.outrigger.dataplane.config.JsonTemplate;
import dev.outrigger.dataplane.telemetry.NumberText;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.JsonFormatOptions;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import java.util.ArrayList;
import java.util.TreeMap;

/** {@code SubstitutionFormatString}: texts and JSON structures with command operators. */
@SuppressWarnings("deprecation") // control planes still send the plain text formats
final class SubstitutionFormats {
    private static final SupportedFields TEXT =
            SupportedFields.of(DataSource.class, "text format")
                    .obeyed("inline_string", "inline_bytes");

    private static final SupportedFields JSON_OPTIONS =
            SupportedFields.of(JsonFormatOptions.class)
                    .noEffect("sort_properties", "fields are always in order");

    static final SupportedFields LOG =
            SupportedFields.of(SubstitutionFormatString.class, "access log")
                    .obeyed("text_format", "json_format", "omit_empty_values")
                    .nested("text_format_source", () -> TEXT)
                    .nested("json_format_options", () -> JSON_OPTIONS)
                    .noEffect("content_type", "used by replies, not by logs");

    static final SupportedFields BODY =
            SupportedFields.of(SubstitutionFormatString.class, "local reply")
                    .obeyed("text_format", "json_format", "omit_empty_values", "content_type")
                    .nested("text_format_source", () -> TEXT)
                    .nested("json_format_options", () -> JSON_OPTIONS);

    private SubstitutionFormats() {}

    /** The text of a format that is no JSON. */
    static String text(SubstitutionFormatString proto, String path, Findings findings) {
        if (proto.hasTextFormatSource()) {
            DataSource source = proto.getTextFormatSource();
            String text = string(source);
            FormatStrings.check(text, FieldPaths.join(path, "text_format_source"), findings);
            return text;
        }
        FormatStrings.check(proto.getTextFormat(), FieldPaths.join(path, "text_format"), findings);
        return proto.getTextFormat();
    }

    static String string(DataSource source) {
        return source.hasInlineBytes()
                ? source.getInlineBytes().toStringUtf8()
                : source.getInlineString();
    }

    static JsonTemplate json(Struct struct, String path, Findings findings) {
        var fields = new TreeMap<String, JsonTemplate>();
        struct.getFieldsMap()
                .forEach((name, value) ->
                        fields.put(name, value(value, FieldPaths.key(path, name), findings)));
        return new JsonTemplate.Fields(fields);
    }

    private static JsonTemplate value(Value value, String path, Findings findings) {
        return switch (value.getKindCase()) {
            case STRING_VALUE -> {
                FormatStrings.check(value.getStringValue(), path, findings);
                yield new JsonTemplate.Format(value.getStringValue());
            }
            case STRUCT_VALUE -> json(value.getStructValue(), path, findings);
            case LIST_VALUE -> {
                var items = new ArrayList<JsonTemplate>();
                for (int i = 0; i < value.getListValue().getValuesCount(); i++) {
                    items.add(
                            value(
                                    value.getListValue().getValues(i),
                                    FieldPaths.index(path, i),
                                    findings));
                }
                yield new JsonTemplate.Items(items);
            }
            case NUMBER_VALUE ->
                    new JsonTemplate.Literal(NumberText.shortest(value.getNumberValue()));
            case BOOL_VALUE -> new JsonTemplate.Literal(Boolean.toString(value.getBoolValue()));
            case NULL_VALUE, KIND_NOT_SET -> new JsonTemplate.Literal("null");
        };
    }
}
