// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.RouteActionConfig.CookieAttribute;
import dev.outrigger.dataplane.config.RouteActionConfig.HashPolicyConfig;
import dev.outrigger.dataplane.config.RouteActionConfig.HashSource;
import dev.outrigger.dataplane.message.Ascii;
import io.envoyproxy.envoy.config.route.v3.RouteAction.HashPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code RouteAction.HashPolicy} (HP1, HP2). */
final class HashPolicyParser {
    private static final SupportedFields HEADER =
            SupportedFields.of(HashPolicy.Header.class)
                    .obeyed("header_name")
                    .nested("regex_rewrite", () -> RewriteParser.REGEX_REWRITE);

    private static final SupportedFields ATTRIBUTE =
            SupportedFields.of(HashPolicy.CookieAttribute.class).obeyed("name", "value");

    private static final SupportedFields COOKIE =
            SupportedFields.of(HashPolicy.Cookie.class)
                    .obeyed("name", "ttl", "path")
                    .nested("attributes", () -> ATTRIBUTE);

    private static final SupportedFields CONNECTION =
            SupportedFields.of(HashPolicy.ConnectionProperties.class).obeyed("source_ip");

    private static final SupportedFields QUERY =
            SupportedFields.of(HashPolicy.QueryParameter.class).obeyed("name");

    private static final SupportedFields FILTER_STATE =
            SupportedFields.of(HashPolicy.FilterState.class)
                    .obeyedWithNote("key", "no filter here writes any that could be hashed");

    static final SupportedFields HASH_POLICY =
            SupportedFields.of(HashPolicy.class)
                    .nested("header", () -> HEADER)
                    .nested("cookie", () -> COOKIE)
                    .nested("connection_properties", () -> CONNECTION)
                    .nested("query_parameter", () -> QUERY)
                    .nested("filter_state", () -> FILTER_STATE)
                    .obeyed("terminal");

    private HashPolicyParser() {}

    static List<HashPolicyConfig> parse(List<HashPolicy> protos, String path, Findings findings) {
        var policies = new ArrayList<HashPolicyConfig>();
        for (int i = 0; i < protos.size(); i++) {
            HashPolicy proto = protos.get(i);
            source(proto, FieldPaths.index(path, i), findings)
                    .ifPresent(source ->
                            policies.add(new HashPolicyConfig(source, proto.getTerminal())));
        }
        return policies;
    }

    private static Optional<HashSource> source(HashPolicy proto, String path, Findings findings) {
        return switch (proto.getPolicySpecifierCase()) {
            case HEADER ->
                    Optional.of(
                            new HashSource.Header(
                                    Ascii.lower(proto.getHeader().getHeaderName()),
                                    proto.getHeader().hasRegexRewrite()
                                            ? Optional.of(
                                                    RewriteParser.regex(
                                                            proto.getHeader().getRegexRewrite(),
                                                            path + ".header.regex_rewrite",
                                                            findings))
                                            : Optional.empty()));
            case COOKIE -> Optional.of(cookie(proto.getCookie(), path, findings));
            case CONNECTION_PROPERTIES ->
                    proto.getConnectionProperties().getSourceIp()
                            ? Optional.of(new HashSource.SourceIp())
                            : Optional.empty();
            case QUERY_PARAMETER ->
                    Optional.of(new HashSource.QueryParameter(proto.getQueryParameter().getName()));
            case FILTER_STATE ->
                    Optional.of(new HashSource.FilterState(proto.getFilterState().getKey()));
            // Reported before by the oneof's own constraint.
            case POLICYSPECIFIER_NOT_SET -> Optional.empty();
        };
    }

    private static HashSource cookie(HashPolicy.Cookie proto, String path, Findings findings) {
        return new HashSource.Cookie(
                proto.getName(),
                proto.hasTtl()
                        ? Optional.of(
                                Values.duration(proto.getTtl(), path + ".cookie.ttl", findings))
                        : Optional.empty(),
                proto.getPath(),
                proto.getAttributesList().stream()
                        .map(each -> new CookieAttribute(each.getName(), each.getValue()))
                        .toList());
    }
}
