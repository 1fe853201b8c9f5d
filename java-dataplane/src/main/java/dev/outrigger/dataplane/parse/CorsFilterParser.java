// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.BoolValue;
import dev.outrigger.dataplane.config.CorsPolicyConfig;
import dev.outrigger.dataplane.config.RouteMatchConfig.ValueMatch;
import dev.outrigger.dataplane.config.RuntimeFractionalPercent;
import dev.outrigger.dataplane.filter.cors.CorsConfig;
import dev.outrigger.dataplane.filter.cors.CorsRouteConfig;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.Cors;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.CorsPolicy;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code envoy.filters.http.cors}, and CORS policies where routes have them in fields. */
final class CorsFilterParser {
    private static final SupportedFields POLICY = policy(SupportedFields.of(CorsPolicy.class));

    /** The fields {@code cors} of a route and of a virtual host. */
    static final SupportedFields ROUTE_POLICY =
            policy(SupportedFields.of(io.envoyproxy.envoy.config.route.v3.CorsPolicy.class));

    static final HttpFilterType TYPE =
            HttpFilterType.of(
                            "envoy.filters.http.cors",
                            Cors.class,
                            SupportedFields.of(Cors.class),
                            (_, _, _) -> new CorsConfig())
                    .withRoute(
                            CorsPolicy.class,
                            POLICY,
                            (proto, path, findings) ->
                                    new CorsRouteConfig(policy(proto, path, findings)));

    private CorsFilterParser() {}

    private static SupportedFields policy(SupportedFields table) {
        return table.nested("allow_origin_string_match", () -> RouteMatchParser.STRING)
                .obeyed(
                        "allow_methods",
                        "allow_headers",
                        "expose_headers",
                        "max_age",
                        "allow_credentials",
                        "allow_private_network_access",
                        "forward_not_matching_preflights")
                .nested("filter_enabled", () -> Fractions.RUNTIME_FRACTION)
                .nested("shadow_enabled", () -> Fractions.RUNTIME_FRACTION);
    }

    private static CorsPolicyConfig policy(CorsPolicy proto, String path, Findings findings) {
        return new CorsPolicyConfig(
                origins(proto.getAllowOriginStringMatchList(), path, findings),
                proto.getAllowMethods(),
                proto.getAllowHeaders(),
                proto.getExposeHeaders(),
                proto.getMaxAge(),
                flag(proto.hasAllowCredentials(), proto.getAllowCredentials()),
                fraction(proto.hasFilterEnabled(), proto.getFilterEnabled()),
                fraction(proto.hasShadowEnabled(), proto.getShadowEnabled()),
                flag(proto.hasAllowPrivateNetworkAccess(), proto.getAllowPrivateNetworkAccess()),
                flag(
                        proto.hasForwardNotMatchingPreflights(),
                        proto.getForwardNotMatchingPreflights()));
    }

    static CorsPolicyConfig policy(
            io.envoyproxy.envoy.config.route.v3.CorsPolicy proto, String path, Findings findings) {
        return new CorsPolicyConfig(
                origins(proto.getAllowOriginStringMatchList(), path, findings),
                proto.getAllowMethods(),
                proto.getAllowHeaders(),
                proto.getExposeHeaders(),
                proto.getMaxAge(),
                flag(proto.hasAllowCredentials(), proto.getAllowCredentials()),
                fraction(proto.hasFilterEnabled(), proto.getFilterEnabled()),
                fraction(proto.hasShadowEnabled(), proto.getShadowEnabled()),
                flag(proto.hasAllowPrivateNetworkAccess(), proto.getAllowPrivateNetworkAccess()),
                flag(
                        proto.hasForwardNotMatchingPreflights(),
                        proto.getForwardNotMatchingPreflights()));
    }

    private static List<ValueMatch> origins(
            List<StringMatcher> protos, String path, Findings findings) {
        var origins = new ArrayList<ValueMatch>();
        for (int i = 0; i < protos.size(); i++) {
            String at = FieldPaths.index(FieldPaths.join(path, "allow_origin_string_match"), i);
            origins.add(RouteMatchParser.string(protos.get(i), at, findings));
        }
        return origins;
    }

    private static Optional<Boolean> flag(boolean present, BoolValue value) {
        return present ? Optional.of(value.getValue()) : Optional.empty();
    }

    private static Optional<RuntimeFractionalPercent> fraction(
            boolean present, io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent value) {
        return present ? Optional.of(Fractions.runtime(value)) : Optional.empty();
    }
}
