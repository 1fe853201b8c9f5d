// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.util.List;
import java.util.Optional;

/**
 * All parts must hold. Paths are compared without query and fragment.
 *
 * @param runtimeFraction the share of requests the route is for (M12)
 * @param grpc whether only gRPC requests match (M11)
 * @param needsFilterState whether an object must be in the filter state; nothing here puts one
 *     there, so that such a route is never taken
 */
public record RouteMatchConfig(
        PathMatch path,
        boolean caseSensitive,
        List<HeaderMatcherConfig> headers,
        List<QueryParameterMatcherConfig> queryParameters,
        Optional<RuntimeFractionalPercent> runtimeFraction,
        boolean grpc,
        Optional<TlsContextMatch> tlsContext,
        List<MetadataMatcherConfig> dynamicMetadata,
        boolean needsFilterState) {
    public RouteMatchConfig {
        headers = List.copyOf(headers);
        queryParameters = List.copyOf(queryParameters);
        dynamicMetadata = List.copyOf(dynamicMetadata);
    }

    /** Without conditions on what filters say. */
    public RouteMatchConfig(
            PathMatch path,
            boolean caseSensitive,
            List<HeaderMatcherConfig> headers,
            List<QueryParameterMatcherConfig> queryParameters,
            Optional<RuntimeFractionalPercent> runtimeFraction,
            boolean grpc,
            Optional<TlsContextMatch> tlsContext) {
        this(
                path,
                caseSensitive,
                headers,
                queryParameters,
                runtimeFraction,
                grpc,
                tlsContext,
                List.of(),
                false);
    }

    /** A condition on the path alone. */
    public static RouteMatchConfig of(PathMatch path) {
        return new RouteMatchConfig(
                path, true, List.of(), List.of(), Optional.empty(), false, Optional.empty());
    }

    /** The path specifier. */
    public sealed interface PathMatch {
        record Prefix(String value) implements PathMatch {}

        record Exact(String value) implements PathMatch {}

        record PathSeparatedPrefix(String value) implements PathMatch {}

        /** RE2, full match. */
        record Regex(String value) implements PathMatch {}

        /**
         * A URI template (M8).
         *
         * @param regex RE2, full match; one group for each variable
         * @param variables names in the order of the groups
         */
        record UriTemplate(String template, String regex, List<String> variables)
                implements PathMatch {
            public UriTemplate {
                variables = List.copyOf(variables);
            }
        }

        /** CONNECT requests only (M9). */
        record Connect() implements PathMatch {}
    }

    /** What the downstream's certificate must be (M13). */
    public record TlsContextMatch(Optional<Boolean> presented, Optional<Boolean> validated) {}

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
