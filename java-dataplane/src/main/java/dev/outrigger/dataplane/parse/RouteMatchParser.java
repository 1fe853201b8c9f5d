// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.github.xds.core.v3.CidrRange;
import dev.outrigger.dataplane.config.RouteMatchConfig;
import dev.outrigger.dataplane.config.RouteMatchConfig.HeaderMatcherConfig;
import dev.outrigger.dataplane.config.RouteMatchConfig.PathMatch;
import dev.outrigger.dataplane.config.RouteMatchConfig.QueryParameterMatcherConfig;
import dev.outrigger.dataplane.config.RouteMatchConfig.TlsContextMatch;
import dev.outrigger.dataplane.config.RouteMatchConfig.ValueMatch;
import dev.outrigger.dataplane.message.Ascii;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig;
import io.envoyproxy.envoy.type.matcher.v3.AddressMatcher;
import io.envoyproxy.envoy.type.matcher.v3.FilterStateMatcher;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher.GoogleRE2;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code RouteMatch}, header and query parameter matchers (M1 to M7, HM1 to HM7, QM1, QM2). */
@SuppressWarnings("deprecation") // control planes still send the flat header match fields
final class RouteMatchParser {
    private static final SupportedFields GOOGLE_RE2 =
            SupportedFields.of(GoogleRE2.class).obeyed("max_program_size");

    static final SupportedFields REGEX =
            SupportedFields.of(RegexMatcher.class)
                    .obeyed("regex")
                    .nested("google_re2", () -> GOOGLE_RE2);

    static final SupportedFields STRING =
            SupportedFields.of(StringMatcher.class)
                    .obeyed("exact", "prefix", "suffix", "contains", "ignore_case")
                    .nested("safe_regex", () -> REGEX);

    static final SupportedFields HEADER =
            SupportedFields.of(HeaderMatcher.class)
                    .obeyed(
                            "name",
                            "exact_match",
                            "prefix_match",
                            "suffix_match",
                            "contains_match",
                            "present_match",
                            "range_match",
                            "invert_match",
                            "treat_missing_header_as_empty")
                    .nested("safe_regex_match", () -> REGEX)
                    .nested("string_match", () -> STRING);

    static final SupportedFields QUERY =
            SupportedFields.of(QueryParameterMatcher.class)
                    .obeyed("name", "present_match")
                    .nested("string_match", () -> STRING);

    private static final SupportedFields URI_TEMPLATE =
            SupportedFields.of(UriTemplateMatchConfig.class).obeyed("path_template");

    private static final SupportedFields PATH_MATCH_POLICY =
            SupportedFields.of(TypedExtensionConfig.class, "path match policy")
                    .obeyed("name")
                    .extension("typed_config", List.of(() -> URI_TEMPLATE));

    private static final SupportedFields TLS_CONTEXT =
            SupportedFields.of(RouteMatch.TlsContextMatchOptions.class)
                    .obeyed("presented", "validated");

    private static final SupportedFields RANGE =
            SupportedFields.of(CidrRange.class).obeyed("address_prefix", "prefix_len");

    private static final SupportedFields ADDRESS =
            SupportedFields.of(AddressMatcher.class).nested("ranges", () -> RANGE);

    private static final SupportedFields FILTER_STATE =
            SupportedFields.of(FilterStateMatcher.class)
                    .obeyed("key")
                    .nested("string_match", () -> STRING)
                    .nested("address_match", () -> ADDRESS);

    static final SupportedFields MATCH =
            SupportedFields.of(RouteMatch.class)
                    .obeyed("prefix", "path", "path_separated_prefix", "case_sensitive")
                    .obeyed("connect_matcher", "grpc")
                    .nested("path_match_policy", () -> PATH_MATCH_POLICY)
                    .nested("runtime_fraction", () -> Fractions.RUNTIME_FRACTION)
                    .nested("tls_context", () -> TLS_CONTEXT)
                    .nested("safe_regex", () -> REGEX)
                    .nested("headers", () -> HEADER)
                    .nested("query_parameters", () -> QUERY)
                    .nested("dynamic_metadata", () -> MetadataMatcherParser.MATCHER)
                    .nested(
                            "filter_state",
                            () -> FILTER_STATE,
                            "nothing here puts objects there, so none is found");

    private RouteMatchParser() {}

    static RouteMatchConfig parse(RouteMatch proto, String path, Findings findings) {
        boolean caseSensitive = !proto.hasCaseSensitive() || proto.getCaseSensitive().getValue();
        List<QueryParameterMatcherConfig> query =
                query(
                        proto.getQueryParametersList(),
                        FieldPaths.join(path, "query_parameters"),
                        findings);
        return new RouteMatchConfig(
                pathMatch(proto, path, findings),
                caseSensitive,
                headers(proto.getHeadersList(), FieldPaths.join(path, "headers"), findings),
                query,
                proto.hasRuntimeFraction()
                        ? Optional.of(Fractions.runtime(proto.getRuntimeFraction()))
                        : Optional.empty(),
                proto.hasGrpc(),
                proto.hasTlsContext()
                        ? Optional.of(
                                new TlsContextMatch(
                                        proto.getTlsContext().hasPresented()
                                                ? Optional.of(
                                                        proto.getTlsContext()
                                                                .getPresented()
                                                                .getValue())
                                                : Optional.empty(),
                                        proto.getTlsContext().hasValidated()
                                                ? Optional.of(
                                                        proto.getTlsContext()
                                                                .getValidated()
                                                                .getValue())
                                                : Optional.empty()))
                        : Optional.empty(),
                MetadataMatcherParser.parse(
                        proto.getDynamicMetadataList(),
                        FieldPaths.join(path, "dynamic_metadata"),
                        findings),
                filterState(proto, path, findings));
    }

    /** Checked like any other; without objects in the filter state none of them can hold. */
    private static boolean filterState(RouteMatch proto, String path, Findings findings) {
        for (int i = 0; i < proto.getFilterStateCount(); i++) {
            FilterStateMatcher matcher = proto.getFilterState(i);
            String at = FieldPaths.index(FieldPaths.join(path, "filter_state"), i);
            if (matcher.hasStringMatch()) {
                var _ = string(matcher.getStringMatch(), at + ".string_match", findings);
            }
            List<CidrRange> ranges = matcher.getAddressMatch().getRangesList();
            for (int j = 0; j < ranges.size(); j++) {
                var _ =
                        AddressParser.cidr(
                                ranges.get(j).getAddressPrefix(),
                                ranges.get(j).getPrefixLen().getValue(),
                                FieldPaths.index(at + ".address_match.ranges", j),
                                findings);
            }
        }
        return proto.getFilterStateCount() > 0;
    }

    private static PathMatch pathMatch(RouteMatch proto, String path, Findings findings) {
        return switch (proto.getPathSpecifierCase()) {
            case PREFIX -> new PathMatch.Prefix(proto.getPrefix());
            case PATH -> new PathMatch.Exact(proto.getPath());
            case PATH_SEPARATED_PREFIX ->
                    new PathMatch.PathSeparatedPrefix(proto.getPathSeparatedPrefix());
            case SAFE_REGEX -> {
                RegexMatcher regex = proto.getSafeRegex();
                RegexRules.check(regex, FieldPaths.join(path, "safe_regex"), findings);
                yield new PathMatch.Regex(regex.getRegex());
            }
            case CONNECT_MATCHER -> new PathMatch.Connect();
            case PATH_MATCH_POLICY ->
                    Values.unpack(
                                    proto.getPathMatchPolicy().getTypedConfig(),
                                    UriTemplateMatchConfig.class,
                                    path + ".path_match_policy.typed_config",
                                    findings)
                            .<PathMatch>map(config ->
                                    UriTemplates.match(
                                            config.getPathTemplate(),
                                            path + ".path_match_policy",
                                            findings))
                            .orElse(new PathMatch.Prefix(""));
            // Reported before by the oneof's own constraint.
            case PATHSPECIFIER_NOT_SET -> new PathMatch.Prefix("");
        };
    }

    static List<HeaderMatcherConfig> headers(
            List<HeaderMatcher> protos, String path, Findings findings) {
        var headers = new ArrayList<HeaderMatcherConfig>();
        for (int i = 0; i < protos.size(); i++) {
            HeaderMatcher proto = protos.get(i);
            headers.add(
                    new HeaderMatcherConfig(
                            Ascii.lower(proto.getName()),
                            proto.getInvertMatch(),
                            proto.getTreatMissingHeaderAsEmpty(),
                            header(proto, FieldPaths.index(path, i), findings)));
        }
        return headers;
    }

    private static ValueMatch header(HeaderMatcher proto, String path, Findings findings) {
        return switch (proto.getHeaderMatchSpecifierCase()) {
            // HM5: an empty exact_match asks for presence.
            case EXACT_MATCH ->
                    proto.getExactMatch().isEmpty()
                            ? new ValueMatch.Present(true)
                            : new ValueMatch.Exact(proto.getExactMatch(), false);
            case PREFIX_MATCH -> new ValueMatch.Prefix(proto.getPrefixMatch(), false);
            case SUFFIX_MATCH -> new ValueMatch.Suffix(proto.getSuffixMatch(), false);
            case CONTAINS_MATCH -> new ValueMatch.Contains(proto.getContainsMatch(), false);
            case PRESENT_MATCH -> new ValueMatch.Present(proto.getPresentMatch());
            case RANGE_MATCH ->
                    new ValueMatch.Range(
                            proto.getRangeMatch().getStart(), proto.getRangeMatch().getEnd());
            case SAFE_REGEX_MATCH -> {
                RegexMatcher regex = proto.getSafeRegexMatch();
                RegexRules.check(regex, FieldPaths.join(path, "safe_regex_match"), findings);
                yield new ValueMatch.Regex(regex.getRegex());
            }
            case STRING_MATCH ->
                    string(proto.getStringMatch(), FieldPaths.join(path, "string_match"), findings);
            // HM4: no specifier asks for presence.
            case HEADERMATCHSPECIFIER_NOT_SET -> new ValueMatch.Present(true);
        };
    }

    static List<QueryParameterMatcherConfig> query(
            List<QueryParameterMatcher> protos, String path, Findings findings) {
        var query = new ArrayList<QueryParameterMatcherConfig>();
        for (int i = 0; i < protos.size(); i++) {
            query.add(query(protos.get(i), FieldPaths.index(path, i), findings));
        }
        return query;
    }

    private static QueryParameterMatcherConfig query(
            QueryParameterMatcher proto, String path, Findings findings) {
        ValueMatch match =
                switch (proto.getQueryParameterMatchSpecifierCase()) {
                    case STRING_MATCH ->
                            string(
                                    proto.getStringMatch(),
                                    FieldPaths.join(path, "string_match"),
                                    findings);
                    case PRESENT_MATCH -> new ValueMatch.Present(proto.getPresentMatch());
                    case QUERYPARAMETERMATCHSPECIFIER_NOT_SET -> new ValueMatch.Present(true);
                };
        return new QueryParameterMatcherConfig(proto.getName(), match);
    }

    static ValueMatch string(StringMatcher proto, String path, Findings findings) {
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
                RegexMatcher regex = proto.getSafeRegex();
                RegexRules.check(regex, FieldPaths.join(path, "safe_regex"), findings);
                yield new ValueMatch.Regex(regex.getRegex());
            }
            // Both were reported before: by the table, and by the oneof's own constraint.
            case CUSTOM, MATCHPATTERN_NOT_SET -> new ValueMatch.Present(true);
        };
    }
}
