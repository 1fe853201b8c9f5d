// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.names;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.outrigger.conformance.ControlledPair;
import dev.outrigger.conformance.proxy.Eventually;
import dev.outrigger.conformance.proxy.RunningProxy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests for hosts that no service has, of a Sidecar that passes them through, and the dynamic
 * forward proxy it is made of with a name server of our own: both proxies, driven by one control
 * plane, find the same hosts, fail alike and count alike.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PassthroughIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String DOCUMENTED = "outbound/main";
    private static final String NAMES = "names";
    private static final String OVER_TCP = "over-tcp";
    private static final String TINY = "tiny";
    private static final String FULL = "full";
    private static final int SERVFAIL = 2;
    private static final int REFUSED = 5;

    private HttpServer upstream;
    private ScriptedNames names;
    private ControlledPair pair;

    /**
     * @param request its first line and headers; {@code :PORT} stands for the upstream's port
     * @param expected parts of the answer
     */
    private record Case(String name, String listener, String request, List<String> expected) {}

    private static Case get(String name, String listener, String host, String... expected) {
        return new Case(
                name, listener, "GET / HTTP/1.1\r\nhost: " + host + "\r\n", List.of(expected));
    }

    private static List<Case> cases() {
        String nobody = "DF dns_resolution_failure{cares_norecords:Domain_name_not_found}";
        String malformed = "DF dns_resolution_failure{cares_failure:Misformatted_domain_name}";
        return List.of(
                get("document-name", DOCUMENTED, "localhost:PORT", " 200 ", "host=localhost:PORT"),
                get("document-address", DOCUMENTED, "127.0.0.1:PORT", "host=127.0.0.1:PORT"),
                get("document-refused", DOCUMENTED, "127.0.0.1:1", " 503 ", "connection failure"),
                get("document-no-name", DOCUMENTED, "a..b", " 503 ", "DNS resolution failure"),
                get("document-no-host", DOCUMENTED, "", " 400 ", "Empty host header"),
                get("document-service", DOCUMENTED, "service.test", " 200 ", "host=service.test"),
                get("name", NAMES, "a.here:PORT", " 200 ", "host=a.here:PORT"),
                get("name-again", NAMES, "a.here:PORT", " 200 "),
                get("name-in-capitals", NAMES, "A.here:PORT", " 200 ", "host=A.here:PORT"),
                get("no-such-name", NAMES, "nobody.test", " 503 ", nobody),
                get("no-such-name-again", NAMES, "nobody.test", " 503 ", nobody),
                get("no-address", NAMES, "empty.here", "returned_answer_with_no_data"),
                get("server-failure", NAMES, "broken.here", "returned_general_failure"),
                get("server-refuses", NAMES, "closed.here", "DNS_server_refused_query"),
                get("label-without-letters", NAMES, "a..here", " 503 ", malformed),
                get("port-too-large", NAMES, "a.here:99999", " 503 ", malformed),
                get("port-is-missing", NAMES, "a.here:", " 503 ", malformed),
                get("no-host", NAMES, "", " 400 ", "empty_host_header"),
                new Case(
                        "literal",
                        NAMES,
                        "GET /literal HTTP/1.1\r\nhost: x\r\n",
                        List.of(" 200 ", "host=b.here:PORT")),
                new Case(
                        "header",
                        NAMES,
                        "GET /header HTTP/1.1\r\nhost: x\r\nx-to: c.here:PORT\r\n",
                        List.of(" 200 ", "host=c.here:PORT")),
                new Case(
                        "without-header",
                        NAMES,
                        "GET /header HTTP/1.1\r\nhost: a.here:PORT\r\n",
                        List.of(" 200 ", "host=a.here:PORT")),
                new Case(
                        "rewritten",
                        NAMES,
                        "POST /rewritten HTTP/1.1\r\nhost: a.here:PORT\r\nx-to: e.here:PORT\r\ncontent-length: 5\r\n\r\nhello",
                        List.of(" 200 ", "host=e.here:PORT body=hello")),
                new Case(
                        "rewritten-to-nobody",
                        NAMES,
                        "GET /rewritten HTTP/1.1\r\nhost: a.here:PORT\r\nx-to: nobody.rewritten\r\n",
                        List.of(
                                " 503 ",
                                "UH dns_resolution_failure{cares_norecords:Domain_name_not_found}")),
                new Case(
                        "rewritten-to-nobody-again",
                        NAMES,
                        "GET /rewritten HTTP/1.1\r\nhost: a.here:PORT\r\nx-to: nobody.rewritten\r\n",
                        List.of(
                                " 503 ",
                                "UH dns_resolution_failure{cares_norecords:Domain_name_not_found}")),
                new Case(
                        "rewritten-to-no-address",
                        NAMES,
                        "GET /rewritten HTTP/1.1\r\nhost: a.here:PORT\r\nx-to: empty.here\r\n",
                        List.of(
                                " 503 ",
                                "UH dns_resolution_failure{cares_norecords:DNS_server_returned_answer_with_no_data}")),
                new Case(
                        "elsewhere",
                        NAMES,
                        "GET /elsewhere HTTP/1.1\r\nhost: nobody.else\r\n",
                        List.of(" 200 ", "host=nobody.else")),
                new Case(
                        "grpc",
                        NAMES,
                        "POST / HTTP/1.1\r\nhost: nobody.test\r\ncontent-type: application/grpc\r\ncontent-length: 0\r\n",
                        List.of(" 200 ", "grpc-status: 14")),
                get("first-of-one", TINY, "a.here:PORT", " 200 "),
                get("second-of-one", TINY, "b.here:PORT", " 503 ", "- dns_cache_overflow"),
                get("first-of-one-again", TINY, "a.here:PORT", " 200 "),
                get(
                        "nobody-may-wait",
                        FULL,
                        "a.here:PORT",
                        " 503 ",
                        "- dynamic_forward_proxy_pending_request_overflow"));
    }

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        upstream = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        upstream.createContext("/", PassthroughIT::echo);
        upstream.start();
        names =
                new ScriptedNames(
                        Map.of("empty.here", 0, "broken.here", SERVFAIL, "closed.here", REFUSED));
        var documents =
                ControlledPair.sidecars(
                                "{listeners: [{name: main, address: 127.0.0.1, port: PORT}],"
                                        + " unknownHosts: passthrough}")
                        + service()
                        + ControlledPair.forEach(resources());
        pair = ControlledPair.start(folder, documents);
    }

    private static void echo(HttpExchange exchange) throws IOException {
        byte[] body =
                ("host="
                                + exchange.getRequestHeaders().getFirst("host")
                                + " body="
                                + new String(exchange.getRequestBody().readAllBytes(), ISO_8859_1))
                        .getBytes(ISO_8859_1);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    @AfterAll
    void stop() {
        if (pair != null) {
            pair.close();
        }
        if (names != null) {
            names.close();
        }
        upstream.stop(0);
    }

    private int port() {
        return upstream.getAddress().getPort();
    }

    private String service() {
        return """
        ---
        apiVersion: outrigger.dev/v1alpha1
        kind: Service
        metadata: {name: service}
        spec:
          hostnames: [service.test]
          ports: [{name: http, port: 80, protocol: HTTP}]
          endpoints: {static: [{address: 127.0.0.1, port: %d}]}
        """
                .formatted(port());
    }

    /** Three dynamic forward proxies that ask our name server, and a cluster that is none. */
    private String resources() {
        return """
        ---
        apiVersion: outrigger.dev/v1alpha1
        kind: XdsResources
        metadata: {name: names-FLAVOR}
        spec:
          selector: {cluster: a, labels: {flavor: FLAVOR}}
          resources:
        """
                + dynamic(NAMES, "")
                + dynamic(OVER_TCP, "")
                        .replace(
                                "search_domain: true",
                                "search_domain: true, use_tcp_for_dns_lookups: true")
                + dynamic(TINY, ", max_hosts: 1")
                + dynamic(FULL, ", dns_cache_circuit_breaker: {max_pending_requests: 0}")
                + """
                  - "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
                    name: elsewhere
                    connect_timeout: 1s
                    load_assignment: {cluster_name: elsewhere, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}}]}]}
                """
                        .formatted(port());
    }

    private String dynamic(String name, String more) {
        String perRoute =
                "typed_per_filter_config: {envoy.filters.http.dynamic_forward_proxy: {\"@type\":"
                        + " type.googleapis.com/envoy.extensions.filters.http.dynamic_forward_proxy.v3.PerRouteConfig, ";
        return """
          - "@type": type.googleapis.com/envoy.config.listener.v3.Listener
            name: NAME
            address: {socket_address: {address: 127.0.0.1, port_value: PORT}}
            filter_chains:
            - filters:
              - name: envoy.filters.network.http_connection_manager
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: NAME
                  local_reply_config: {body_format: {text_format_source: {inline_string: "%RESPONSE_FLAGS% %RESPONSE_CODE_DETAILS%"}}}
                  route_config:
                    name: NAME
                    virtual_hosts:
                    - name: all
                      domains: ["*"]
                      routes:
                      - {match: {prefix: /literal}, route: {cluster: NAME}, PER_ROUTEhost_rewrite_literal: "b.here:UPSTREAM"}}}
                      - {match: {prefix: /header}, route: {cluster: NAME}, PER_ROUTEhost_rewrite_header: X-To}}}
                      - {match: {prefix: /elsewhere}, route: {cluster: elsewhere}}
                      - {match: {prefix: /rewritten}, route: {cluster: NAME, host_rewrite_header: x-to}}
                      - {match: {prefix: /}, route: {cluster: NAME}}
                  http_filters:
                  - name: envoy.filters.http.dynamic_forward_proxy
                    typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig, dns_cache_config: CACHE}
                  - name: envoy.filters.http.router
                    typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
          - "@type": type.googleapis.com/envoy.config.cluster.v3.Cluster
            name: NAME
            connect_timeout: 1s
            lb_policy: CLUSTER_PROVIDED
            cluster_type:
              name: envoy.clusters.dynamic_forward_proxy
              typed_config: {"@type": type.googleapis.com/envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig, dns_cache_config: CACHE}
        """
                .replace("CACHE", cache(more))
                .replace("PER_ROUTE", perRoute)
                .replace("UPSTREAM", String.valueOf(port()))
                .replace("NAME", name);
    }

    private String cache(String more) {
        return "{name: NAME, dns_lookup_family: V4_ONLY, dns_refresh_rate: 3600s,"
                + " typed_dns_resolver_config: {name:"
                + " envoy.network.dns_resolver.cares, typed_config: {\"@type\":"
                + " type.googleapis.com/envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig,"
                + " resolvers: [{socket_address: {address: 127.0.0.1, port_value: "
                + names.port()
                + "}}], dns_resolver_options: {no_default_search_domain: true}}}"
                + more
                + "}";
    }

    @TestFactory
    Stream<DynamicTest> bothDoAsIsWritten() {
        return cases().stream().map(each -> dynamicTest(each.name(), () -> check(each)));
    }

    private void check(Case asked) throws IOException {
        var answers = new ArrayList<String>();
        var counted = new ArrayList<Map<String, String>>();
        for (RunningProxy proxy : pair.proxies()) {
            var before = stats(proxy);
            try (var client = connect(proxy, asked.listener())) {
                String request = filled(asked.request());
                write(client, request.contains("\r\n\r\n") ? request : request + "\r\n");
                answers.add(read(client));
            }
            counted.add(since(before, stats(proxy)));
        }

        assertThat(answers.getFirst())
                .as("Envoy")
                .contains(asked.expected().stream().map(this::filled).toList());
        assertThat(answers.getLast()).as("ours").isEqualTo(answers.getFirst());
        assertThat(counted.getLast()).as("ours").isEqualTo(counted.getFirst());
    }

    private String filled(String text) {
        return text.replace(":PORT", ":" + port());
    }

    @Test
    void bodiesWaitForTheName() throws Exception {
        var answers = new ArrayList<String>();
        for (RunningProxy proxy : pair.proxies()) {
            try (var client = connect(proxy, NAMES)) {
                write(
                        client,
                        "POST / HTTP/1.1\r\nhost: held-1.here:%d\r\ncontent-length: 5\r\n\r\nhello"
                                .formatted(port()));
                assertThat(Eventually.holds(PATIENCE, () -> waiting(proxy) == 1)).isTrue();
                names.release();
                answers.add(read(client));
            }
            assertThat(waiting(proxy)).isZero();
        }

        assertThat(answers.getFirst()).as("Envoy").contains(" 200 ", "body=hello");
        assertThat(answers.getLast()).as("ours").isEqualTo(answers.getFirst());
    }

    @Test
    void whoGoesAwayWaitsNoLonger() throws Exception {
        for (RunningProxy proxy : pair.proxies()) {
            try (var client = connect(proxy, NAMES)) {
                write(client, "GET / HTTP/1.1\r\nhost: held-2.here:%d\r\n\r\n".formatted(port()));
                assertThat(Eventually.holds(PATIENCE, () -> waiting(proxy) == 1)).isTrue();
            }
            assertThat(Eventually.holds(PATIENCE, () -> waiting(proxy) == 0)).isTrue();
            names.release();
            try (var client = connect(proxy, NAMES)) {
                write(client, "GET / HTTP/1.1\r\nhost: held-2.here:%d\r\n\r\n".formatted(port()));
                assertThat(read(client)).contains(" 200 ", "host=held-2.here");
            }
        }
    }

    @Test
    void whatIsTooLongForADatagramIsAskedForOverTcp() throws Exception {
        assertThat(askedOverTcp(NAMES, "large-1.here:%d".formatted(port()), " 200 "))
                .isEqualTo(Set.of("large-1.here"));
    }

    @Test
    void everythingIsAskedForOverTcpWhereTheResolverSaysSo() throws Exception {
        assertThat(askedOverTcp(OVER_TCP, "d.here:%d".formatted(port()), " 200 "))
                .isEqualTo(Set.of("d.here"));
        assertThat(askedOverTcp(OVER_TCP, "nobody.test", "Domain_name_not_found"))
                .isEqualTo(Set.of("nobody.test"));
        assertThat(askedOverTcp(OVER_TCP, "empty.here", "returned_answer_with_no_data"))
                .isEqualTo(Set.of("empty.here"));
        assertThat(askedOverTcp(OVER_TCP, "broken.here", "returned_general_failure"))
                .isEqualTo(Set.of("broken.here"));
    }

    /** What both proxies ask for over TCP to answer the same request. */
    private Set<String> askedOverTcp(String listener, String host, String expected)
            throws IOException {
        var answers = new ArrayList<String>();
        var asked = new ArrayList<Set<String>>();
        for (RunningProxy proxy : pair.proxies()) {
            var _ = names.takeAskedOverTcp();
            try (var client = connect(proxy, listener)) {
                write(client, "GET / HTTP/1.1\r\nhost: %s\r\n\r\n".formatted(host));
                answers.add(read(client));
            }
            asked.add(names.takeAskedOverTcp());
        }

        assertThat(answers.getFirst()).as("Envoy").contains(expected);
        assertThat(answers.getLast()).as("ours").isEqualTo(answers.getFirst());
        assertThat(asked.getLast()).as("ours").isEqualTo(asked.getFirst());
        return asked.getFirst();
    }

    private static long waiting(RunningProxy proxy) {
        try {
            return 1024
                    - Long.parseLong(
                            Objects.requireNonNull(
                                    stats(proxy)
                                            .get(
                                                    "dns_cache.names.circuit_breakers.rq_pending_remaining")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> since(Map<String, String> before, Map<String, String> now) {
        var changed = new TreeMap<>(now);
        changed.entrySet().removeIf(each -> each.getValue().equals(before.get(each.getKey())));
        return changed;
    }

    /** What the caches of names and their clusters count. */
    private static Map<String, String> stats(RunningProxy proxy) throws IOException {
        var all = new TreeMap<String, String>();
        proxy.admin(
                        "GET",
                        "/stats?filter=dns_cache%7Ccluster.(names%7Cover-tcp%7Ctiny%7Cfull%7Cpassthrough).(membership%7Cupstream_(rq_%5Cd%7Ccx_none))")
                .body()
                .lines()
                .filter(line -> line.contains(": "))
                // Names of that one are looked up again every minute.
                .filter(line -> !line.startsWith("dns_cache.passthrough.dns_query_"))
                .forEach(line -> all.put(line.split(": ", 2)[0], line.split(": ", 2)[1]));
        return all;
    }

    private static Socket connect(RunningProxy proxy, String listener) throws IOException {
        int port = Objects.requireNonNull(proxy.listenerPorts().get(listener), listener);
        var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return socket;
    }

    private static void write(Socket client, String request) throws IOException {
        client.getOutputStream().write(request.getBytes(ISO_8859_1));
    }

    /** One answer without what differs from run to run, its headers in the order of their names. */
    private static String read(Socket client) throws IOException {
        var read = new ByteArrayOutputStream();
        while (!isWhole(read.toString(ISO_8859_1))) {
            int next = client.getInputStream().read();
            if (next < 0) {
                break;
            }
            read.write(next);
        }
        var answer = read.toString(ISO_8859_1);
        int head = Math.max(0, answer.indexOf("\r\n\r\n"));
        return answer.substring(0, head)
                        .lines()
                        .map(line ->
                                line.replaceAll(
                                        "^(date|x-envoy-upstream-service-time): .*", "$1: …"))
                        .sorted()
                        .collect(Collectors.joining("\n"))
                + answer.substring(head);
    }

    private static boolean isWhole(String answer) {
        int head = answer.indexOf("\r\n\r\n");
        int at = answer.indexOf("content-length: ");
        if (head < 0 || at < 0) {
            return false;
        }
        int length = Integer.parseInt(answer.substring(at + 16, answer.indexOf("\r\n", at)));
        return answer.length() >= head + 4 + length;
    }
}
