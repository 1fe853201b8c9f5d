// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.route;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.config.FilterFields;
import dev.outrigger.dataplane.config.FractionalPercent;
import dev.outrigger.dataplane.config.HeaderEdits;
import dev.outrigger.dataplane.config.RouteActionConfig;
import dev.outrigger.dataplane.config.RouteActionConfig.ClusterSpecifier;
import dev.outrigger.dataplane.config.RouteActionConfig.DirectResponse;
import dev.outrigger.dataplane.config.RouteActionConfig.Forward;
import dev.outrigger.dataplane.config.RouteActionConfig.Redirect;
import dev.outrigger.dataplane.config.RouteActionConfig.WeightedCluster;
import dev.outrigger.dataplane.config.RouteConfig;
import dev.outrigger.dataplane.config.RouteMatchConfig;
import dev.outrigger.dataplane.config.RouteMatchConfig.HeaderMatcherConfig;
import dev.outrigger.dataplane.config.RouteMatchConfig.PathMatch;
import dev.outrigger.dataplane.config.RouteMatchConfig.QueryParameterMatcherConfig;
import dev.outrigger.dataplane.config.RouteMatchConfig.ValueMatch;
import dev.outrigger.dataplane.config.RouteTable;
import dev.outrigger.dataplane.config.RuntimeFractionalPercent;
import dev.outrigger.dataplane.config.VirtualHostConfig;
import dev.outrigger.dataplane.config.VirtualHostConfig.TlsRequirement;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.runtime.RuntimeLayers;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutesTest {
    private static final Forward B = Forward.to(new ClusterSpecifier.Single("b"));

    private static VirtualHostConfig host(
            String name, List<String> domains, TlsRequirement tls, RouteConfig... routes) {
        return new VirtualHostConfig(
                name,
                domains,
                List.of(routes),
                Optional.empty(),
                tls,
                List.of(),
                HeaderEdits.NONE,
                HeaderEdits.NONE,
                false,
                false,
                false,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                FilterFields.NONE);
    }

    private static RouteConfig route(
            String name, RouteMatchConfig match, RouteActionConfig action) {
        return new RouteConfig(
                name,
                match,
                action,
                HeaderEdits.NONE,
                HeaderEdits.NONE,
                Optional.empty(),
                "",
                FilterFields.NONE);
    }

    private static RouteConfig prefix(String name, String prefix) {
        return route(name, RouteMatchConfig.of(new PathMatch.Prefix(prefix)), B);
    }

    private static Routes routes(boolean ignorePort, VirtualHostConfig... hosts) {
        var table =
                new RouteTable(
                        "t",
                        List.of(hosts),
                        HeaderEdits.NONE,
                        HeaderEdits.NONE,
                        List.of(),
                        List.of(),
                        ignorePort,
                        true,
                        false,
                        Map.of(),
                        1);
        return new Routes(table, new StatsStore(1), RuntimeLayers.none(), config -> config);
    }

    private static String found(Routes routes, RequestHead head, long random) {
        var context = new RouteContext();
        context.begin(random);
        Route route = routes.find(head, context);
        return route == null ? "none" : route.virtualHost().name() + "/" + route.name();
    }

    @ParameterizedTest
    @CsvSource({
        "exact.local, exact",
        "EXACT.local, exact",
        "exact.local:80, any",
        "a.wild.local, suffix",
        "a.b.wild.local, suffix",
        "a.deep.wild.local, deep",
        ".wild.local, any",
        "wild.local, any",
        "pre.x, prefix",
        "pre.fix.x, longer",
        "pre., any",
        "other, any",
    })
    void findsTheVirtualHostByTheLongestDomain_V2(String authority, String expected) {
        var routes =
                routes(
                        false,
                        host("any", List.of("*"), TlsRequirement.NONE, prefix("r", "/")),
                        host("prefix", List.of("pre.*"), TlsRequirement.NONE, prefix("r", "/")),
                        host("longer", List.of("pre.fix.*"), TlsRequirement.NONE, prefix("r", "/")),
                        host(
                                "suffix",
                                List.of("*.wild.local"),
                                TlsRequirement.NONE,
                                prefix("r", "/")),
                        host(
                                "deep",
                                List.of("*.deep.wild.local"),
                                TlsRequirement.NONE,
                                prefix("r", "/")),
                        host(
                                "exact",
                                List.of("exact.local"),
                                TlsRequirement.NONE,
                                prefix("r", "/")));

        var head = Heads.of("GET / HTTP/1.1\r\nhost: " + authority);

        assertThat(found(routes, head, 0)).isEqualTo(expected + "/r");
    }

    @Test
    void ignoresThePortWhereAsked_V3() {
        var host = host("h", List.of("h.local"), TlsRequirement.NONE, prefix("r", "/"));
        var head = Heads.of("GET / HTTP/1.1\r\nhost: h.local:8080");

        assertThat(found(routes(true, host), head, 0)).isEqualTo("h/r");
        assertThat(found(routes(false, host), head, 0)).isEqualTo("none");
    }

    @Test
    void doesNotFallBackToAnotherVirtualHost_V4() {
        var routes =
                routes(
                        false,
                        host("any", List.of("*"), TlsRequirement.NONE, prefix("r", "/")),
                        host("h", List.of("h.local"), TlsRequirement.NONE, prefix("r", "/only")));

        assertThat(found(routes, Heads.get("/other"), 0)).isEqualTo("none");
    }

    @Test
    void sendsToHttpsBeforeLookingAtRoutes_V6() {
        var all = host("h", List.of("*"), TlsRequirement.ALL, prefix("r", "/"));
        var external = host("h", List.of("*"), TlsRequirement.EXTERNAL_ONLY, prefix("r", "/"));
        var internal = Heads.get("/a?b", "x-forwarded-proto: http", "x-envoy-internal: true");
        var https = Heads.get("/a?b", "x-forwarded-proto: https");
        var context = new RouteContext();

        Route redirect = requireNonNull(routes(false, all).find(internal, context));

        assertThat(Redirects.location((Redirect) redirect.action(), redirect, internal))
                .isEqualTo("https://h.local/a?b");
        assertThat(found(routes(false, all), https, 0)).isEqualTo("h/r");
        assertThat(found(routes(false, external), internal, 0)).isEqualTo("h/r");
    }

    @ParameterizedTest
    @CsvSource({
        "/exact, exact",
        "/exact?q, exact",
        "/exact/, rest",
        "/sep, separated",
        "/sep/x, separated",
        "/sepx, rest",
        "/CASE/x, any-case",
        "/re/12, regex",
        "/re/1x, rest",
        "/tpl/a/b, template",
        "/tpl/a/b/c, rest",
        "/exact;p=1, exact",
    })
    void comparesThePathWithoutItsQuery_M3toM8(String path, String expected) {
        var any = new ArrayList<RouteConfig>();
        any.add(route("exact", RouteMatchConfig.of(new PathMatch.Exact("/exact")), B));
        any.add(
                route(
                        "separated",
                        RouteMatchConfig.of(new PathMatch.PathSeparatedPrefix("/sep")),
                        B));
        any.add(
                route(
                        "any-case",
                        new RouteMatchConfig(
                                new PathMatch.Prefix("/case"),
                                false,
                                List.of(),
                                List.of(),
                                Optional.empty(),
                                false,
                                Optional.empty()),
                        B));
        any.add(route("regex", RouteMatchConfig.of(new PathMatch.Regex("/re/[0-9]+")), B));
        any.add(
                route(
                        "template",
                        RouteMatchConfig.of(
                                new PathMatch.UriTemplate(
                                        "/tpl/{x}/*", "/tpl/([^/]+)/[^/]+", List.of("x"))),
                        B));
        any.add(prefix("rest", "/"));
        var host = host("h", List.of("*"), TlsRequirement.NONE, any.toArray(RouteConfig[]::new));

        assertThat(found(routes(false, host), Heads.get(path), 0)).isEqualTo("h/" + expected);
    }

    @Test
    void wantsEveryConditionOfARoute_M1() {
        var match =
                new RouteMatchConfig(
                        new PathMatch.Prefix("/"),
                        true,
                        List.of(
                                new HeaderMatcherConfig(
                                        "x-a", false, false, new ValueMatch.Exact("1", false))),
                        List.of(new QueryParameterMatcherConfig("q", new ValueMatch.Present(true))),
                        Optional.empty(),
                        true,
                        Optional.empty());
        var routes =
                routes(
                        false,
                        host(
                                "h",
                                List.of("*"),
                                TlsRequirement.NONE,
                                route("all", match, B),
                                prefix("rest", "/")));
        String grpc = "content-type: application/grpc";

        assertThat(found(routes, Heads.get("/?q", "x-a: 1", grpc), 0)).isEqualTo("h/all");
        assertThat(found(routes, Heads.get("/?q", "x-a: 2", grpc), 0)).isEqualTo("h/rest");
        assertThat(found(routes, Heads.get("/?r", "x-a: 1", grpc), 0)).isEqualTo("h/rest");
        assertThat(found(routes, Heads.get("/?q", "x-a: 1"), 0)).isEqualTo("h/rest");
    }

    @Test
    void takesAShareByTheStreamsRandomNumber_M12() {
        var share =
                new RouteMatchConfig(
                        new PathMatch.Prefix("/"),
                        true,
                        List.of(),
                        List.of(),
                        Optional.of(
                                new RuntimeFractionalPercent(new FractionalPercent(30, 100), "")),
                        false,
                        Optional.empty());
        var routes =
                routes(
                        false,
                        host(
                                "h",
                                List.of("*"),
                                TlsRequirement.NONE,
                                route("share", share, B),
                                prefix("rest", "/")));

        assertThat(found(routes, Heads.get("/"), 129)).isEqualTo("h/share");
        assertThat(found(routes, Heads.get("/"), 130)).isEqualTo("h/rest");
    }

    @ParameterizedTest
    @CsvSource({
        "0, '', b",
        "9, '', b",
        "10, '', c",
        "29, '', c",
        "30, '', b",
        "0, 15, c",
        "15, x, c"
    })
    void choosesByWeightInTheOrderOfTheList_A3(long random, String header, String expected) {
        var weighted =
                new ClusterSpecifier.Weighted(
                        List.of(choice("b", 10), choice("c", 20)), 30, "x-pick", "");
        var routes =
                routes(
                        false,
                        host(
                                "h",
                                List.of("*"),
                                TlsRequirement.NONE,
                                route(
                                        "w",
                                        RouteMatchConfig.of(new PathMatch.Prefix("/")),
                                        Forward.to(weighted))));
        RequestHead head = header.isEmpty() ? Heads.get("/") : Heads.get("/", "x-pick: " + header);
        var context = new RouteContext();
        context.begin(random);

        Route route = requireNonNull(routes.find(head, context));

        var target = requireNonNull(route.target(head, context));
        assertThat(target.cluster(head)).isEqualTo(expected);
    }

    private static WeightedCluster choice(String name, long weight) {
        return new WeightedCluster(
                name,
                "",
                weight,
                Optional.empty(),
                HeaderEdits.NONE,
                HeaderEdits.NONE,
                "",
                Map.of());
    }

    @Test
    void forwardsNowhereWithoutAnActionThatForwards() {
        var routes =
                routes(
                        false,
                        host(
                                "h",
                                List.of("*"),
                                TlsRequirement.NONE,
                                route(
                                        "d",
                                        RouteMatchConfig.of(new PathMatch.Prefix("/")),
                                        new DirectResponse(200, ""))));
        var head = Heads.get("/");
        var context = new RouteContext();

        Route route = requireNonNull(routes.find(head, context));

        assertThat(route.target(head, context)).isNull();
    }
}
