// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.util.List;

/** All parts must hold. Paths are compared without query and fragment. */
public record RouteMatchConfig(
        PathMatch path,
        boolean caseSensitive,
        List<HeaderMatcherConfig> headers,
        List<QueryParameterMatcherConfig> queryParameters) {
    public RouteMatchConfig {
        headers = List.copyOf(headers);
        queryParameters = List.copyOf(queryParameters);
    }

    /** The path specifier. */
    public sealed interface PathMatch {
        record Prefix(String value) implements PathMatch {}

        record Exact(String value) implements PathMatch {}

        record PathSeparatedPrefix(String value) implements PathMatch {}

        /** RE2, full match. */
        record Regex(String value) implements PathMatch {}
    }

    /** One header condition (semantics HM1..HM7). */
    public record HeaderMatcherConfig(
            String name, boolean invert, boolean treatMissingAsEmpty, ValueMatch match) {}

    /** One query parameter condition (QM1, QM2). */
    public record QueryParameterMatcherConfig(String name, ValueMatch match) {}

    /** What is asked of a value. */
    public sealed interface ValueMatch {
        record Present(boolean expected) implements ValueMatch {}

        record Exact(String value, boolean ignoreCase) implements ValueMatch {}

        record Prefix(String value, boolean ignoreCase) implements ValueMatch {}

        record Suffix(String value, boolean ignoreCase) implements ValueMatch {}

        record Contains(String value, boolean ignoreCase) implements ValueMatch {}

        /** RE2, full match. */
        record Regex(String value) implements ValueMatch {}

        /** A decimal number in {@code [start, end)}. */
        record Range(long start, long end) implements ValueMatch {}
    }
}
