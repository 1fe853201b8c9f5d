// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.MetadataMatcherConfig;
import dev.outrigger.dataplane.config.MetadataMatcherConfig.MetadataValueMatch;
import io.envoyproxy.envoy.type.matcher.v3.DoubleMatcher;
import io.envoyproxy.envoy.type.matcher.v3.ListMatcher;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher;
import io.envoyproxy.envoy.type.matcher.v3.OrMatcher;
import io.envoyproxy.envoy.type.matcher.v3.ValueMatcher;
import io.envoyproxy.envoy.type.v3.DoubleRange;
import java.util.ArrayList;
import java.util.List;

/** {@code envoy.type.matcher.v3.MetadataMatcher} to {@link MetadataMatcherConfig}. */
final class MetadataMatcherParser {
    private static final SupportedFields RANGE =
            SupportedFields.of(DoubleRange.class).obeyed("start", "end");

    private static final SupportedFields DOUBLE =
            SupportedFields.of(DoubleMatcher.class).obeyed("exact").nested("range", () -> RANGE);

    private static final SupportedFields NULL = SupportedFields.of(ValueMatcher.NullMatch.class);

    private static final SupportedFields LIST =
            SupportedFields.of(ListMatcher.class).nested("one_of", MetadataMatcherParser::value);

    private static final SupportedFields OR =
            SupportedFields.of(OrMatcher.class)
                    .nested("value_matchers", MetadataMatcherParser::value);

    private static final SupportedFields VALUE =
            SupportedFields.of(ValueMatcher.class)
                    .nested("null_match", () -> NULL)
                    .nested("double_match", () -> DOUBLE)
                    .nested("string_match", () -> RouteMatchParser.STRING)
                    .obeyed("bool_match", "present_match")
                    .nested("list_match", () -> LIST)
                    .nested("or_match", () -> OR);

    private static final SupportedFields SEGMENT =
            SupportedFields.of(MetadataMatcher.PathSegment.class).obeyed("key");

    static final SupportedFields MATCHER =
            SupportedFields.of(MetadataMatcher.class)
                    .obeyed("filter", "invert")
                    .nested("path", () -> SEGMENT)
                    .nested("value", () -> VALUE);

    private MetadataMatcherParser() {}

    /** What is supported of a value's condition. */
    static SupportedFields value() {
        return VALUE;
    }

    static List<MetadataMatcherConfig> parse(
            List<MetadataMatcher> protos, String path, Findings findings) {
        var matchers = new ArrayList<MetadataMatcherConfig>();
        for (int i = 0; i < protos.size(); i++) {
            MetadataMatcher proto = protos.get(i);
            matchers.add(
                    new MetadataMatcherConfig(
                            proto.getFilter(),
                            proto.getPathList().stream()
                                    .map(MetadataMatcher.PathSegment::getKey)
                                    .toList(),
                            value(proto.getValue(), FieldPaths.index(path, i) + ".value", findings),
                            proto.getInvert()));
        }
        return matchers;
    }

    static MetadataValueMatch value(ValueMatcher proto, String path, Findings findings) {
        return switch (proto.getMatchPatternCase()) {
            // Reported before by the oneof's own constraint.
            case NULL_MATCH, MATCHPATTERN_NOT_SET -> new MetadataValueMatch.IsNull();
            case DOUBLE_MATCH -> {
                var match = proto.getDoubleMatch();
                yield match.hasRange()
                        ? new MetadataValueMatch.NumberRange(
                                match.getRange().getStart(), match.getRange().getEnd())
                        : new MetadataValueMatch.NumberIs(match.getExact());
            }
            case STRING_MATCH ->
                    new MetadataValueMatch.Text(
                            RouteMatchParser.string(
                                    proto.getStringMatch(), path + ".string_match", findings));
            case BOOL_MATCH -> new MetadataValueMatch.Bool(proto.getBoolMatch());
            case PRESENT_MATCH -> new MetadataValueMatch.Present(proto.getPresentMatch());
            case LIST_MATCH ->
                    new MetadataValueMatch.ListOneOf(
                            value(
                                    proto.getListMatch().getOneOf(),
                                    path + ".list_match.one_of",
                                    findings));
            case OR_MATCH -> {
                var all = new ArrayList<MetadataValueMatch>();
                List<ValueMatcher> protos = proto.getOrMatch().getValueMatchersList();
                for (int i = 0; i < protos.size(); i++) {
                    String at = FieldPaths.index(path + ".or_match.value_matchers", i);
                    all.add(value(protos.get(i), at, findings));
                }
                yield new MetadataValueMatch.AnyOf(all);
            }
        };
    }
}
