// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import dev.outrigger.dataplane.config.RouteMatchConfig.HeaderMatcherConfig;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code envoy.config.accesslog.v3.AccessLogFilter}: which exchanges are meant. */
public sealed interface AccessLogFilterConfig {
    /** Every one. */
    record Always() implements AccessLogFilterConfig {}

    record StatusCode(Comparison comparison) implements AccessLogFilterConfig {}

    /** Of milliseconds. */
    record DurationMillis(Comparison comparison) implements AccessLogFilterConfig {}

    record NotHealthCheck() implements AccessLogFilterConfig {}

    /** A request that tracing was forced or sampled for: none, there being no tracing. */
    record Traceable() implements AccessLogFilterConfig {}

    /**
     * A share of all, by the request id's digits or by chance.
     *
     * @param numerator of {@code denominator}
     */
    record RuntimeFraction(String key, long numerator, long denominator, boolean independent)
            implements AccessLogFilterConfig {}

    record And(List<AccessLogFilterConfig> filters) implements AccessLogFilterConfig {
        public And {
            filters = List.copyOf(filters);
        }
    }

    record Or(List<AccessLogFilterConfig> filters) implements AccessLogFilterConfig {
        public Or {
            filters = List.copyOf(filters);
        }
    }

    record Header(HeaderMatcherConfig matcher) implements AccessLogFilterConfig {}

    /**
     * @param flags short forms; empty for any flag at all
     */
    record ResponseFlags(Set<String> flags) implements AccessLogFilterConfig {
        public ResponseFlags {
            flags = Set.copyOf(flags);
        }
    }

    record GrpcStatus(Set<Integer> statuses, boolean exclude) implements AccessLogFilterConfig {
        public GrpcStatus {
            statuses = Set.copyOf(statuses);
        }
    }

    /**
     * By the kind of entry.
     *
     * @param types by their proto names
     */
    record LogType(Set<String> types, boolean exclude) implements AccessLogFilterConfig {
        public LogType {
            types = Set.copyOf(types);
        }
    }

    /**
     * By what filters said of the request.
     *
     * @param matcher of the value; absent: no value will do
     * @param matchIfKeyNotFound what holds where nothing was said
     */
    record DynamicMetadata(Optional<MetadataMatcherConfig> matcher, boolean matchIfKeyNotFound)
            implements AccessLogFilterConfig {}

    /** A number to compare with; there is no runtime that could change it. */
    record Comparison(Operator operator, long value) {
        /** How. */
        public enum Operator {
            EQUAL,
            AT_LEAST,
            AT_MOST,
            NOT_EQUAL
        }

        public boolean holds(long actual) {
            return switch (operator) {
                case EQUAL -> actual == value;
                case AT_LEAST -> actual >= value;
                case AT_MOST -> actual <= value;
                case NOT_EQUAL -> actual != value;
            };
        }
    }
}
