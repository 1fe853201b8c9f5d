// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import dev.outrigger.dataplane.config.RouteMatchConfig.ValueMatch;
import java.util.List;

/**
 * Which stats there are, which parts of their names become tags and how histograms are cut ({@code
 * stats_config}).
 *
 * @param tags in order, before Envoy's own
 * @param useAllDefaultTags whether Envoy's own come too
 * @param histogramBuckets the first that matches a name counts
 */
public record StatsConfig(
        List<TagSpecifier> tags,
        boolean useAllDefaultTags,
        Matcher matcher,
        List<HistogramBuckets> histogramBuckets) {
    /** What is in force where nothing is configured. */
    public static final StatsConfig DEFAULT =
            new StatsConfig(List.of(), true, new Matcher.AcceptAll(), List.of());

    public StatsConfig {
        tags = List.copyOf(tags);
        histogramBuckets = List.copyOf(histogramBuckets);
    }

    /** One tag of every stat whose name has it. */
    public record TagSpecifier(String name, Value value) {
        /** Where its value comes from. */
        public sealed interface Value {
            /** The first group goes from the name; the second, or else the first, is the value. */
            record Regex(String pattern) implements Value {}

            /** Every stat has it. */
            record Fixed(String text) implements Value {}

            /** As Envoy's own tag of this name. */
            record Default() implements Value {}
        }
    }

    /** Which stats are made at all. */
    public sealed interface Matcher {
        record AcceptAll() implements Matcher {}

        record RejectAll() implements Matcher {}

        record Inclusion(List<ValueMatch> patterns) implements Matcher {
            public Inclusion {
                patterns = List.copyOf(patterns);
            }
        }

        record Exclusion(List<ValueMatch> patterns) implements Matcher {
            public Exclusion {
                patterns = List.copyOf(patterns);
            }
        }
    }

    /**
     * The bounds of some histograms' buckets.
     *
     * @param bounds ascending, without repetition
     */
    public record HistogramBuckets(ValueMatch match, List<Double> bounds) {
        public HistogramBuckets {
            bounds = List.copyOf(bounds);
        }
    }
}
