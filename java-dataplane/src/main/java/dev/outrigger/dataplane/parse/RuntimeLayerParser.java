// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.outrigger.dataplane.config.RuntimeValue;
import dev.outrigger.dataplane.runtime.RuntimeText;
import dev.outrigger.dataplane.telemetry.NumberText;
import io.envoyproxy.envoy.service.runtime.v3.Runtime;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A {@code static_layer} to dotted keys: nested maps are joined unless they are a percentage. */
public final class RuntimeLayerParser {
    static final SupportedFields RUNTIME =
            SupportedFields.of(Runtime.class).obeyed("name", "layer");

    private final String path;
    private final Findings findings;
    private final Map<String, RuntimeValue> values = new LinkedHashMap<>();

    private RuntimeLayerParser(String path, Findings findings) {
        this.path = path;
        this.findings = findings;
    }

    /** A layer that comes over RTDS. */
    public static Parsed<Map<String, RuntimeValue>> resource(Runtime proto, ParseContext context) {
        var findings = new Findings(context);
        findings.checkResource(proto, RUNTIME);
        return findings.result(() -> parse(proto.getLayer(), "layer", findings));
    }

    static Map<String, RuntimeValue> parse(Struct layer, String path, Findings findings) {
        var parser = new RuntimeLayerParser(path, findings);
        layer.getFieldsMap().forEach(parser::value);
        return parser.values;
    }

    private void value(String key, Value value) {
        switch (value.getKindCase()) {
            case STRING_VALUE -> values.put(key, RuntimeText.string(value.getStringValue()));
            case NUMBER_VALUE ->
                    values.put(
                            key,
                            RuntimeValue.number(
                                    value.getNumberValue(),
                                    NumberText.sixDigits(value.getNumberValue())));
            case BOOL_VALUE ->
                    values.put(
                            key,
                            RuntimeValue.bool(
                                    value.getBoolValue(), String.valueOf(value.getBoolValue())));
            case STRUCT_VALUE -> struct(key, value.getStructValue());
            case NULL_VALUE, LIST_VALUE, KIND_NOT_SET ->
                    findings.invalid(path, key, "Invalid runtime entry value for " + key);
        }
    }

    private void struct(String key, Struct struct) {
        if (struct.getFieldsCount() > 0
                && !struct.containsFields("numerator")
                && !struct.containsFields("denominator")) {
            struct.getFieldsMap().forEach((name, value) -> value(key + "." + name, value));
            return;
        }
        values.put(
                key,
                RuntimeText.percent(
                        struct.getFieldsMap(),
                        value ->
                                value.hasNumberValue()
                                        ? Optional.of(value.getNumberValue())
                                        : Optional.empty(),
                        value ->
                                value.hasStringValue()
                                        ? Optional.of(value.getStringValue())
                                        : Optional.empty(),
                        StructText.of(struct)));
    }
}
