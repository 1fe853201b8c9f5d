// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import dev.outrigger.dataplane.config.RouteMatchConfig.ValueMatch;
import java.util.List;

/**
 * {@code envoy.type.matcher.v3.MetadataMatcher}: a condition on what filters said of a request.
 *
 * @param filter the namespace
 * @param path keys of structs within one another
 */
public record MetadataMatcherConfig(
        String filter, List<String> path, MetadataValueMatch value, boolean invert) {
    public MetadataMatcherConfig {
        path = List.copyOf(path);
    }

    /** {@code envoy.type.matcher.v3.ValueMatcher}. */
    public sealed interface MetadataValueMatch {
        record IsNull() implements MetadataValueMatch {}

        /** Exactly this number. */
        record NumberIs(double value) implements MetadataValueMatch {}

        /** A number in {@code [start, end)}. */
        record NumberRange(double start, double end) implements MetadataValueMatch {}

        record Text(ValueMatch match) implements MetadataValueMatch {}

        record Bool(boolean value) implements MetadataValueMatch {}

        /**
         * @param expected false matches nothing at all, as in Envoy
         */
        record Present(boolean expected) implements MetadataValueMatch {}

        record ListOneOf(MetadataValueMatch element) implements MetadataValueMatch {}

        record AnyOf(List<MetadataValueMatch> alternatives) implements MetadataValueMatch {
            public AnyOf {
                alternatives = List.copyOf(alternatives);
            }
        }
    }
}
