// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import com.google.re2j.Pattern;
import dev.outrigger.dataplane.config.RouteMatchConfig.ValueMatch;
import dev.outrigger.dataplane.config.StatsConfig;
import dev.outrigger.dataplane.config.StatsConfig.Matcher;
import dev.outrigger.dataplane.message.Ascii;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** What {@link StatsConfig} says, compiled. Immutable. */
public final class StatsRules {
    /** Where nothing is configured. */
    public static final StatsRules DEFAULT = of(StatsConfig.DEFAULT);

    private final Predicate<String> accepts;
    private final boolean acceptsAll;
    private final TagExtractor tags;
    private final List<Buckets> buckets;

    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Buckets(Predicate<String> applies, double[] bounds) {}

    private StatsRules(StatsConfig config) {
        acceptsAll = config.matcher() instanceof Matcher.AcceptAll;
        accepts =
                switch (config.matcher()) {
                    case Matcher.AcceptAll() -> _ -> true;
                    case Matcher.RejectAll() -> _ -> false;
                    case Matcher.Inclusion(var patterns) -> anyOf(patterns);
                    case Matcher.Exclusion(var patterns) -> anyOf(patterns).negate();
                };
        tags = TagExtractor.of(config);
        var cut = new ArrayList<Buckets>();
        for (var each : config.histogramBuckets()) {
            cut.add(
                    new Buckets(
                            condition(each.match()),
                            each.bounds().stream().mapToDouble(Double::doubleValue).toArray()));
        }
        buckets = List.copyOf(cut);
    }

    public static StatsRules of(StatsConfig config) {
        return new StatsRules(config);
    }

    /** Whether there is a stat of this name. */
    boolean accepts(String name) {
        return acceptsAll || accepts.test(name);
    }

    TagExtractor tags() {
        return tags;
    }

    /** The bounds a histogram of this name is shown with. */
    double[] bounds(String name) {
        for (Buckets each : buckets) {
            if (each.applies.test(name)) {
                return each.bounds;
            }
        }
        return HistogramSnapshot.BOUNDS;
    }

    private static Predicate<String> anyOf(List<ValueMatch> patterns) {
        var conditions = patterns.stream().map(StatsRules::condition).toList();
        return name -> {
            for (Predicate<String> condition : conditions) {
                if (condition.test(name)) {
                    return true;
                }
            }
            return false;
        };
    }

    private static Predicate<String> condition(ValueMatch match) {
        return switch (match) {
            case ValueMatch.Present(boolean _) -> _ -> true;
            case ValueMatch.Exact(String value, boolean ignoreCase) ->
                    folded(ignoreCase, name -> name.equals(fold(value, ignoreCase)));
            case ValueMatch.Prefix(String value, boolean ignoreCase) ->
                    folded(ignoreCase, name -> name.startsWith(fold(value, ignoreCase)));
            case ValueMatch.Suffix(String value, boolean ignoreCase) ->
                    folded(ignoreCase, name -> name.endsWith(fold(value, ignoreCase)));
            case ValueMatch.Contains(String value, boolean ignoreCase) ->
                    folded(ignoreCase, name -> name.contains(fold(value, ignoreCase)));
            case ValueMatch.Regex(String value) -> Pattern.compile(value)::matches;
            // Ranges are for headers only.
            case ValueMatch.Range(long _, long _) -> _ -> false;
        };
    }

    private static Predicate<String> folded(boolean ignoreCase, Predicate<String> condition) {
        return ignoreCase ? name -> condition.test(fold(name, true)) : condition;
    }

    private static String fold(String text, boolean ignoreCase) {
        return ignoreCase ? Ascii.lower(text) : text;
    }
}
