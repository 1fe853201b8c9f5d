// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.re2j.Pattern;
import io.envoyproxy.pgv.validate.Validate.DurationRules;
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

/** The constraints on one value, with Envoy's text for each one broken. */
final class ScalarRules {
    /** What Envoy's non-strict header rules forbid. */
    private static final String HEADER_PATTERN = "^[^\\x00\\n\\r]*$";

    private static final ConcurrentMap<String, Pattern> PATTERNS = new ConcurrentHashMap<>();

    private ScalarRules() {}

    /** Why the value breaks its rules; empty when it does not. */
    static Optional<String> check(FieldRules rules, FieldDescriptor field, Object value) {
        return switch (rules.getTypeCase()) {
            case STRING -> string(rules.getString(), (String) WireMessage.unwrap(value));
            case BYTES -> bytes(rules, (ByteString) WireMessage.unwrap(value));
            case ENUM -> enumeration(rules.getEnum(), (EnumValueDescriptor) value);
            case BOOL ->
                    rules.getBool().hasConst()
                                    && rules.getBool().getConst()
                                            != (Boolean) WireMessage.unwrap(value)
                            ? Optional.of("value must equal " + rules.getBool().getConst())
                            : Optional.empty();
            case DURATION -> duration(rules.getDuration(), (WireMessage) value);
            case UINT32 ->
                    Ranges.contains(rules.getUint32(), value)
                            ? Optional.empty()
                            : number(rules.getUint32(), value, true);
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

    /** The number of items and their being different. */
    static Optional<String> count(RepeatedRules rules, List<?> items) {
        long min = rules.getMinItems();
        long max = rules.hasMaxItems() ? rules.getMaxItems() : Long.MAX_VALUE;
        if (items.size() < min || items.size() > max) {
            if (rules.hasMinItems() && rules.hasMaxItems()) {
                return Optional.of(
                        "value must contain between " + min + " and " + max + " items, inclusive");
            }
            return Optional.of(
                    items.size() < min
                            ? "value must contain at least " + min + " item(s)"
                            : "value must contain no more than " + max + " item(s)");
        }
        if (rules.getUnique() && new HashSet<>(items).size() < items.size()) {
            return Optional.of("repeated value must contain unique items");
        }
        return Optional.empty();
    }

    private static Optional<String> string(StringRules rules, String value) {
        if (rules.getIgnoreEmpty() && value.isEmpty()) {
            return Optional.empty();
        }
        if (rules.hasConst() && !rules.getConst().equals(value)) {
            return Optional.of("value must equal " + rules.getConst());
        }
        var length = stringLength(rules, value);
        if (length.isPresent()) {
            return length;
        }
        if (rules.hasPattern()) {
            return pattern(rules.getPattern(), value);
        }
        if (rules.hasPrefix() && !value.startsWith(rules.getPrefix())) {
            return Optional.of("value does not have prefix \"" + rules.getPrefix() + "\"");
        }
        if (rules.hasSuffix() && !value.endsWith(rules.getSuffix())) {
            return Optional.of("value does not have suffix \"" + rules.getSuffix() + "\"");
        }
        if (rules.hasContains() && !value.contains(rules.getContains())) {
            return Optional.of("value does not contain substring \"" + rules.getContains() + "\"");
        }
        if (rules.getInCount() > 0 && !rules.getInList().contains(value)) {
            return Optional.of("value must be in list " + list(rules.getInList()));
        }
        if (rules.getNotInList().contains(value)) {
            return Optional.of("value must not be in list " + list(rules.getNotInList()));
        }
        // Every rule of the Envoy API that names a header pattern is non-strict.
        if (rules.getWellKnownRegex() != KnownRegex.UNKNOWN) {
            return pattern(HEADER_PATTERN, value);
        }
        return Optional.empty();
    }

    private static Optional<String> stringLength(StringRules rules, String value) {
        int chars = value.codePointCount(0, value.length());
        if (rules.hasMinLen() && chars < rules.getMinLen()) {
            return Optional.of(
                    "value length must be at least " + rules.getMinLen() + " characters");
        }
        if (rules.hasMaxLen() && chars > rules.getMaxLen()) {
            return Optional.of("value length must be at most " + rules.getMaxLen() + " characters");
        }
        int bytes = value.getBytes(StandardCharsets.UTF_8).length;
        if (rules.hasMinBytes() && bytes < rules.getMinBytes()) {
            return Optional.of("value length must be at least " + rules.getMinBytes() + " bytes");
        }
        if (rules.hasMaxBytes() && bytes > rules.getMaxBytes()) {
            return Optional.of("value length must be at most " + rules.getMaxBytes() + " bytes");
        }
        return Optional.empty();
    }

    private static Optional<String> bytes(FieldRules rules, ByteString value) {
        var rule = rules.getBytes();
        if (rule.hasMinLen() && value.size() < rule.getMinLen()) {
            return Optional.of("value length must be at least " + rule.getMinLen() + " bytes");
        }
        if (rule.hasMaxLen() && value.size() > rule.getMaxLen()) {
            return Optional.of("value length must be at most " + rule.getMaxLen() + " bytes");
        }
        return Optional.empty();
    }

    private static Optional<String> pattern(String regex, String value) {
        boolean matches = PATTERNS.computeIfAbsent(regex, Pattern::compile).matcher(value).find();
        return matches
                ? Optional.empty()
                : Optional.of("value does not match regex pattern \"" + regex + "\"");
    }

    private static Optional<String> enumeration(EnumRules rules, EnumValueDescriptor value) {
        int number = value.getNumber();
        if (rules.hasConst() && rules.getConst() != number) {
            return Optional.of("value must equal " + rules.getConst());
        }
        if (rules.getDefinedOnly() && value.getType().findValueByNumber(number) == null) {
            return Optional.of("value must be one of the defined enum values");
        }
        if (rules.getInCount() > 0 && !rules.getInList().contains(number)) {
            return Optional.of("value must be in list " + list(rules.getInList()));
        }
        if (rules.getNotInList().contains(number)) {
            return Optional.of("value must not be in list " + list(rules.getNotInList()));
        }
        return Optional.empty();
    }

    private static Optional<String> duration(DurationRules rules, WireMessage value) {
        return Ranges.contains(rules, value)
                ? Optional.empty()
                : range(WireMessage.of(rules), seconds(value), "s");
    }

    private static BigDecimal seconds(WireMessage duration) {
        long seconds = (Long) duration.get("seconds");
        int nanos = (Integer) duration.get("nanos");
        return BigDecimal.valueOf(seconds).add(BigDecimal.valueOf(nanos, 9));
    }

    private static Optional<String> number(Message rules, Object value, boolean unsigned) {
        WireMessage rule = WireMessage.of(rules);
        BigDecimal number = decimal(WireMessage.unwrap(value), unsigned);
        if (rule.has("const")) {
            BigDecimal expected = decimal(rule.get("const"), unsigned);
            if (expected.compareTo(number) != 0) {
                return Optional.of("value must equal " + expected.toPlainString());
            }
        }
        for (String listName : List.of("in", "not_in")) {
            var values =
                    rule.elements(rule.type().findFieldByName(listName)).stream()
                            .map(v -> decimal(v, unsigned))
                            .toList();
            boolean listed = values.stream().anyMatch(v -> v.compareTo(number) == 0);
            if (listName.equals("in") && !values.isEmpty() && !listed) {
                return Optional.of("value must be in list " + list(values));
            }
            if (listName.equals("not_in") && listed) {
                return Optional.of("value must not be in list " + list(values));
            }
        }
        return range(rule, number, "");
    }

    private static Optional<String> range(WireMessage rule, BigDecimal value, String unit) {
        Bound low = bound(rule, "gt", "gte");
        Bound high = bound(rule, "lt", "lte");
        boolean lowOk =
                low == null || low.compare(value) > 0 || (low.inclusive && low.compare(value) == 0);
        boolean highOk =
                high == null
                        || high.compare(value) < 0
                        || (high.inclusive && high.compare(value) == 0);
        if (lowOk && highOk) {
            return Optional.empty();
        }
        if (low != null && high != null) {
            return Optional.of(
                    "value must be inside range "
                            + (low.inclusive ? "[" : "(")
                            + low.show(unit)
                            + ", "
                            + high.show(unit)
                            + (high.inclusive ? "]" : ")"));
        }
        if (low != null) {
            return Optional.of(
                    "value must be greater than "
                            + (low.inclusive ? "or equal to " : "")
                            + low.show(unit));
        }
        if (high != null) {
            return Optional.of(
                    "value must be less than "
                            + (high.inclusive ? "or equal to " : "")
                            + high.show(unit));
        }
        return Optional.empty();
    }

    private static @org.jspecify.annotations.Nullable Bound bound(
            WireMessage rule, String exclusive, String inclusive) {
        for (String name : List.of(exclusive, inclusive)) {
            FieldDescriptor field = rule.type().findFieldByName(name);
            if (rule.has(field)) {
                Object at = rule.get(field);
                BigDecimal limit =
                        at instanceof WireMessage duration
                                ? seconds(duration)
                                : decimal(at, isUnsignedField(field));
                return new Bound(limit, name.equals(inclusive));
            }
        }
        return null;
    }

    private record Bound(BigDecimal at, boolean inclusive) {
        int compare(BigDecimal value) {
            return value.compareTo(at);
        }

        /** Envoy prints durations as Go does: {@code 0s}, {@code 1ms}, {@code 5m0s}. */
        String show(String unit) {
            if (unit.isEmpty() || at.signum() <= 0) {
                return at.stripTrailingZeros().toPlainString() + unit;
            }
            if (at.compareTo(BigDecimal.ONE) < 0) {
                return at.movePointRight(3).stripTrailingZeros().toPlainString() + "ms";
            }
            BigDecimal[] minutes = at.divideAndRemainder(BigDecimal.valueOf(60));
            String rest = minutes[1].stripTrailingZeros().toPlainString() + unit;
            return minutes[0].signum() == 0 ? rest : minutes[0].toBigInteger() + "m" + rest;
        }
    }

    private static boolean isUnsignedField(FieldDescriptor field) {
        return switch (field.getType()) {
            case UINT32, UINT64, FIXED32, FIXED64 -> true;
            case DOUBLE,
                    FLOAT,
                    INT64,
                    INT32,
                    BOOL,
                    STRING,
                    GROUP,
                    MESSAGE,
                    BYTES,
                    ENUM,
                    SFIXED32,
                    SFIXED64,
                    SINT32,
                    SINT64 ->
                    false;
        };
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

    /** NaN breaks every bound; it is taken as smaller than anything, infinities as very large. */
    private static BigDecimal finite(double value) {
        if (Double.isNaN(value) || value == Double.NEGATIVE_INFINITY) {
            return new BigDecimal("-1e400");
        }
        return value == Double.POSITIVE_INFINITY
                ? new BigDecimal("1e400")
                : BigDecimal.valueOf(value);
    }

    private static String list(List<?> values) {
        return "[" + String.join(", ", values.stream().map(Object::toString).toList()) + "]";
    }
}
