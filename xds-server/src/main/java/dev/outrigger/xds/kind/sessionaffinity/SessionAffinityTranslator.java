// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.kind.sessionaffinity;

import dev.outrigger.policy.kind.sessionaffinity.SessionAffinityPolicy;
import dev.outrigger.policy.kind.sessionaffinity.SessionAffinityPolicy.HashKey;
import dev.outrigger.policy.kind.sessionaffinity.SessionAffinityPolicy.Source;
import dev.outrigger.xds.ir.EffectivePolicies;
import dev.outrigger.xds.kind.ProtoValues;
import dev.outrigger.xds.kind.RouteKind;
import dev.outrigger.xds.kind.RouteMethods;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteAction.HashPolicy;

/** {@code sessionAffinity}: {@code hash_policy}. */
public final class SessionAffinityTranslator implements RouteKind {
    @Override
    public void translate(
            EffectivePolicies policies, RouteMethods methods, RouteAction.Builder action) {
        policies.find(SessionAffinityPolicy.class)
                .ifPresent(policy ->
                        policy.sources().forEach(source -> action.addHashPolicy(hash(source))));
    }

    private static HashPolicy hash(Source source) {
        var hash = HashPolicy.newBuilder().setTerminal(source.terminal());
        switch (source.key()) {
            case HashKey.Header(var name) ->
                    hash.setHeader(HashPolicy.Header.newBuilder().setHeaderName(name));
            case HashKey.Cookie(var name, var path, var ttl) -> {
                var cookie = HashPolicy.Cookie.newBuilder().setName(name);
                path.ifPresent(cookie::setPath);
                ttl.ifPresent(value -> cookie.setTtl(ProtoValues.duration(value)));
                hash.setCookie(cookie);
            }
            case HashKey.SourceIp() ->
                    hash.setConnectionProperties(
                            HashPolicy.ConnectionProperties.newBuilder().setSourceIp(true));
            case HashKey.QueryParameter(var name) ->
                    hash.setQueryParameter(HashPolicy.QueryParameter.newBuilder().setName(name));
        }
        return hash.build();
    }
}
