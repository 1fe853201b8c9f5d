// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.kind.xdsresources;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.envoyproxy.pgv.validate.Validate.BytesRules;
import io.envoyproxy.pgv.validate.Validate.EnumRules;
import io.envoyproxy.pgv.validate.Validate.FieldRules;
import io.envoyproxy.pgv.validate.Validate.KnownRegex;
import io.envoyproxy.pgv.validate.Validate.RepeatedRules;
import io.envoyproxy.pgv.validate.Validate.StringRules;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.regex.Pattern;

/**
 * The constraints that Envoy's API states beside a field ({@code validate.rules}), on one value. A
 * kind of rule that the API does not use is not known here, and accepts everything. Stateless, any
 * thread.
 */
final class ValueRules {
    /** What the header rules of Envoy's API forbid; none of them is strict. */
    private static final Pattern HEADER = Pattern.compile("[^\\x00\\n\\r]*");

    /** As many as the API has. */
    private static final ConcurrentMap<String, Pattern> PATTERNS = new ConcurrentHashMap<>();

    private ValueRules() {}

    /** What the value should have been; empty if it is as it should be. */
    static Optional<String> broken(FieldRules rules, Object value) {
        return switch (rules.getTypeCase()) {
            case STRING -> string(rules.getString(), (String) unwrapped(value));
            case BYTES -> bytes(rules.getBytes(), (ByteString) unwrapped(value));
            case ENUM -> enumeration(rules.getEnum(), (EnumValueDescriptor) value);
            case BOOL ->
                    unless(
                            !rules.getBool().hasConst()
                                    || unwrapped(value).equals(rules.getBool().getConst()),
                            String.valueOf(rules.getBool().getConst()));
            case DURATION -> range(rules.getDuration(), seconds((Message) value), false, " s");
            case UINT32 -> number(rules.getUint32(), value, true);
            case UINT64 -> number(rules.getUint64(), value, true);
            case FIXED32 -> number(rules.getFixed32(), value, true);
            case FIXED64 -> number(rules.getFixed64(), value, true);
            case INT32 -> number(rules.getInt32(), value, false);
            case INT64 -> number(rules.getInt64(), value, false);
            case SINT32 -> number(rules.getSint32(), value, false);
            case SINT64 -> number(rules.getSint64(), value, false);
            case SFIXED32 -> number(rules.getSfixed32(), value, false);
            case SFIXED64 -> number(rules.getSfixed64(), value, false);
            case FLOAT -> number(rules.getFloat(), value, false);
            case DOUBLE -> number(rules.getDouble(), value, false);
            case REPEATED, MAP, ANY, TIMESTAMP, TYPE_NOT_SET -> Optional.empty();
        };
    }

    /** Likewise of how many items there are, and whether they differ. */
    static Optional<String> broken(RepeatedRules rules, List<?> items) {
        if (rules.hasMinItems() && items.size() < rules.getMinItems()) {
            return Optional.of("at least " + rules.getMinItems() + " item(s)");
        }
        if (rules.hasMaxItems() && items.size() > rules.getMaxItems()) {
            return Optional.of("at most " + rules.getMaxItems() + " item(s)");
        }
        boolean differ = !rules.getUnique() || new HashSet<>(items).size() == items.size();
        return unless(differ, "items that differ");
    }

    private static Optional<String> unless(boolean isGood, String expected) {
        return isGood ? Optional.empty() : Optional.of(expected);
    }

    /** What a wrapper such as {@code UInt32Value} holds. */
    private static Object unwrapped(Object value) {
        return value instanceof Message wrapper
                ? wrapper.getField(wrapper.getDescriptorForType().findFieldByName("value"))
                : value;
    }

    private static Optional<String> string(StringRules rules, String value) {
        if (rules.getIgnoreEmpty() && value.isEmpty()) {
            return Optional.empty();
        }
        int chars = value.codePointCount(0, value.length());
        int bytes = value.getBytes(StandardCharsets.UTF_8).length;
        if (rules.hasMinLen() && chars < rules.getMinLen()) {
            return Optional.of("at least " + rules.getMinLen() + " character(s)");
        }
        if (rules.hasMaxLen() && chars > rules.getMaxLen()) {
            return Optional.of("at most " + rules.getMaxLen() + " character(s)");
        }
        if (rules.hasMinBytes() && bytes < rules.getMinBytes()) {
            return Optional.of("at least " + rules.getMinBytes() + " byte(s)");
        }
        if (rules.hasMaxBytes() && bytes > rules.getMaxBytes()) {
            return Optional.of("at most " + rules.getMaxBytes() + " byte(s)");
        }
        if (rules.hasConst() && !value.equals(rules.getConst())) {
            return Optional.of(rules.getConst());
        }
        return text(rules, value);
    }

    private static Optional<String> text(StringRules rules, String value) {
        if (rules.hasPrefix() && !value.startsWith(rules.getPrefix())) {
            return Optional.of("it to begin with " + rules.getPrefix());
        }
        if (rules.hasSuffix() && !value.endsWith(rules.getSuffix())) {
            return Optional.of("it to end with " + rules.getSuffix());
        }
        if (rules.hasContains() && !value.contains(rules.getContains())) {
            return Optional.of("it to contain " + rules.getContains());
        }
        if (rules.getInCount() > 0 && !rules.getInList().contains(value)) {
            return Optional.of("one of " + String.join(", ", rules.getInList()));
        }
        if (rules.getNotInList().contains(value)) {
            return Optional.of("none of " + String.join(", ", rules.getNotInList()));
        }
        if (rules.hasPattern()
                && !PATTERNS.computeIfAbsent(rules.getPattern(), Pattern::compile)
                        .matcher(value)
                        .find()) {
            return Optional.of("text such as " + rules.getPattern());
        }
        boolean isHeader = rules.getWellKnownRegex() != KnownRegex.UNKNOWN;
        return unless(!isHeader || HEADER.matcher(value).matches(), "no line ends and no NUL");
    }

    private static Optional<String> bytes(BytesRules rules, ByteString value) {
        if (rules.hasMinLen() && value.size() < rules.getMinLen()) {
            return Optional.of("at least " + rules.getMinLen() + " byte(s)");
        }
        return unless(
                !rules.hasMaxLen() || value.size() <= rules.getMaxLen(),
                "at most " + rules.getMaxLen() + " byte(s)");
    }

    private static Optional<String> enumeration(EnumRules rules, EnumValueDescriptor value) {
        int number = value.getNumber();
        if (rules.getDefinedOnly() && value.getType().findValueByNumber(number) == null) {
            return Optional.of("a value that has a name");
        }
        boolean isGood =
                (!rules.hasConst() || rules.getConst() == number)
                        && (rules.getInCount() == 0 || rules.getInList().contains(number))
                        && !rules.getNotInList().contains(number);
        return unless(isGood, "another value than " + value.getName());
    }

    private static BigDecimal seconds(Message duration) {
        var type = duration.getDescriptorForType();
        long seconds = (Long) duration.getField(type.findFieldByName("seconds"));
        int nanos = (Integer) duration.getField(type.findFieldByName("nanos"));
        return BigDecimal.valueOf(seconds).add(BigDecimal.valueOf(nanos, 9));
    }

    private static Optional<String> number(Message rules, Object value, boolean unsigned) {
        return range(rules, decimal(unwrapped(value), unsigned), unsigned, "");
    }

    /** All kinds of numbers have rules of the same names. */
    private static Optional<String> range(
            Message rules, BigDecimal value, boolean unsigned, String unit) {
        for (var rule : rules.getAllFields().entrySet()) {
            var name = rule.getKey().getName();
            switch (name) {
                case "const", "gt", "gte", "lt", "lte" -> {
                    var bound = bound(rule.getValue(), unsigned);
                    if (!holds(name, value.compareTo(bound))) {
                        return Optional.of(
                                words(name) + bound.stripTrailingZeros().toPlainString() + unit);
                    }
                }
                case "in", "not_in" -> {
                    boolean isListed =
                            ((List<?>) rule.getValue())
                                    .stream()
                                            .anyMatch(item ->
                                                    bound(item, unsigned).compareTo(value) == 0);
                    if (isListed != name.equals("in")) {
                        return Optional.of(name + " " + rule.getValue());
                    }
                }
                default -> {} // "required" is not about the value.
            }
        }
        return Optional.empty();
    }

    private static boolean holds(String rule, int comparison) {
        return switch (rule) {
            case "const" -> comparison == 0;
            case "gt" -> comparison > 0;
            case "gte" -> comparison >= 0;
            case "lt" -> comparison < 0;
            default -> comparison <= 0;
        };
    }

    private static String words(String rule) {
        return switch (rule) {
            case "const" -> "";
            case "gt" -> "more than ";
            case "gte" -> "at least ";
            case "lt" -> "less than ";
            default -> "at most ";
        };
    }

    private static BigDecimal bound(Object value, boolean unsigned) {
        return value instanceof Message duration ? seconds(duration) : decimal(value, unsigned);
    }

    private static BigDecimal decimal(Object value, boolean unsigned) {
        return switch (value) {
            case Integer i -> BigDecimal.valueOf(unsigned ? Integer.toUnsignedLong(i) : i);
            case Long l ->
                    unsigned ? new BigDecimal(Long.toUnsignedString(l)) : BigDecimal.valueOf(l);
            case Float f -> finite(f);
            case Double d -> finite(d);
            default -> throw new IllegalArgumentException(value + " (expected: a number)");
        };
    }

    /** NaN is within no bounds; what is infinite is beyond all of them. */
    private static BigDecimal finite(double value) {
        if (Double.isNaN(value) || value == Double.NEGATIVE_INFINITY) {
            return new BigDecimal("-1e400");
        }
        return value == Double.POSITIVE_INFINITY
                ? new BigDecimal("1e400")
                : BigDecimal.valueOf(value);
    }

    /** Whether a field that is a message must be there. */
    static boolean isRequired(FieldRules rules) {
        return rules.getMessage().getRequired()
                || rules.getDuration().getRequired()
                || rules.getTimestamp().getRequired()
                || rules.getAny().getRequired();
    }

    static FieldRules of(FieldDescriptor field) {
        return field.getOptions().getExtension(io.envoyproxy.pgv.validate.Validate.rules);
    }
}
