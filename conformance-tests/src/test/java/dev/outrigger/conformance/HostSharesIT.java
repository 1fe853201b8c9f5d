// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.outrigger.conformance.proxy.Eventually;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.proxy.RunningProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How many of many requests each host gets, from Envoy and from ours: by weights (LB8), while it is
 * new (LB15), and when it fails more than the others (OD4).
 */
class HostSharesIT {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration WINDOW = Duration.ofSeconds(3);

    @TempDir private Path folder;

    private final List<CountedHost> hosts = new ArrayList<>();

    /** A host that counts what it is asked; one of them answers with errors. */
    private static final class CountedHost {
        private final HttpServer server;
        private final AtomicInteger requests = new AtomicInteger();

        private CountedHost(int status) throws IOException {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext(
                    "/",
                    exchange -> {
                        requests.incrementAndGet();
                        exchange.sendResponseHeaders(status, -1);
                        exchange.close();
                    });
            server.start();
        }

        private String endpoint(int weight) {
            return "{load_balancing_weight: %d, endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}"
                    .formatted(weight, server.getAddress().getPort());
        }
    }

    private interface Story {
        void tell(Told told) throws IOException, InterruptedException;
    }

    /** A proxy, asked through its only listener. */
    private final class Told {
        private final Path home;
        private final RunningProxy proxy;
        private final HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

        private Told(Path home, RunningProxy proxy) {
            this.home = home;
            this.proxy = proxy;
        }

        /** How many of the requests each host got. */
        private List<Integer> shares(String cluster, int requests)
                throws IOException, InterruptedException {
            hosts.forEach(each -> each.requests.set(0));
            var request =
                    HttpRequest.newBuilder(
                                    URI.create(
                                            "http://127.0.0.1:"
                                                    + proxy.listenerPorts().get("main")
                                                    + "/"))
                            .header("x-cluster", cluster)
                            .build();
            for (int i = 0; i < requests; i++) {
                client.send(request, BodyHandlers.discarding());
            }
            return hosts.stream().map(each -> each.requests.get()).toList();
        }

        private void awaitStat(String line) {
            assertThat(Eventually.holds(LIMIT, () -> stats().lines().anyMatch(line::equals)))
                    .as("%s in%n%s", line, stats())
                    .isTrue();
        }

        private String stats() {
            try {
                return proxy.admin("GET", "/stats?filter=%5Ecluster").body();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @BeforeEach
    void startHosts() throws IOException {
        for (int i = 0; i < 5; i++) {
            hosts.add(new CountedHost(i == 4 ? 500 : 200));
        }
    }

    @AfterEach
    void stopHosts() {
        hosts.forEach(each -> each.server.stop(0));
    }

    private String endpoints(int... weights) {
        return IntStream.range(0, weights.length)
                .mapToObj(i -> hosts.get(i).endpoint(weights[i]))
                .collect(Collectors.joining(", "));
    }

    private static String cluster(String name, String more, String endpoints) {
        return "{name: %s, connect_timeout: 1s, %s, load_assignment: {cluster_name: %s, endpoints: [{lb_endpoints: [%s]}]}}"
                .formatted(name, more, name, endpoints);
    }

    private void onBoth(List<String> clusters, Story story)
            throws IOException, InterruptedException {
        play(Subjects.oracle(), "oracle", clusters, story);
        play(Subjects.subject(), "subject", clusters, story);
    }

    private void play(ProxyUnderTest proxy, String name, List<String> clusters, Story story)
            throws IOException, InterruptedException {
        Path home = Files.createDirectories(folder.resolve(name));
        Path bootstrap = home.resolve("bootstrap.yaml");
        assign(home, endpoints(1, 1));
        Files.writeString(
                bootstrap,
                """
                node: {id: shares, cluster: fleet}
                admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
                static_resources:
                  listeners:
                  - name: main
                    address: {socket_address: {address: 127.0.0.1, port_value: 0}}
                    filter_chains:
                    - filters:
                      - name: http
                        typed_config:
                          "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                          stat_prefix: main
                          route_config: {virtual_hosts: [{name: all, domains: ["*"], routes: [{match: {prefix: /}, route: {cluster_header: x-cluster}}]}]}
                          http_filters: [{name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]
                  clusters:
                  - %s
                """
                        .formatted(
                                String.join("\n  - ", clusters).replace("HOME", home.toString())));
        try (var running = proxy.start(bootstrap, home)) {
            story.tell(new Told(home, running));
        } catch (AssertionError e) {
            throw new AssertionError(proxy.name() + ": " + e.getMessage(), e);
        }
    }

    /** Moves an assignment to where an EDS cluster looks for it. */
    private static void assign(Path home, String endpoints) throws IOException {
        Path next = home.resolve("eds.next");
        Files.writeString(
                next,
                """
                resources:
                - "@type": type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment
                  cluster_name: warming
                  endpoints: [{lb_endpoints: [%s]}]
                """
                        .formatted(endpoints));
        Files.move(next, home.resolve("eds.yaml"), StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void weightsGiveExactSharesInTurnAndByLeastRequestsButNotByChance() throws Exception {
        onBoth(
                List.of(
                        cluster("turn", "lb_policy: ROUND_ROBIN", endpoints(1, 2, 5)),
                        cluster("least", "lb_policy: LEAST_REQUEST", endpoints(1, 2, 5)),
                        cluster("chance", "lb_policy: RANDOM", endpoints(1, 2, 5))),
                told -> {
                    assertThat(told.shares("turn", 80).subList(0, 3)).containsExactly(10, 20, 50);
                    assertThat(told.shares("least", 80).subList(0, 3)).containsExactly(10, 20, 50);
                    // A third of 300 is 100, give or take six times what chance does to it.
                    assertThat(told.shares("chance", 300).subList(0, 3))
                            .allMatch(each -> each > 50 && each < 150);
                });
    }

    @Test
    void aNewHostGetsLittleUntilItsWindowIsOver() throws Exception {
        onBoth(
                List.of(
                        "{name: warming, connect_timeout: 1s, type: EDS, eds_cluster_config:"
                                + " {eds_config: {resource_api_version: V3, path_config_source: {path:"
                                + " HOME/eds.yaml}}}, lb_policy: ROUND_ROBIN, round_robin_lb_config:"
                                + " {slow_start_config: {slow_start_window: 3s}}}"),
                told -> {
                    told.awaitStat("cluster.warming.membership_total: 2");
                    // The first ones are new as well, and no longer by then.
                    Eventually.pause(WINDOW);
                    assign(told.home, endpoints(1, 1, 1));
                    told.awaitStat("cluster.warming.membership_total: 3");

                    List<Integer> early = told.shares("warming", 60);
                    Eventually.pause(WINDOW);
                    // Turns that were given out before are taken first.
                    told.shares("warming", 60);
                    List<Integer> late = told.shares("warming", 60);

                    assertThat(early.get(2)).isBetween(1, 14);
                    assertThat(late.get(2)).isBetween(16, 24);
                });
    }

    @Test
    void aHostThatFailsMoreThanTheOthersIsEjected() throws Exception {
        onBoth(
                List.of(
                        cluster(
                                "judged",
                                "lb_policy: ROUND_ROBIN, outlier_detection: {interval: 0.2s,"
                                        + " consecutive_5xx: 1000, consecutive_gateway_failure:"
                                        + " 1000, success_rate_request_volume: 5,"
                                        + " max_ejection_percent: 50}",
                                endpoints(1, 1, 1, 1, 1))),
                told -> {
                    String ejected =
                            "cluster.judged.outlier_detection.ejections_enforced_success_rate: 1";
                    for (int i = 0; i < 50 && !told.stats().contains(ejected); i++) {
                        told.shares("judged", 100);
                    }
                    told.awaitStat(ejected);
                    List<Integer> shares = told.shares("judged", 40);

                    assertThat(shares).isEqualTo(ofTheOthers(10));
                });
    }

    private static List<Integer> ofTheOthers(int each) {
        var shares = new ArrayList<>(Collections.nCopies(4, each));
        shares.add(0);
        return shares;
    }
}
