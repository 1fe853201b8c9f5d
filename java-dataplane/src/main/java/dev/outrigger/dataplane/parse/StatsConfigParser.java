// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.RouteMatchConfig.ValueMatch;
import dev.outrigger.dataplane.config.StatsConfig.HistogramBuckets;
import dev.outrigger.dataplane.config.StatsConfig.Matcher;
import dev.outrigger.dataplane.config.StatsConfig.TagSpecifier;
import dev.outrigger.dataplane.telemetry.DefaultTags;
import io.envoyproxy.envoy.config.metrics.v3.HistogramBucketSettings;
import io.envoyproxy.envoy.config.metrics.v3.StatsConfig;
import io.envoyproxy.envoy.config.metrics.v3.StatsMatcher;
import io.envoyproxy.envoy.type.matcher.v3.ListStringMatcher;
import java.util.ArrayList;
import java.util.List;

/** {@code envoy.config.metrics.v3.StatsConfig}. */
final class StatsConfigParser {
    private static final SupportedFields PATTERNS =
            SupportedFields.of(ListStringMatcher.class)
                    .nested("patterns", () -> RouteMatchParser.STRING);

    private static final SupportedFields MATCHER =
            SupportedFields.of(StatsMatcher.class)
                    .obeyed("reject_all")
                    .nested("exclusion_list", () -> PATTERNS)
                    .nested("inclusion_list", () -> PATTERNS);

    private static final SupportedFields TAG =
            SupportedFields.of(io.envoyproxy.envoy.config.metrics.v3.TagSpecifier.class)
                    .obeyed("tag_name", "regex", "fixed_value");

    private static final SupportedFields BUCKETS =
            SupportedFields.of(HistogramBucketSettings.class)
                    .nested("match", () -> RouteMatchParser.STRING)
                    .obeyed("buckets");

    static final SupportedFields CONFIG =
            SupportedFields.of(StatsConfig.class)
                    .nested("stats_tags", () -> TAG)
                    .obeyed("use_all_default_tags")
                    .nested("stats_matcher", () -> MATCHER)
                    .nested("histogram_bucket_settings", () -> BUCKETS);

    private final String path;
    private final Findings findings;

    private StatsConfigParser(String path, Findings findings) {
        this.path = path;
        this.findings = findings;
    }

    static dev.outrigger.dataplane.config.StatsConfig parse(
            StatsConfig proto, String path, Findings findings) {
        return new StatsConfigParser(path, findings).parse(proto);
    }

    private dev.outrigger.dataplane.config.StatsConfig parse(StatsConfig proto) {
        var tags = new ArrayList<TagSpecifier>();
        for (int i = 0; i < proto.getStatsTagsCount(); i++) {
            tags.add(tag(proto.getStatsTags(i), FieldPaths.join(path, "stats_tags[" + i + "]")));
        }
        var buckets = new ArrayList<HistogramBuckets>();
        for (int i = 0; i < proto.getHistogramBucketSettingsCount(); i++) {
            var settings = proto.getHistogramBucketSettings(i);
            String at = FieldPaths.join(path, "histogram_bucket_settings[" + i + "].match");
            buckets.add(
                    new HistogramBuckets(
                            RouteMatchParser.string(settings.getMatch(), at, findings),
                            settings.getBucketsList().stream().sorted().toList()));
        }
        return new dev.outrigger.dataplane.config.StatsConfig(
                tags,
                !proto.hasUseAllDefaultTags() || proto.getUseAllDefaultTags().getValue(),
                matcher(proto.getStatsMatcher()),
                buckets);
    }

    private TagSpecifier tag(io.envoyproxy.envoy.config.metrics.v3.TagSpecifier proto, String at) {
        String name = proto.getTagName();
        return switch (proto.getTagValueCase()) {
            case FIXED_VALUE ->
                    new TagSpecifier(name, new TagSpecifier.Value.Fixed(proto.getFixedValue()));
            case REGEX -> {
                if (proto.getRegex().isEmpty()) {
                    yield byDefault(name, at);
                }
                RegexRules.checkSyntax(proto.getRegex(), FieldPaths.join(at, "regex"), findings);
                yield new TagSpecifier(name, new TagSpecifier.Value.Regex(proto.getRegex()));
            }
            case TAGVALUE_NOT_SET -> byDefault(name, at);
        };
    }

    private TagSpecifier byDefault(String name, String at) {
        if (!DefaultTags.isTag(name)) {
            findings.invalid(
                    FieldPaths.join(at, "tag_name"),
                    name,
                    "No regex specified for tag specifier and no default regex for name: '"
                            + name
                            + "'");
        }
        return new TagSpecifier(name, new TagSpecifier.Value.Default());
    }

    private Matcher matcher(StatsMatcher proto) {
        String at = FieldPaths.join(path, "stats_matcher");
        return switch (proto.getStatsMatcherCase()) {
            case REJECT_ALL ->
                    proto.getRejectAll() ? new Matcher.RejectAll() : new Matcher.AcceptAll();
            case INCLUSION_LIST ->
                    new Matcher.Inclusion(
                            patterns(
                                    proto.getInclusionList(),
                                    FieldPaths.join(at, "inclusion_list")));
            case EXCLUSION_LIST ->
                    new Matcher.Exclusion(
                            patterns(
                                    proto.getExclusionList(),
                                    FieldPaths.join(at, "exclusion_list")));
            case STATSMATCHER_NOT_SET -> new Matcher.AcceptAll();
        };
    }

    private List<ValueMatch> patterns(ListStringMatcher proto, String at) {
        var patterns = new ArrayList<ValueMatch>();
        for (int i = 0; i < proto.getPatternsCount(); i++) {
            patterns.add(
                    RouteMatchParser.string(
                            proto.getPatterns(i),
                            FieldPaths.join(at, "patterns[" + i + "]"),
                            findings));
        }
        return patterns;
    }
}
