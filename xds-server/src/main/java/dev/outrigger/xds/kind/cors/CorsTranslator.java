// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.kind.cors;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import dev.outrigger.policy.kind.cors.CorsPolicy.Origin;
import dev.outrigger.xds.ir.IrRoute;
import dev.outrigger.xds.ir.IrVirtualHost;
import dev.outrigger.xds.kind.FilterKind;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.Cors;
import io.envoyproxy.envoy.extensions.filters.http.cors.v3.CorsPolicy;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;

/** {@code cors}: the CORS filter's configuration of a route. */
public final class CorsTranslator implements FilterKind {
    private static final String NAME = "envoy.filters.http.cors";

    @Override
    public HttpFilter filter() {
        return HttpFilter.newBuilder()
                .setName(NAME)
                .setDisabled(true)
                .setTypedConfig(Any.pack(Cors.getDefaultInstance()))
                .build();
    }

    @Override
    public void translate(IrRoute route, IrVirtualHost host, Route.Builder builder) {
        route.policies()
                .find(dev.outrigger.policy.kind.cors.CorsPolicy.class)
                .ifPresent(policy -> builder.putTypedPerFilterConfig(NAME, Any.pack(cors(policy))));
    }

    private static CorsPolicy cors(dev.outrigger.policy.kind.cors.CorsPolicy policy) {
        var cors = CorsPolicy.newBuilder();
        policy.allowOrigins().forEach(origin -> cors.addAllowOriginStringMatch(matcher(origin)));
        cors.setAllowMethods(String.join(",", policy.allowMethods()))
                .setAllowHeaders(String.join(",", policy.allowHeaders()))
                .setExposeHeaders(String.join(",", policy.exposeHeaders()))
                .setAllowCredentials(BoolValue.of(policy.allowCredentials()));
        policy.maxAge().ifPresent(age -> cors.setMaxAge(Long.toString(age.toSeconds())));
        return cors.build();
    }

    private static StringMatcher matcher(Origin origin) {
        return switch (origin) {
            case Origin.Any() -> StringMatcher.newBuilder().setExact("*").build();
            case Origin.Exact(var value) -> StringMatcher.newBuilder().setExact(value).build();
            case Origin.Subdomains(var scheme, var suffix) ->
                    StringMatcher.newBuilder()
                            .setSafeRegex(
                                    RegexMatcher.newBuilder()
                                            .setRegex(
                                                    literal(scheme)
                                                            + "[A-Za-z0-9_.-]+"
                                                            + literal(suffix)))
                            .build();
        };
    }

    /** RE2 takes a backslash before anything but a letter or digit as that character itself. */
    private static String literal(String text) {
        return text.replaceAll("([^A-Za-z0-9/_-])", "\\\\$1");
    }
}
