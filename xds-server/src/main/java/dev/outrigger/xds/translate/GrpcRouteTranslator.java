// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.translate;

import dev.outrigger.policy.kind.retry.RetryPolicy;
import dev.outrigger.xds.ir.IrRoute;
import dev.outrigger.xds.ir.IrRoute.IrBackend;
import dev.outrigger.xds.ir.IrVirtualHost;
import dev.outrigger.xds.kind.KindTranslators;
import dev.outrigger.xds.kind.RouteKind;
import dev.outrigger.xds.kind.RouteMethods;
import io.envoyproxy.envoy.config.route.v3.NonForwardingAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;

/**
 * Virtual hosts for clients that send requests themselves (gRFC A28 and what followed). They take
 * less than a proxy does, and refuse a whole route configuration for a match they do not know:
 *
 * <ul>
 *   <li>their requests are POSTs without a query: what asks for anything else is left out, as it
 *       could never match, and a route is not split by method;
 *   <li>they know no {@code path_separated_prefix}: an expression says the same;
 *   <li>they limit a request by {@code max_stream_duration} and not by {@code timeout} (gRFC A31);
 *   <li>they retry on gRPC's status codes and on nothing else (gRFC A44); connections that fail
 *       before a request was seen they try again by themselves.
 * </ul>
 */
final class GrpcRouteTranslator {
    private static final String METHOD = "POST";
    private static final RouteMethods METHODS = new RouteMethods.Only(List.of(METHOD));

    RouteConfiguration routeConfiguration(String name, IrVirtualHost host) {
        var virtualHost =
                VirtualHost.newBuilder()
                        .setName(ResourceNames.virtualHost(host.servicePort()))
                        .addAllDomains(host.domains());
        host.routes().forEach(route -> route(route).ifPresent(virtualHost::addRoutes));
        return RouteConfiguration.newBuilder().setName(name).addVirtualHosts(virtualHost).build();
    }

    private static Optional<Route> route(IrRoute route) {
        var match = route.match();
        if (!match.queryParams().isEmpty()
                || match.method().filter(method -> !method.equals(METHOD)).isPresent()) {
            return Optional.empty();
        }
        var builder =
                Route.newBuilder().setName(route.name()).setMatch(RouteTranslator.grpcMatch(match));
        var backends = route.weighted();
        if (backends.isEmpty()) {
            // An action the client does not forward by: the request fails, others do not.
            return Optional.of(
                    builder.setNonForwardingAction(NonForwardingAction.getDefaultInstance())
                            .build());
        }
        return Optional.of(builder.setRoute(action(route, backends)).build());
    }

    private static RouteAction action(IrRoute route, List<IrBackend> backends) {
        var action = RouteAction.newBuilder();
        if (backends.size() == 1) {
            action.setCluster(ResourceNames.cluster(backends.getFirst().servicePort()));
        } else {
            action.setWeightedClusters(RouteTranslator.weighted(backends, false));
        }
        for (RouteKind kind : KindTranslators.ROUTE) {
            kind.translate(route.policies(), METHODS, action);
        }
        limit(action);
        retry(route.policies().find(RetryPolicy.class), action);
        return action.build();
    }

    private static void limit(RouteAction.Builder action) {
        if (action.hasTimeout()) {
            action.getMaxStreamDurationBuilder().setMaxStreamDuration(action.getTimeout());
            action.clearTimeout();
        }
        action.clearIdleTimeout();
    }

    private static void retry(Optional<RetryPolicy> retry, RouteAction.Builder action) {
        if (!action.hasRetryPolicy()) {
            return;
        }
        var on =
                retry.map(policy -> GrpcRetryCodes.of(policy, METHOD))
                        .orElseGet(LinkedHashSet::new);
        if (on.isEmpty()) {
            action.clearRetryPolicy();
            return;
        }
        action.getRetryPolicyBuilder()
                .setRetryOn(String.join(",", on))
                .clearRetriableStatusCodes()
                .clearPerTryTimeout()
                .clearRetryHostPredicate()
                .clearHostSelectionRetryMaxAttempts();
    }
}
