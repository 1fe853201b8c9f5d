// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.github.xds.core.v3.CidrRange;
import com.github.xds.core.v3.TypedExtensionConfig;
import com.github.xds.type.matcher.v3.IPMatcher;
import com.github.xds.type.matcher.v3.Matcher;
import com.github.xds.type.matcher.v3.Matcher.MatcherList;
import com.github.xds.type.matcher.v3.Matcher.MatcherTree;
import com.github.xds.type.matcher.v3.RegexMatcher;
import com.github.xds.type.matcher.v3.ServerNameMatcher;
import com.github.xds.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.config.route.v3.RouteList;
import io.envoyproxy.envoy.extensions.matching.common_inputs.environment_variable.v3.Config;
import io.envoyproxy.envoy.extensions.matching.common_inputs.network.v3.FilterStateInput;
import io.envoyproxy.envoy.extensions.matching.input_matchers.consistent_hashing.v3.ConsistentHashing;
import io.envoyproxy.envoy.extensions.matching.input_matchers.ip.v3.Ip;
import io.envoyproxy.envoy.extensions.matching.input_matchers.metadata.v3.Metadata;
import io.envoyproxy.envoy.extensions.matching.input_matchers.runtime_fraction.v3.RuntimeFraction;
import io.envoyproxy.envoy.type.matcher.v3.HttpRequestHeaderMatchInput;
import java.util.List;

/** What is supported of the {@code matcher} of a virtual host: all that Envoy takes there. */
final class MatchTreeFields {
    private static final SupportedFields HEADER_INPUT =
            SupportedFields.of(HttpRequestHeaderMatchInput.class).obeyed("header_name");

    private static final SupportedFields FILTER_STATE_INPUT =
            SupportedFields.of(FilterStateInput.class)
                    .obeyedWithNote("key", "nothing here puts objects there, so none is found");

    private static final SupportedFields ENVIRONMENT_INPUT =
            SupportedFields.of(Config.class).obeyed("name");

    private static final SupportedFields INPUT =
            SupportedFields.of(TypedExtensionConfig.class, "match input")
                    .obeyed("name")
                    .extension(
                            "typed_config",
                            List.of(
                                    () -> HEADER_INPUT,
                                    () -> FILTER_STATE_INPUT,
                                    () -> ENVIRONMENT_INPUT))
                    .messagesOnly();

    private static final SupportedFields REGEX =
            SupportedFields.of(RegexMatcher.class).obeyed("google_re2", "regex");

    private static final SupportedFields STRING =
            SupportedFields.of(StringMatcher.class)
                    .obeyed("exact", "prefix", "suffix", "contains", "ignore_case")
                    .nested("safe_regex", () -> REGEX);

    private static final SupportedFields IP =
            SupportedFields.of(Ip.class)
                    .nested("cidr_ranges", () -> AddressParser.CIDR_RANGE)
                    .obeyed("stat_prefix");

    private static final SupportedFields CONSISTENT_HASHING =
            SupportedFields.of(ConsistentHashing.class).obeyed("threshold", "modulo", "seed");

    private static final SupportedFields FRACTION =
            SupportedFields.of(RuntimeFraction.class)
                    .nested("runtime_fraction", () -> Fractions.RUNTIME_FRACTION)
                    .obeyed("seed");

    private static final SupportedFields METADATA =
            SupportedFields.of(Metadata.class)
                    .nested("value", MetadataMatcherParser::value)
                    .obeyedWithNote("invert", "no input here is metadata, so nothing matches");

    private static final SupportedFields CUSTOM_MATCH =
            SupportedFields.of(TypedExtensionConfig.class, "input matcher")
                    .obeyed("name")
                    .extension(
                            "typed_config",
                            List.of(
                                    () -> IP,
                                    () -> CONSISTENT_HASHING,
                                    () -> FRACTION,
                                    () -> METADATA));

    private static final SupportedFields SINGLE =
            SupportedFields.of(MatcherList.Predicate.SinglePredicate.class)
                    .nested("input", () -> INPUT)
                    .nested("value_match", () -> STRING)
                    .nested("custom_match", () -> CUSTOM_MATCH);

    private static final SupportedFields PREDICATES =
            SupportedFields.of(MatcherList.Predicate.PredicateList.class)
                    .nested("predicate", MatchTreeFields::predicate);

    private static final SupportedFields PREDICATE =
            SupportedFields.of(MatcherList.Predicate.class)
                    .nested("single_predicate", () -> SINGLE)
                    .nested("or_matcher", () -> PREDICATES)
                    .nested("and_matcher", () -> PREDICATES)
                    .nested("not_matcher", MatchTreeFields::predicate);

    private static final SupportedFields ROUTE_LIST =
            SupportedFields.of(RouteList.class).nested("routes", () -> RouteParser.ROUTE);

    private static final SupportedFields ACTION =
            SupportedFields.of(TypedExtensionConfig.class, "match action")
                    .obeyed("name")
                    .extension("typed_config", List.of(() -> RouteParser.ROUTE, () -> ROUTE_LIST));

    private static final SupportedFields ON_MATCH =
            SupportedFields.of(Matcher.OnMatch.class)
                    .nested("matcher", MatchTreeFields::matcher)
                    .nested("action", () -> ACTION);

    private static final SupportedFields FIELD_MATCHER =
            SupportedFields.of(MatcherList.FieldMatcher.class)
                    .nested("predicate", () -> PREDICATE)
                    .nested("on_match", () -> ON_MATCH);

    private static final SupportedFields LIST =
            SupportedFields.of(MatcherList.class).nested("matchers", () -> FIELD_MATCHER);

    private static final SupportedFields MAP =
            SupportedFields.of(MatcherTree.MatchMap.class).nested("map", () -> ON_MATCH);

    private static final SupportedFields XDS_CIDR =
            SupportedFields.of(CidrRange.class).obeyed("address_prefix", "prefix_len");

    private static final SupportedFields IP_RANGE =
            SupportedFields.of(IPMatcher.IPRangeMatcher.class)
                    .nested("ranges", () -> XDS_CIDR)
                    .nested("on_match", () -> ON_MATCH)
                    .obeyed("exclusive");

    private static final SupportedFields IP_RANGES =
            SupportedFields.of(IPMatcher.class).nested("range_matchers", () -> IP_RANGE);

    private static final SupportedFields DOMAIN =
            SupportedFields.of(ServerNameMatcher.DomainMatcher.class)
                    .obeyed("domains")
                    .nested("on_match", () -> ON_MATCH);

    private static final SupportedFields DOMAINS =
            SupportedFields.of(ServerNameMatcher.class).nested("domain_matchers", () -> DOMAIN);

    private static final SupportedFields CUSTOM_TREE =
            SupportedFields.of(TypedExtensionConfig.class, "tree matcher")
                    .obeyed("name")
                    .extension("typed_config", List.of(() -> IP_RANGES, () -> DOMAINS));

    private static final SupportedFields TREE =
            SupportedFields.of(MatcherTree.class)
                    .nested("input", () -> INPUT)
                    .nested("exact_match_map", () -> MAP)
                    .nested("prefix_match_map", () -> MAP)
                    .nested("custom_match", () -> CUSTOM_TREE);

    static final SupportedFields MATCHER =
            SupportedFields.of(Matcher.class)
                    .nested("matcher_list", () -> LIST)
                    .nested("matcher_tree", () -> TREE)
                    .nested("on_no_match", () -> ON_MATCH);

    private MatchTreeFields() {}

    private static SupportedFields predicate() {
        return PREDICATE;
    }

    private static SupportedFields matcher() {
        return MATCHER;
    }
}
