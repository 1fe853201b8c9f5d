// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.translate;

import com.google.protobuf.UInt32Value;
import dev.outrigger.policy.kind.httproute.HttpRouteSpec;
import dev.outrigger.policy.kind.httproute.RouteFilters.Answer;
import dev.outrigger.policy.kind.httproute.RouteFilters.Rewrite;
import dev.outrigger.policy.kind.sidecar.SidecarSpec.UnknownHosts;
import dev.outrigger.xds.ir.IrListener;
import dev.outrigger.xds.ir.IrRoute;
import dev.outrigger.xds.ir.IrRoute.IrBackend;
import dev.outrigger.xds.ir.IrRoute.IrMirror;
import dev.outrigger.xds.ir.IrVirtualHost;
import dev.outrigger.xds.kind.KindTranslators;
import dev.outrigger.xds.kind.ProtoValues;
import dev.outrigger.xds.kind.RouteKind;
import dev.outrigger.xds.kind.RouteMethods;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Virtual hosts, routes and matches. */
final class RouteTranslator {
    /** Gateway API: a rule without a usable backend answers 500. */
    private static final int NO_BACKEND_STATUS = 500;

    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;
    private static final HeaderMatcher SCHEME_IS_HTTPS =
            HeaderMatcher.newBuilder()
                    .setName(":scheme")
                    .setStringMatch(StringMatcher.newBuilder().setExact("https"))
                    .build();

    /** What surrounds the virtual hosts comes first, so that these can be added to it. */
    RouteConfiguration routeConfiguration(
            IrListener.Outbound listener, List<IrVirtualHost> virtualHosts) {
        var configuration =
                RouteConfiguration.newBuilder()
                        .setName(ResourceNames.routeConfiguration(listener))
                        .addVirtualHosts(
                                PassthroughTranslator.virtualHost(
                                        listener.unknownHosts() == UnknownHosts.PASSTHROUGH));
        virtualHosts.forEach(host -> configuration.addVirtualHosts(virtualHost(host)));
        return configuration.build();
    }

    RouteConfiguration virtualHosts(List<IrVirtualHost> virtualHosts) {
        var configuration = RouteConfiguration.newBuilder();
        virtualHosts.forEach(host -> configuration.addVirtualHosts(virtualHost(host)));
        return configuration.build();
    }

    private static VirtualHost virtualHost(IrVirtualHost host) {
        var builder =
                VirtualHost.newBuilder()
                        .setName(ResourceNames.virtualHost(host.servicePort()))
                        .addAllDomains(host.domains());
        host.routes().forEach(route -> builder.addAllRoutes(routes(route, host)));
        KindTranslators.FILTERS.forEach(kind -> kind.translate(host, builder));
        return builder.build();
    }

    /** One Envoy route, or two where a kind must tell methods apart, or a redirect schemes. */
    private static List<Route> routes(IrRoute route, IrVirtualHost host) {
        var separate =
                KindTranslators.ROUTE.stream()
                        .map(kind -> kind.separateMethods(route))
                        .filter(methods -> !methods.isEmpty())
                        .findFirst();
        if (separate.isEmpty() || route.weighted().isEmpty()) {
            RouteMethods methods =
                    route.match()
                            .method()
                            .<RouteMethods>map(method -> new RouteMethods.Only(List.of(method)))
                            .orElseGet(RouteMethods.Any::new);
            return bySchemes(route(route, host, methods, match(route).build()));
        }
        var only = match(route).addHeaders(methodIn(separate.get())).build();
        return List.of(
                route(route, host, new RouteMethods.Only(separate.get()), only),
                route(route, host, new RouteMethods.Rest(), match(route).build()));
    }

    /**
     * The usual port of HTTPS is not written where a redirect leaves a request's HTTPS as it is.
     */
    private static List<Route> bySchemes(Route route) {
        var redirect = route.getRedirect();
        boolean depends =
                redirect.getPortRedirect() == HTTPS_PORT
                        && !redirect.getHostRedirect().isEmpty()
                        && redirect.getSchemeRedirect().isEmpty();
        if (!depends) {
            return List.of(route);
        }
        var ofHttps = route.toBuilder();
        ofHttps.getMatchBuilder().addHeaders(SCHEME_IS_HTTPS);
        ofHttps.getRedirectBuilder().clearPortRedirect();
        return List.of(ofHttps.build(), route);
    }

    private static Route route(
            IrRoute route, IrVirtualHost host, RouteMethods methods, RouteMatch match) {
        var builder = Route.newBuilder().setName(route.name()).setMatch(match);
        var answer = route.filters().answer();
        if (answer.isPresent()) {
            answer(answer.get(), route, host.servicePort().port(), builder);
        } else if (route.weighted().isEmpty()) {
            builder.setDirectResponse(
                    DirectResponseAction.newBuilder().setStatus(NO_BACKEND_STATUS));
        } else {
            builder.setRoute(action(route, methods));
        }
        builder.addAllRequestHeadersToAdd(HeaderTranslator.added(route.filters().request()))
                .addAllRequestHeadersToRemove(route.filters().request().remove())
                .addAllResponseHeadersToAdd(HeaderTranslator.added(route.filters().response()))
                .addAllResponseHeadersToRemove(route.filters().response().remove());
        KindTranslators.FILTERS.forEach(kind -> kind.translate(route, host, builder));
        return builder.build();
    }

    private static void answer(
            Answer answer, IrRoute route, int servicePort, Route.Builder builder) {
        switch (answer) {
            case Answer.Direct(var status, var body) -> {
                var direct = DirectResponseAction.newBuilder().setStatus(status);
                body.ifPresent(
                        text -> direct.setBody(DataSource.newBuilder().setInlineString(text)));
                builder.setDirectResponse(direct);
            }
            case Answer.Redirect redirect ->
                    builder.setRedirect(redirect(redirect, route, servicePort));
        }
    }

    private static RedirectAction redirect(
            Answer.Redirect redirect, IrRoute route, int servicePort) {
        var action = RedirectAction.newBuilder().setResponseCode(code(redirect.status()));
        redirect.scheme().ifPresent(action::setSchemeRedirect);
        redirect.hostname().ifPresent(action::setHostRedirect);
        redirectPort(redirect, servicePort).ifPresent(action::setPortRedirect);
        redirect.path()
                .ifPresent(path -> PathTranslator.redirect(path, route.match().path(), action));
        return action.build();
    }

    /**
     * Gateway API's: the port that is given, else that of the scheme that is given, else the one
     * the request came to; and the usual one of a scheme is not written. Where the host stays, its
     * port does too, unless another one is said.
     */
    private static Optional<Integer> redirectPort(Answer.Redirect redirect, int servicePort) {
        boolean changes =
                redirect.hostname().isPresent()
                        || redirect.scheme().isPresent()
                        || redirect.port().isPresent();
        int usual = redirect.scheme().filter("https"::equals).isPresent() ? HTTPS_PORT : HTTP_PORT;
        int port =
                redirect.port()
                        .orElseGet(() -> redirect.scheme().isPresent() ? usual : servicePort);
        boolean isUnsaid =
                port == usual && (redirect.hostname().isPresent() || servicePort == HTTP_PORT);
        return changes && !isUnsaid ? Optional.of(port) : Optional.empty();
    }

    private static RedirectAction.RedirectResponseCode code(int status) {
        return switch (status) {
            case 301 -> RedirectAction.RedirectResponseCode.MOVED_PERMANENTLY;
            case 302 -> RedirectAction.RedirectResponseCode.FOUND;
            case 303 -> RedirectAction.RedirectResponseCode.SEE_OTHER;
            case 307 -> RedirectAction.RedirectResponseCode.TEMPORARY_REDIRECT;
            case 308 -> RedirectAction.RedirectResponseCode.PERMANENT_REDIRECT;
            default -> throw new IllegalArgumentException("status: " + status);
        };
    }

    private static RouteAction action(IrRoute route, RouteMethods methods) {
        var action = RouteAction.newBuilder();
        var backends = route.weighted();
        if (backends.size() == 1
                && hasNoEdits(backends.getFirst())
                && (route.backends().size() == 1 || backends.getFirst().rewrite().isEmpty())) {
            action.setCluster(ResourceNames.cluster(backends.getFirst().servicePort()));
        } else {
            action.setWeightedClusters(weighted(backends, route.backends().size() > 1));
        }
        rewrite(route)
                .ifPresent(rewrite -> {
                    rewrite.hostname().ifPresent(action::setHostRewriteLiteral);
                    rewrite.path()
                            .ifPresent(path ->
                                    PathTranslator.rewrite(path, route.match().path(), action));
                });
        route.mirrors().forEach(mirror -> action.addRequestMirrorPolicies(mirror(mirror)));
        for (RouteKind kind : KindTranslators.ROUTE) {
            kind.translate(route.policies(), methods, action);
        }
        return action.build();
    }

    /** The rule's, or that of its one backend; of several each has its own. */
    private static Optional<Rewrite> rewrite(IrRoute route) {
        return route.filters()
                .rewrite()
                .or(() ->
                        route.backends().size() == 1
                                ? route.backends().getFirst().rewrite()
                                : Optional.empty());
    }

    private static boolean hasNoEdits(IrBackend backend) {
        return backend.request().isEmpty() && backend.response().isEmpty();
    }

    private static RouteAction.RequestMirrorPolicy mirror(IrMirror mirror) {
        return RouteAction.RequestMirrorPolicy.newBuilder()
                .setCluster(ResourceNames.cluster(mirror.servicePort()))
                .setRuntimeFraction(
                        RuntimeFractionalPercent.newBuilder()
                                .setDefaultValue(ProtoValues.fraction(mirror.percent())))
                .build();
    }

    /**
     * @param rewrites whether each rewrites the host for itself
     */
    static WeightedCluster weighted(List<IrBackend> backends, boolean rewrites) {
        var weighted = WeightedCluster.newBuilder();
        for (IrBackend backend : backends) {
            var cluster =
                    WeightedCluster.ClusterWeight.newBuilder()
                            .setName(ResourceNames.cluster(backend.servicePort()))
                            .setWeight(UInt32Value.of(backend.weight()))
                            .addAllRequestHeadersToAdd(HeaderTranslator.added(backend.request()))
                            .addAllRequestHeadersToRemove(backend.request().remove())
                            .addAllResponseHeadersToAdd(HeaderTranslator.added(backend.response()))
                            .addAllResponseHeadersToRemove(backend.response().remove());
            if (rewrites) {
                backend.rewrite()
                        .flatMap(Rewrite::hostname)
                        .ifPresent(cluster::setHostRewriteLiteral);
            }
            weighted.addClusters(cluster);
        }
        return weighted.build();
    }

    /** For a client whose requests are POSTs without a query, and that knows fewer matches. */
    static RouteMatch grpcMatch(HttpRouteSpec.Match match) {
        var builder = RouteMatch.newBuilder();
        path(match.path(), builder);
        if (builder.hasPathSeparatedPrefix()) {
            var prefix = builder.getPathSeparatedPrefix();
            builder.setSafeRegex(regex(literal(prefix) + "(/.*)?"));
        }
        values(match, builder);
        return builder.build();
    }

    private static RouteMatch.Builder match(IrRoute route) {
        var match = route.match();
        var builder = RouteMatch.newBuilder();
        if (route.isGrpc()) {
            builder.setGrpc(RouteMatch.GrpcRouteMatchOptions.getDefaultInstance());
        }
        path(match.path(), builder);
        match.method().ifPresent(method -> builder.addHeaders(methodIn(List.of(method))));
        values(match, builder);
        return builder;
    }

    private static void path(HttpRouteSpec.PathMatch path, RouteMatch.Builder builder) {
        switch (path) {
            case HttpRouteSpec.PathMatch.Exact(var value) -> builder.setPath(value);
            case HttpRouteSpec.PathMatch.Regex(var value) -> builder.setSafeRegex(regex(value));
            case HttpRouteSpec.PathMatch.Prefix(var value) -> prefix(value, builder);
        }
    }

    private static void values(HttpRouteSpec.Match match, RouteMatch.Builder builder) {
        match.headers()
                .forEach(header ->
                        builder.addHeaders(
                                HeaderMatcher.newBuilder()
                                        .setName(header.name())
                                        .setStringMatch(string(header))));
        match.queryParams()
                .forEach(parameter ->
                        builder.addQueryParameters(
                                QueryParameterMatcher.newBuilder()
                                        .setName(parameter.name())
                                        .setStringMatch(string(parameter))));
    }

    /** RE2 takes a backslash before anything but a letter or digit as that character itself. */
    static String literal(String text) {
        return text.replaceAll("([^A-Za-z0-9/_-])", "\\\\$1");
    }

    /**
     * Whole segments, as Gateway API asks. A trailing slash means the same there as none, and Envoy
     * refuses one in {@code path_separated_prefix}.
     */
    private static void prefix(String value, RouteMatch.Builder builder) {
        var end = value.length();
        while (end > 0 && value.charAt(end - 1) == '/') {
            end--;
        }
        if (end == 0) {
            builder.setPrefix("/");
        } else {
            builder.setPathSeparatedPrefix(value.substring(0, end));
        }
    }

    private static HeaderMatcher methodIn(List<String> methods) {
        var string = StringMatcher.newBuilder();
        if (methods.size() == 1) {
            string.setExact(methods.getFirst());
        } else {
            string.setSafeRegex(regex(alternatives(methods)));
        }
        return HeaderMatcher.newBuilder().setName(":method").setStringMatch(string).build();
    }

    /** Methods are RFC 9110 tokens, in which these characters of a regular expression may occur. */
    private static String alternatives(List<String> methods) {
        var quoted = new ArrayList<String>();
        methods.forEach(method -> quoted.add(method.replaceAll("([.*+^$|])", "\\\\$1")));
        return String.join("|", quoted);
    }

    private static StringMatcher string(HttpRouteSpec.ValueMatch match) {
        return match.regex()
                ? StringMatcher.newBuilder().setSafeRegex(regex(match.value())).build()
                : StringMatcher.newBuilder().setExact(match.value()).build();
    }

    private static RegexMatcher regex(String expression) {
        return RegexMatcher.newBuilder().setRegex(expression).build();
    }
}
