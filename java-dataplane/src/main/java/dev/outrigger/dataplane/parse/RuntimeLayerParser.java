// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.outrigger.dataplane.config.FractionalPercent;
import dev.outrigger.dataplane.config.RuntimeValue;
import dev.outrigger.dataplane.runtime.RuntimeText;
import io.envoyproxy.envoy.service.runtime.v3.Runtime;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

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
            case STRING_VALUE -> values.put(key, RuntimeText.parse(value.getStringValue()));
            case NUMBER_VALUE ->
                    values.put(
                            key,
                            RuntimeValue.number(
                                    value.getNumberValue(), text(value.getNumberValue())));
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

    /** As C prints it with {@code %g}: six digits, an exponent where that is shorter. */
    private static String text(double number) {
        if (number == 0) {
            return "0";
        }
        BigDecimal rounded = new BigDecimal(number, new MathContext(6));
        int exponent = rounded.precision() - rounded.scale() - 1;
        if (exponent >= -4 && exponent < 6) {
            return rounded.stripTrailingZeros().toPlainString();
        }
        BigDecimal mantissa = rounded.scaleByPowerOfTen(-exponent).stripTrailingZeros();
        return mantissa.toPlainString() + String.format(Locale.ROOT, "e%+03d", exponent);
    }

    private void struct(String key, Struct struct) {
        if (struct.getFieldsCount() > 0
                && !struct.containsFields("numerator")
                && !struct.containsFields("denominator")) {
            struct.getFieldsMap().forEach((name, value) -> value(key + "." + name, value));
            return;
        }
        String text = struct.toString();
        if (struct.getFieldsCount() == 0) {
            values.put(key, RuntimeValue.text(text));
            return;
        }
        int denominator =
                switch (struct.getFieldsOrDefault("denominator", Value.getDefaultInstance())
                        .getStringValue()) {
                    case "TEN_THOUSAND" -> 10_000;
                    case "MILLION" -> 1_000_000;
                    default -> 100;
                };
        long numerator =
                (long)
                        struct.getFieldsOrDefault("numerator", Value.getDefaultInstance())
                                .getNumberValue();
        values.put(
                key,
                RuntimeValue.percent(
                        new FractionalPercent(Math.max(0, numerator), denominator), text));
    }
}
