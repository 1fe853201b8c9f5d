// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import dev.outrigger.dataplane.config.RouteMatchConfig.ValueMatch;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code xds.type.matcher.v3.Matcher} as a virtual host has one: finds routes by request headers.
 *
 * @param onNoMatch what counts when nothing in {@code kind} matches
 */
public record MatchTreeConfig(Kind kind, Optional<OnMatch> onNoMatch) {
    /** How the matcher looks for its result. */
    public sealed interface Kind {
        /** Nothing: {@code onNoMatch} alone counts. */
        record Empty() implements Kind {}

        /** The first whose predicate holds, and which comes to a result. */
        record FirstOf(List<FieldMatch> matchers) implements Kind {
            public FirstOf {
                matchers = List.copyOf(matchers);
            }
        }

        record ExactMap(Input input, Map<String, OnMatch> map) implements Kind {
            public ExactMap {
                map = Map.copyOf(map);
            }
        }

        /** The longest prefix first. */
        record PrefixMap(Input input, Map<String, OnMatch> map) implements Kind {
            public PrefixMap {
                map = Map.copyOf(map);
            }
        }

        /** The narrowest range of addresses first. */
        record IpRanges(Input input, List<IpRange> ranges) implements Kind {
            public IpRanges {
                ranges = List.copyOf(ranges);
            }
        }

        /** A whole domain first, then the longest wildcard, then {@code *}. */
        record Domains(Input input, Map<String, OnMatch> domains) implements Kind {
            public Domains {
                domains = Map.copyOf(domains);
            }
        }
    }

    public record FieldMatch(Predicate predicate, OnMatch onMatch) {}

    /**
     * @param exclusive whether it counts only where no narrower range contains the address
     */
    public record IpRange(List<CidrRange> ranges, OnMatch onMatch, boolean exclusive) {
        public IpRange {
            ranges = List.copyOf(ranges);
        }
    }

    /** What a match comes to. */
    public sealed interface OnMatch {
        record Nested(MatchTreeConfig matcher) implements OnMatch {}

        /** The first of these whose own match holds, too. */
        record Routes(List<RouteConfig> routes) implements OnMatch {
            public Routes {
                routes = List.copyOf(routes);
            }
        }
    }

    /** A condition. */
    public sealed interface Predicate {
        record Single(Input input, InputMatch match) implements Predicate {}

        record AnyOf(List<Predicate> predicates) implements Predicate {
            public AnyOf {
                predicates = List.copyOf(predicates);
            }
        }

        record AllOf(List<Predicate> predicates) implements Predicate {
            public AllOf {
                predicates = List.copyOf(predicates);
            }
        }

        record Not(Predicate predicate) implements Predicate {}
    }

    /** Where the text comes from; it may be absent. */
    public sealed interface Input {
        /**
         * All lines joined by a comma.
         *
         * @param name in lower case
         */
        record RequestHeader(String name) implements Input {}

        /** Nothing here puts objects into the filter state, so it is always absent. */
        record FilterState(String key) implements Input {}

        /**
         * @param value as wire text, as it was when the process began; absent when it was not set
         */
        record Environment(Optional<String> value) implements Input {}
    }

    /** What is asked of the text. */
    public sealed interface InputMatch {
        record Value(ValueMatch match) implements InputMatch {}

        record Ip(List<CidrRange> ranges, String statPrefix) implements InputMatch {
            public Ip {
                ranges = List.copyOf(ranges);
            }
        }

        /** Whether the remainder of the text's hash is at least the threshold. */
        record ConsistentHashing(long threshold, long modulo, long seed) implements InputMatch {}

        /** Whether the text's hash falls into the fraction. */
        record Fraction(RuntimeFractionalPercent fraction, long seed) implements InputMatch {}

        /** Asks for something other than a text. */
        record Never() implements InputMatch {}
    }
}
