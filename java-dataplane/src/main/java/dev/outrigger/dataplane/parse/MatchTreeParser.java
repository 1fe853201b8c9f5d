// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.github.xds.core.v3.TypedExtensionConfig;
import com.github.xds.type.matcher.v3.IPMatcher;
import com.github.xds.type.matcher.v3.Matcher;
import com.github.xds.type.matcher.v3.Matcher.MatcherList;
import com.github.xds.type.matcher.v3.ServerNameMatcher;
import com.github.xds.type.matcher.v3.StringMatcher;
import com.google.protobuf.Any;
import dev.outrigger.dataplane.config.CidrRange;
import dev.outrigger.dataplane.config.MatchTreeConfig;
import dev.outrigger.dataplane.config.MatchTreeConfig.FieldMatch;
import dev.outrigger.dataplane.config.MatchTreeConfig.Input;
import dev.outrigger.dataplane.config.MatchTreeConfig.InputMatch;
import dev.outrigger.dataplane.config.MatchTreeConfig.IpRange;
import dev.outrigger.dataplane.config.MatchTreeConfig.Kind;
import dev.outrigger.dataplane.config.MatchTreeConfig.OnMatch;
import dev.outrigger.dataplane.config.MatchTreeConfig.Predicate;
import dev.outrigger.dataplane.config.RouteConfig;
import dev.outrigger.dataplane.config.RouteMatchConfig.ValueMatch;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.EnvironmentVariables;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteList;
import io.envoyproxy.envoy.extensions.matching.common_inputs.environment_variable.v3.Config;
import io.envoyproxy.envoy.extensions.matching.common_inputs.network.v3.FilterStateInput;
import io.envoyproxy.envoy.extensions.matching.input_matchers.consistent_hashing.v3.ConsistentHashing;
import io.envoyproxy.envoy.extensions.matching.input_matchers.ip.v3.Ip;
import io.envoyproxy.envoy.extensions.matching.input_matchers.metadata.v3.Metadata;
import io.envoyproxy.envoy.extensions.matching.input_matchers.runtime_fraction.v3.RuntimeFraction;
import io.envoyproxy.envoy.type.matcher.v3.HttpRequestHeaderMatchInput;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The {@code matcher} of a virtual host to {@link MatchTreeConfig}. */
final class MatchTreeParser {
    /** Reads a route that a match comes to. */
    interface Routes {
        RouteConfig read(Route proto, String path);
    }

    private final Routes routes;
    private final Findings findings;

    MatchTreeParser(Routes routes, Findings findings) {
        this.routes = routes;
        this.findings = findings;
    }

    MatchTreeConfig parse(Matcher proto, String path) {
        Kind kind =
                switch (proto.getMatcherTypeCase()) {
                    case MATCHER_LIST ->
                            list(proto.getMatcherList(), path + ".matcher_list.matchers");
                    case MATCHER_TREE -> tree(proto.getMatcherTree(), path + ".matcher_tree");
                    case MATCHERTYPE_NOT_SET -> new Kind.Empty();
                };
        return new MatchTreeConfig(
                kind,
                proto.hasOnNoMatch()
                        ? Optional.of(onMatch(proto.getOnNoMatch(), path + ".on_no_match"))
                        : Optional.empty());
    }

    private Kind list(MatcherList proto, String path) {
        var matchers = new ArrayList<FieldMatch>();
        for (int i = 0; i < proto.getMatchersCount(); i++) {
            var each = proto.getMatchers(i);
            String at = FieldPaths.index(path, i);
            matchers.add(
                    new FieldMatch(
                            predicate(each.getPredicate(), at + ".predicate"),
                            onMatch(each.getOnMatch(), at + ".on_match")));
        }
        return new Kind.FirstOf(matchers);
    }

    private Predicate predicate(MatcherList.Predicate proto, String path) {
        return switch (proto.getMatchTypeCase()) {
            case SINGLE_PREDICATE -> {
                var single = proto.getSinglePredicate();
                String at = path + ".single_predicate";
                yield new Predicate.Single(
                        input(single.getInput(), at + ".input"),
                        single.hasCustomMatch()
                                ? custom(single.getCustomMatch(), at + ".custom_match")
                                : new InputMatch.Value(
                                        value(single.getValueMatch(), at + ".value_match")));
            }
            case OR_MATCHER ->
                    new Predicate.AnyOf(all(proto.getOrMatcher(), path + ".or_matcher.predicate"));
            case AND_MATCHER ->
                    new Predicate.AllOf(
                            all(proto.getAndMatcher(), path + ".and_matcher.predicate"));
            case NOT_MATCHER ->
                    new Predicate.Not(predicate(proto.getNotMatcher(), path + ".not_matcher"));
            // Reported before by the oneof's own constraint.
            case MATCHTYPE_NOT_SET -> new Predicate.AnyOf(List.of());
        };
    }

    private List<Predicate> all(MatcherList.Predicate.PredicateList proto, String path) {
        var predicates = new ArrayList<Predicate>();
        for (int i = 0; i < proto.getPredicateCount(); i++) {
            predicates.add(predicate(proto.getPredicate(i), FieldPaths.index(path, i)));
        }
        return predicates;
    }

    private Kind tree(Matcher.MatcherTree proto, String path) {
        Input input = input(proto.getInput(), path + ".input");
        return switch (proto.getTreeTypeCase()) {
            case EXACT_MATCH_MAP ->
                    new Kind.ExactMap(
                            input,
                            map(proto.getExactMatchMap().getMapMap(), path + ".exact_match_map"));
            case PREFIX_MATCH_MAP ->
                    new Kind.PrefixMap(
                            input,
                            map(proto.getPrefixMatchMap().getMapMap(), path + ".prefix_match_map"));
            case CUSTOM_MATCH ->
                    customTree(
                            input,
                            proto.getCustomMatch().getTypedConfig(),
                            path + ".custom_match.typed_config");
            // Reported before by the oneof's own constraint.
            case TREETYPE_NOT_SET -> new Kind.Empty();
        };
    }

    private Map<String, OnMatch> map(Map<String, Matcher.OnMatch> protos, String path) {
        var map = new LinkedHashMap<String, OnMatch>();
        protos.forEach(
                (key, proto) -> map.put(key, onMatch(proto, FieldPaths.key(path + ".map", key))));
        return map;
    }

    private Kind customTree(Input input, Any config, String path) {
        if (config.is(IPMatcher.class)) {
            return Values.unpack(config, IPMatcher.class, path, findings)
                    .<Kind>map(ip -> new Kind.IpRanges(input, ranges(ip, path)))
                    .orElse(new Kind.Empty());
        }
        return Values.unpack(config, ServerNameMatcher.class, path, findings)
                .<Kind>map(names -> new Kind.Domains(input, domains(names, path)))
                .orElse(new Kind.Empty());
    }

    private List<IpRange> ranges(IPMatcher proto, String path) {
        var ranges = new ArrayList<IpRange>();
        for (int i = 0; i < proto.getRangeMatchersCount(); i++) {
            var each = proto.getRangeMatchers(i);
            String at = FieldPaths.index(path + ".range_matchers", i);
            var cidrs = new ArrayList<CidrRange>();
            for (int j = 0; j < each.getRangesCount(); j++) {
                var range = each.getRanges(j);
                AddressParser.cidr(
                                range.getAddressPrefix(),
                                range.getPrefixLen().getValue(),
                                FieldPaths.index(at + ".ranges", j),
                                findings)
                        .ifPresent(cidrs::add);
            }
            ranges.add(
                    new IpRange(
                            cidrs,
                            onMatch(each.getOnMatch(), at + ".on_match"),
                            each.getExclusive()));
        }
        return ranges;
    }

    private Map<String, OnMatch> domains(ServerNameMatcher proto, String path) {
        var domains = new LinkedHashMap<String, OnMatch>();
        for (int i = 0; i < proto.getDomainMatchersCount(); i++) {
            var each = proto.getDomainMatchers(i);
            String at = FieldPaths.index(path + ".domain_matchers", i);
            OnMatch onMatch = onMatch(each.getOnMatch(), at + ".on_match");
            for (int j = 0; j < each.getDomainsCount(); j++) {
                domain(each.getDomains(j), FieldPaths.index(at + ".domains", j), onMatch, domains);
            }
        }
        return domains;
    }

    private void domain(String domain, String path, OnMatch onMatch, Map<String, OnMatch> into) {
        int star = domain.indexOf('*');
        if (into.putIfAbsent(domain, onMatch) != null) {
            findings.invalid(path, domain, "Duplicate domain in ServerNameMatcher: " + domain);
        } else if (domain.isEmpty()) {
            findings.invalid(path, domain, "Empty domain in ServerNameMatcher");
        } else if (star >= 0 && !domain.equals("*")) {
            String problem = "Invalid wildcard domain format: " + domain;
            if (star != 0 || domain.length() < 3 || domain.charAt(1) != '.') {
                findings.invalid(
                        path, domain, problem + ". Only '*' and '*.domain' patterns are supported");
            } else if (domain.indexOf('*', 1) >= 0) {
                findings.invalid(path, domain, problem + ". Multiple wildcards are not supported");
            }
        }
    }

    private OnMatch onMatch(Matcher.OnMatch proto, String path) {
        if (proto.hasMatcher()) {
            return new OnMatch.Nested(parse(proto.getMatcher(), path + ".matcher"));
        }
        String at = path + ".action.typed_config";
        Any action = proto.getAction().getTypedConfig();
        var found = new ArrayList<RouteConfig>();
        if (action.is(RouteList.class)) {
            Values.unpack(action, RouteList.class, at, findings)
                    .ifPresent(list -> {
                        for (int i = 0; i < list.getRoutesCount(); i++) {
                            String each = FieldPaths.index(at + ".routes", i);
                            found.add(routes.read(list.getRoutes(i), each));
                        }
                    });
        } else {
            Values.unpack(action, Route.class, at, findings)
                    .ifPresent(route -> found.add(routes.read(route, at)));
        }
        return new OnMatch.Routes(found);
    }

    private Input input(TypedExtensionConfig proto, String path) {
        Any config = proto.getTypedConfig();
        String at = path + ".typed_config";
        if (config.is(FilterStateInput.class)) {
            return Values.unpack(config, FilterStateInput.class, at, findings)
                    .<Input>map(input -> new Input.FilterState(input.getKey()))
                    .orElse(new Input.FilterState(""));
        }
        if (config.is(Config.class)) {
            return Values.unpack(config, Config.class, at, findings)
                    .<Input>map(input ->
                            new Input.Environment(
                                    Optional.ofNullable(
                                            EnvironmentVariables.read(input.getName()))))
                    .orElse(new Input.FilterState(""));
        }
        return Values.unpack(config, HttpRequestHeaderMatchInput.class, at, findings)
                .<Input>map(input -> new Input.RequestHeader(Ascii.lower(input.getHeaderName())))
                .orElse(new Input.FilterState(""));
    }

    private InputMatch custom(TypedExtensionConfig proto, String path) {
        Any config = proto.getTypedConfig();
        String at = path + ".typed_config";
        if (config.is(Ip.class)) {
            return Values.unpack(config, Ip.class, at, findings)
                    .<InputMatch>map(ip -> new InputMatch.Ip(cidrs(ip, at), ip.getStatPrefix()))
                    .orElse(new InputMatch.Never());
        }
        if (config.is(ConsistentHashing.class)) {
            return Values.unpack(config, ConsistentHashing.class, at, findings)
                    .map(MatchTreeParser::hashing)
                    .orElse(new InputMatch.Never());
        }
        if (config.is(RuntimeFraction.class)) {
            return Values.unpack(config, RuntimeFraction.class, at, findings)
                    .<InputMatch>map(fraction ->
                            new InputMatch.Fraction(
                                    Fractions.runtime(fraction.getRuntimeFraction()),
                                    fraction.getSeed()))
                    .orElse(new InputMatch.Never());
        }
        // It asks for metadata, and none of the inputs is.
        var _ = Values.unpack(config, Metadata.class, at, findings);
        return new InputMatch.Never();
    }

    private static InputMatch hashing(ConsistentHashing proto) {
        return new InputMatch.ConsistentHashing(
                Integer.toUnsignedLong(proto.getThreshold()),
                Integer.toUnsignedLong(proto.getModulo()),
                proto.getSeed());
    }

    private List<CidrRange> cidrs(Ip proto, String path) {
        var ranges = new ArrayList<CidrRange>();
        for (int i = 0; i < proto.getCidrRangesCount(); i++) {
            AddressParser.cidr(
                            proto.getCidrRanges(i),
                            FieldPaths.index(path + ".cidr_ranges", i),
                            findings)
                    .ifPresent(ranges::add);
        }
        return ranges;
    }

    private ValueMatch value(StringMatcher proto, String path) {
        boolean ignoreCase = proto.getIgnoreCase();
        return switch (proto.getMatchPatternCase()) {
            case EXACT -> new ValueMatch.Exact(proto.getExact(), ignoreCase);
            case PREFIX -> new ValueMatch.Prefix(proto.getPrefix(), ignoreCase);
            case SUFFIX -> new ValueMatch.Suffix(proto.getSuffix(), ignoreCase);
            case CONTAINS -> new ValueMatch.Contains(proto.getContains(), ignoreCase);
            case SAFE_REGEX -> {
                if (ignoreCase) {
                    findings.invalid(path, true, "ignore_case has no effect for safe_regex.");
                }
                String regex = proto.getSafeRegex().getRegex();
                RegexRules.checkSyntax(regex, path + ".safe_regex.regex", findings);
                yield new ValueMatch.Regex(regex);
            }
            // Both were reported before: by the table, and by the oneof's own constraint.
            case CUSTOM, MATCHPATTERN_NOT_SET -> new ValueMatch.Exact("", false);
        };
    }
}
