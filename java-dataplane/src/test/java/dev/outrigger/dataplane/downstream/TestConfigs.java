// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.config.AccessLogConfig;
import dev.outrigger.dataplane.config.ActiveCluster;
import dev.outrigger.dataplane.config.ClusterConfig;
import dev.outrigger.dataplane.config.ClusterConfig.CircuitBreakers;
import dev.outrigger.dataplane.config.ClusterConfig.HealthPolicy;
import dev.outrigger.dataplane.config.ClusterConfig.Preconnect;
import dev.outrigger.dataplane.config.ClusterConfig.Thresholds;
import dev.outrigger.dataplane.config.ClusterConfig.TrackedStats;
import dev.outrigger.dataplane.config.ClusterConfig.UpstreamHttp;
import dev.outrigger.dataplane.config.ClusterConfig.UpstreamSockets;
import dev.outrigger.dataplane.config.EndpointAssignment;
import dev.outrigger.dataplane.config.EndpointAssignment.Endpoint;
import dev.outrigger.dataplane.config.EndpointAssignment.HealthStatus;
import dev.outrigger.dataplane.config.EndpointAssignment.LocalityEndpoints;
import dev.outrigger.dataplane.config.FilterChainConfig;
import dev.outrigger.dataplane.config.FilterFields;
import dev.outrigger.dataplane.config.ForwardingConfig;
import dev.outrigger.dataplane.config.HeaderEdits;
import dev.outrigger.dataplane.config.HeaderNameCase;
import dev.outrigger.dataplane.config.Http2Options;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.AccessLogTimes;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.CodecType;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.HeadersWithUnderscoresAction;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.Http1Options;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.RouteSource;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig.ServerHeader;
import dev.outrigger.dataplane.config.HttpFilterConfig;
import dev.outrigger.dataplane.config.HttpFilterEntry;
import dev.outrigger.dataplane.config.ListenSocketsConfig;
import dev.outrigger.dataplane.config.ListenerConfig;
import dev.outrigger.dataplane.config.ListenerFiltersConfig;
import dev.outrigger.dataplane.config.LoadBalancingConfig;
import dev.outrigger.dataplane.config.LocalReplyConfig;
import dev.outrigger.dataplane.config.Metadata;
import dev.outrigger.dataplane.config.ProxyConfig;
import dev.outrigger.dataplane.config.RetryPolicyConfig;
import dev.outrigger.dataplane.config.RetryPolicyConfig.RetryOn;
import dev.outrigger.dataplane.config.RouteActionConfig;
import dev.outrigger.dataplane.config.RouteActionConfig.ClusterSpecifier;
import dev.outrigger.dataplane.config.RouteActionConfig.DirectResponse;
import dev.outrigger.dataplane.config.RouteActionConfig.Forward;
import dev.outrigger.dataplane.config.RouteActionConfig.PathRewrite;
import dev.outrigger.dataplane.config.RouteActionConfig.Redirect;
import dev.outrigger.dataplane.config.RouteActionConfig.Timeouts;
import dev.outrigger.dataplane.config.RouteConfig;
import dev.outrigger.dataplane.config.RouteMatchConfig;
import dev.outrigger.dataplane.config.RouteMatchConfig.PathMatch;
import dev.outrigger.dataplane.config.RouteTable;
import dev.outrigger.dataplane.config.UpstreamLogConfig;
import dev.outrigger.dataplane.config.VirtualHostConfig;
import dev.outrigger.dataplane.config.VirtualHostConfig.TlsRequirement;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Configurations as a parser would make them, with Envoy's defaults. */
final class TestConfigs {
    static final Optional<RetryPolicyConfig> NO_RETRY = Optional.empty();

    private TestConfigs() {}

    static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    static Forward forward(String cluster, Duration timeout, Optional<RetryPolicyConfig> retry) {
        Forward forward =
                Forward.to(new ClusterSpecifier.Single(cluster))
                        .withTimeouts(
                                new Timeouts(
                                        timeout,
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty()));
        return retry.map(forward::withRetryPolicy).orElse(forward);
    }

    static Forward forward(String cluster) {
        return forward(cluster, Duration.ofSeconds(15), NO_RETRY);
    }

    static Optional<RetryPolicyConfig> retry(int retries, Set<RetryOn> on, Duration perTry) {
        return Optional.of(
                new RetryPolicyConfig(
                        on,
                        retries,
                        perTry.isZero() ? Optional.empty() : Optional.of(perTry),
                        Optional.empty(),
                        Set.of(),
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        Optional.empty(),
                        1));
    }

    static RouteConfig route(String name, PathMatch path, RouteActionConfig action) {
        return new RouteConfig(
                name,
                RouteMatchConfig.of(path),
                action,
                HeaderEdits.NONE,
                HeaderEdits.NONE,
                Optional.empty(),
                "",
                FilterFields.NONE);
    }

    static RouteConfig prefix(String prefix, RouteActionConfig action) {
        return route("", new PathMatch.Prefix(prefix), action);
    }

    static VirtualHostConfig virtualHost(
            String name, List<String> domains, List<RouteConfig> routes) {
        return new VirtualHostConfig(
                name,
                domains,
                routes,
                Optional.empty(),
                TlsRequirement.NONE,
                List.of(),
                HeaderEdits.NONE,
                HeaderEdits.NONE,
                false,
                false,
                false,
                NO_RETRY,
                Optional.empty(),
                List.of(),
                Optional.empty(),
                FilterFields.NONE);
    }

    static RouteTable table(VirtualHostConfig... hosts) {
        return new RouteTable(
                "rt",
                List.of(hosts),
                HeaderEdits.NONE,
                HeaderEdits.NONE,
                List.of(),
                List.of(),
                false,
                false,
                false,
                Map.of(),
                1);
    }

    static HttpConnectionManagerConfig manager(RouteTable table, List<AccessLogConfig> logs) {
        return new HttpConnectionManagerConfig(
                "ingress",
                new RouteSource.Inline(table),
                List.of(
                        new HttpFilterEntry(
                                "envoy.filters.http.router",
                                false,
                                new HttpFilterConfig.Router(
                                        true,
                                        false,
                                        List.of(),
                                        false,
                                        false,
                                        UpstreamLogConfig.NONE,
                                        List.of()))),
                CodecType.HTTP1,
                new Http1Options(
                        true,
                        false,
                        "",
                        false,
                        false,
                        false,
                        new HeaderNameCase.Lower(),
                        List.of()),
                Http2Options.DEFAULT,
                ServerHeader.OVERWRITE,
                "envoy",
                false,
                0,
                false,
                true,
                false,
                false,
                "",
                Optional.empty(),
                false,
                Optional.empty(),
                HeadersWithUnderscoresAction.ALLOW,
                Optional.empty(),
                false,
                false,
                false,
                false,
                false,
                60 * 1024,
                100,
                0,
                Duration.ofMinutes(5),
                Duration.ZERO,
                Duration.ZERO,
                Duration.ofHours(1),
                Optional.empty(),
                false,
                Optional.empty(),
                Duration.ofMillis(500),
                Duration.ofSeconds(1),
                logs,
                AccessLogTimes.END_ONLY,
                ForwardingConfig.DEFAULT,
                Map.of(),
                LocalReplyConfig.NONE);
    }

    static ListenerConfig listener(int port, HttpConnectionManagerConfig manager, long hash) {
        return new ListenerConfig(
                "main",
                ListenSocketsConfig.of(loopback(port)),
                "127.0.0.1_" + port,
                List.of(FilterChainConfig.of("", manager)),
                Optional.empty(),
                ListenerFiltersConfig.NONE,
                false,
                1024 * 1024,
                true,
                false,
                false,
                List.of(),
                hash,
                hash);
    }

    static ClusterConfig clusterConfig(String name) {
        return clusterConfig(name, Thresholds.DEFAULT, Duration.ofSeconds(5));
    }

    static ClusterConfig clusterConfig(String name, Thresholds limits, Duration connectTimeout) {
        return new ClusterConfig(
                name,
                name,
                new ClusterConfig.Discovery.Static(),
                EndpointAssignment.EMPTY,
                LoadBalancingConfig.DEFAULT,
                connectTimeout,
                1024 * 1024,
                new CircuitBreakers(limits, Thresholds.DEFAULT),
                UpstreamHttp.DEFAULT,
                UpstreamSockets.DEFAULT,
                List.of(),
                Optional.empty(),
                HealthPolicy.DEFAULT,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                TrackedStats.NONE,
                Preconnect.DEFAULT,
                false,
                true,
                Metadata.EMPTY,
                false,
                1);
    }

    static ActiveCluster cluster(ClusterConfig config, int... ports) {
        var endpoints = new ArrayList<Endpoint>();
        for (int port : ports) {
            endpoints.add(new Endpoint(loopback(port), "", 1, HealthStatus.UNKNOWN));
        }
        return new ActiveCluster(
                config,
                new EndpointAssignment(
                        List.of(new LocalityEndpoints("", "", "", 0, 0, endpoints)), 140));
    }

    static ActiveCluster cluster(String name, int... ports) {
        return cluster(clusterConfig(name), ports);
    }

    static ProxyConfig proxy(ListenerConfig listener, ActiveCluster... clusters) {
        var byName = new java.util.HashMap<String, ActiveCluster>();
        for (ActiveCluster cluster : clusters) {
            byName.put(cluster.config().name(), cluster);
        }
        return new ProxyConfig(Map.of(listener.name(), listener), Map.of(), byName);
    }

    /** The routes the comparison with Envoy uses; {@code envoy-comparison.yaml} says the same. */
    static RouteTable comparisonTable() {
        Set<RetryOn> fiveXx = Set.of(RetryOn.FIVE_XX);
        return table(
                virtualHost("exact", List.of("b.local"), List.of(prefix("/only", forward("up")))),
                virtualHost(
                        "all",
                        List.of("*"),
                        List.of(
                                prefix("/direct204", new DirectResponse(204, "")),
                                prefix("/direct", new DirectResponse(200, "hello")),
                                prefix("/redirect", redirect("/elsewhere")),
                                prefix("/nocluster", forward("nowhere")),
                                prefix(
                                        "/retry",
                                        forward(
                                                "up",
                                                Duration.ofSeconds(15),
                                                retry(2, fiveXx, Duration.ZERO))),
                                prefix("/timeout", forward("up", Duration.ofMillis(300), NO_RETRY)),
                                prefix(
                                        "/pertry",
                                        forward(
                                                "up",
                                                Duration.ofSeconds(15),
                                                retry(1, fiveXx, Duration.ofMillis(200)))),
                                prefix("/down", forward("down")),
                                prefix("/none", forward("none")),
                                prefix("/", forward("up")))));
    }

    private static Redirect redirect(String path) {
        return new Redirect(301, "", false, "", 0, path, new PathRewrite.None(), false);
    }
}
