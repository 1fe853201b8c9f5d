// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.http2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.outrigger.conformance.ControlledPair;
import dev.outrigger.conformance.http2.GrpcCalls.Call;
import dev.outrigger.conformance.proxy.RunningProxy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * Documents about services that speak HTTP/2, gRPC first: both proxies, driven by one control
 * plane, route, edit, retry and refuse the same calls alike, and as is written beside each.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GrpcRouteIT {
    private static final Path GATEWAY =
            Path.of("..", "..", "shared", "data", "gateway-api-conformance");

    /** What is left of a timeout when a retry begins. */
    private static final Pattern REST =
            Pattern.compile("(x-envoy-expected-rq-timeout-ms: )\\d{3,5}");

    private static final String GATEWAY_FILE = "grpcroute-header-matching.yaml";
    private static final String ROUTED = "routed.test";
    private static final List<String> BACKENDS =
            List.of("grpc-infra-backend-v1", "grpc-infra-backend-v2");

    private final Map<String, FrameUpstream> upstreams = new LinkedHashMap<>();
    private ControlledPair pair;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        var documents = new StringBuilder();
        documents.append(
                ControlledPair.sidecars(
                        "{listeners: [{name: main, address: 127.0.0.1, port: PORT}]}"));
        for (Call call : GrpcCalls.all()) {
            documents.append(service(call.name(), call.protocol(), call.upstream()));
            documents.append(call.documents().replace("NAME", call.name()));
        }
        if (Files.isDirectory(GATEWAY)) {
            for (String backend : BACKENDS) {
                documents.append(service(backend, "GRPC", GrpcCalls.isCalled(backend)));
            }
            documents.append(service("routed", "GRPC", GrpcCalls.isCalled("routed")));
            documents.append(gatewayRoute());
        }
        pair = ControlledPair.start(folder, documents.toString());
    }

    @AfterAll
    void stop() {
        if (pair != null) {
            pair.close();
        }
        upstreams.values().forEach(FrameUpstream::close);
    }

    private String service(String name, String protocol, FrameUpstream.Script script)
            throws IOException {
        var upstream = new FrameUpstream(List.of(script));
        upstreams.put(name, upstream);
        return """
        ---
        apiVersion: outrigger.dev/v1alpha1
        kind: Service
        metadata: {name: %s}
        spec:
          hostnames: [%s.test]
          ports: [{name: p, port: 80, protocol: %s}]
          endpoints: {static: [{address: 127.0.0.1, port: %d}]}
        """
                .formatted(name, name, protocol, upstream.port());
    }

    /** The rules of Gateway API's own test, for a service in the gateway's place. */
    private static String gatewayRoute() throws IOException {
        var manifest = GATEWAY.resolve("tests").resolve(GATEWAY_FILE);
        var loaded =
                new Load(LoadSettings.builder().build()).loadFromString(Files.readString(manifest));
        var rules = new ObjectMapper().valueToTree(loaded).path("spec").path("rules");
        return """
        ---
        apiVersion: outrigger.dev/v1alpha1
        kind: GRPCRoute
        metadata: {name: routed}
        spec: {parentRefs: [{name: routed}], rules: %s}
        """
                .formatted(rules.toString().replace(",\"port\":8080", ""));
    }

    /** What each proxy answers, played at the same time. */
    private Map<String, List<List<String>>> play(
            Map<String, List<byte[]>> requests, boolean overHttp2) throws IOException {
        var waiting = new LinkedHashMap<String, List<Future<List<String>>>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var request : requests.entrySet()) {
                var both = new ArrayList<Future<List<String>>>();
                for (RunningProxy proxy : pair.proxies()) {
                    int port = Objects.requireNonNull(proxy.listenerPorts().get("outbound/main"));
                    both.add(
                            threads.submit(() ->
                                    overHttp2
                                            ? http2(port, request.getValue())
                                            : http1(port, request.getValue())));
                }
                waiting.put(request.getKey(), both);
            }
        }
        var answers = new LinkedHashMap<String, List<List<String>>>();
        for (var each : waiting.entrySet()) {
            var both = new ArrayList<List<String>>();
            for (var future : each.getValue()) {
                both.add(get(future));
            }
            answers.put(each.getKey(), both);
        }
        return answers;
    }

    private static List<String> http2(int port, List<byte[]> request) throws IOException {
        return FrameClient.play(port, request).getOrDefault(1, List.of());
    }

    private static List<String> http1(int port, List<byte[]> request) throws IOException {
        var received = new ByteArrayOutputStream();
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(request.getFirst());
            var _ = FrameClient.read(socket, received, false);
        }
        return received.toString(ISO_8859_1)
                .replaceAll("(?m)^(date|x-envoy-upstream-service-time): .*", "$1: …")
                .lines()
                .toList();
    }

    private static <T> T get(Future<T> future) throws IOException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }

    @TestFactory
    Stream<DynamicTest> bothDoAsIsWritten() throws IOException {
        var answers = new LinkedHashMap<String, List<List<String>>>();
        for (boolean overHttp2 : List.of(true, false)) {
            var requests = new LinkedHashMap<String, List<byte[]>>();
            GrpcCalls.all().stream()
                    .filter(call -> call.overHttp2() == overHttp2)
                    .forEach(call -> requests.put(call.name(), call.request()));
            answers.putAll(play(requests, overHttp2));
        }
        return GrpcCalls.all().stream()
                .map(call ->
                        dynamicTest(
                                call.name(),
                                () ->
                                        check(
                                                call,
                                                Objects.requireNonNull(answers.get(call.name())))));
    }

    private void check(Call call, List<List<String>> answers) {
        assertThat(String.join("\n", answers.getFirst())).as("Envoy").contains(call.expected());
        assertThat(answers.getLast()).as("ours").isEqualTo(answers.getFirst());
        if (call.attempts() == GrpcCalls.UNCOUNTED) {
            return;
        }
        var heard = requests(Objects.requireNonNull(upstreams.get(call.name())));
        var each = call.attempts() == 0 ? List.<Object>of() : heard.subList(0, 1);
        assertThat(heard).as("connections, one of each proxy").hasSize(2 * each.size());
        each.forEach(one -> {
            assertThat(heard.getLast()).isEqualTo(one);
            assertThat(heard.getLast()).hasSize(call.attempts());
        });
    }

    /** What came on each connection, without what is about the connection itself. */
    private static List<Map<Integer, List<String>>> requests(FrameUpstream upstream) {
        var all = new ArrayList<Map<Integer, List<String>>>();
        for (var heard : upstream.heard()) {
            var requests = new TreeMap<Integer, List<String>>();
            heard.forEach((stream, lines) -> {
                if (stream > 0) {
                    requests.put(
                            stream,
                            stream == 1
                                    ? lines
                                    : lines.stream()
                                            .map(line -> REST.matcher(line).replaceAll("$1…"))
                                            .toList());
                }
            });
            all.add(requests);
        }
        all.removeIf(Map::isEmpty);
        return all;
    }

    @Test
    void gatewaysHeaderMatchingIsAsStated() throws IOException {
        Assumptions.assumeTrue(
                Files.isDirectory(GATEWAY), "no third-party data beside the repository");
        var tests = new ObjectMapper().readTree(GATEWAY.resolve("cases.json").toFile());
        var requests = new LinkedHashMap<String, List<byte[]>>();
        var expected = new LinkedHashMap<String, String>();
        for (JsonNode test : tests) {
            if (test.path("name").asText().equals("GRPCRouteHeaderMatching")) {
                for (JsonNode step : test.path("cases")) {
                    var metadata = new TreeMap<String, String>();
                    step.path("RequestMetadata")
                            .path("Metadata")
                            .properties()
                            .forEach(field ->
                                    metadata.put(
                                            field.getKey().toLowerCase(java.util.Locale.ROOT),
                                            field.getValue().asText()));
                    var name = requests.size() + " " + metadata;
                    requests.put(name, GrpcCalls.call(ROUTED, metadata));
                    expected.put(
                            name,
                            step.has("Backend")
                                    ? "x-backend: " + step.path("Backend").asText()
                                    : "grpc-status: 12");
                }
            }
        }

        var answers = play(requests, true);

        assertThat(answers).hasSize(11);
        answers.forEach((name, both) -> {
            assertThat(both.getFirst().toString())
                    .as("Envoy %s", name)
                    .contains(expected.get(name));
            assertThat(both.getLast()).as("ours %s", name).isEqualTo(both.getFirst());
        });
    }
}
