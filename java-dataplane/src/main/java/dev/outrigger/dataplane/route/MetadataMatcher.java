// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outrigger.dataplane.config.MetadataMatcherConfig;
import dev.outrigger.dataplane.config.MetadataMatcherConfig.MetadataValueMatch;
import dev.outrigger.dataplane.config.MetadataValue;
import dev.outrigger.dataplane.message.DynamicMetadata;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A condition on what filters said of a request, compiled. Immutable. */
public final class MetadataMatcher {
    private final String filter;
    private final List<String> path;
    private final ValueCondition value;
    private final boolean invert;

    /** A condition on a value; {@code null} where there is none. */
    private interface ValueCondition {
        boolean holds(@Nullable MetadataValue value);
    }

    private MetadataMatcher(MetadataMatcherConfig config) {
        filter = config.filter();
        path = config.path();
        value = compile(config.value());
        invert = config.invert();
    }

    static MetadataMatcher[] all(List<MetadataMatcherConfig> configs) {
        return configs.stream().map(MetadataMatcher::new).toArray(MetadataMatcher[]::new);
    }

    /** Compiles one. */
    public static MetadataMatcher of(MetadataMatcherConfig config) {
        return new MetadataMatcher(config);
    }

    boolean matches(@Nullable DynamicMetadata metadata) {
        return value.holds(find(metadata)) != invert;
    }

    /** What the condition is about, {@code null} where nothing was said. */
    public @Nullable MetadataValue find(@Nullable DynamicMetadata metadata) {
        return metadata == null ? null : metadata.find(filter, path);
    }

    /** Whether a value meets the condition, inverted or not. */
    public boolean holds(MetadataValue found) {
        return value.holds(found);
    }

    private static ValueCondition compile(MetadataValueMatch config) {
        return switch (config) {
            case MetadataValueMatch.IsNull() -> v -> v instanceof MetadataValue.Null;
            case MetadataValueMatch.NumberIs(double wanted) ->
                    v -> v instanceof MetadataValue.Numeric(double n) && n == wanted;
            case MetadataValueMatch.NumberRange(double start, double end) ->
                    v -> v instanceof MetadataValue.Numeric(double n) && n >= start && n < end;
            case MetadataValueMatch.Text(var match) -> {
                ValueMatcher text = ValueMatcher.of(match);
                yield v -> {
                    if (!(v instanceof MetadataValue.Text(String s))) {
                        return false;
                    }
                    byte[] bytes = s.getBytes(UTF_8);
                    return text.matches(bytes, 0, bytes.length);
                };
            }
            case MetadataValueMatch.Bool(boolean wanted) ->
                    v -> v instanceof MetadataValue.Bool(boolean b) && b == wanted;
            case MetadataValueMatch.Present(boolean expected) -> v -> expected && v != null;
            case MetadataValueMatch.ListOneOf(var element) -> {
                ValueCondition each = compile(element);
                yield v ->
                        v instanceof MetadataValue.ListOf(var values)
                                && values.stream().anyMatch(each::holds);
            }
            case MetadataValueMatch.AnyOf(var alternatives) -> {
                List<ValueCondition> all =
                        alternatives.stream().map(MetadataMatcher::compile).toList();
                yield v -> all.stream().anyMatch(each -> each.holds(v));
            }
        };
    }
}
