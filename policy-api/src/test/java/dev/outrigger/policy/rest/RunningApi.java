// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.outrigger.policy.check.PolicyReader;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.plan.EffectiveChange;
import dev.outrigger.policy.plan.Effects;
import dev.outrigger.policy.plan.Explanation;
import dev.outrigger.policy.plan.GivenQuery;
import dev.outrigger.policy.plan.GivenResource;
import dev.outrigger.policy.plan.Outstanding;
import dev.outrigger.policy.plan.Overridden;
import dev.outrigger.policy.plan.PlannedEffects;
import dev.outrigger.policy.plan.Question;
import dev.outrigger.policy.plan.ResourceChange;
import dev.outrigger.policy.plan.Source;
import dev.outrigger.policy.status.PolicyField;
import dev.outrigger.policy.status.ProxyStatus;
import dev.outrigger.policy.status.StatusSource;
import dev.outrigger.policy.status.SyncReport;
import dev.outrigger.policy.status.Withheld;
import dev.outrigger.policy.store.sqlite.FaultyDisk;
import dev.outrigger.policy.store.sqlite.SqliteOptions;
import dev.outrigger.policy.store.sqlite.SqlitePolicyStore;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A whole API with a store of its own, and a client for it. */
final class RunningApi implements AutoCloseable {
    static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    static final ProxyStatus PROXY =
            new ProxyStatus(
                    "a-1",
                    "a",
                    Map.of("zone", "z1"),
                    "envoy 1.40.0",
                    "127.0.0.1:5000",
                    true,
                    NOW,
                    List.of(new PolicyId("Sidecar", "default", "a")),
                    Map.of(
                            "type.googleapis.com/envoy.config.cluster.v3.Cluster",
                            new ProxyStatus.TypeStatus(
                                    ProxyStatus.State.REJECTED,
                                    "v2",
                                    "v1",
                                    NOW,
                                    Duration.ofMillis(1500),
                                    Optional.of(
                                            new ProxyStatus.Rejection(
                                                    "v2",
                                                    "bad",
                                                    NOW,
                                                    List.of("default/b/80"),
                                                    List.of(
                                                            new PolicyId(
                                                                    "Service", "default", "b")),
                                                    List.of(
                                                            new PolicyField(
                                                                    new PolicyId(
                                                                            "Service", "default",
                                                                            "b"),
                                                                    "#/spec/endpoints")))))),
                    List.of(new ProxyStatus.Connection("127.0.0.1:5000", NOW, 1)),
                    List.of(
                            new Withheld(
                                    Withheld.Reason.REFUSED,
                                    1,
                                    NOW,
                                    "type.googleapis.com/envoy.config.cluster.v3.Cluster",
                                    "v2",
                                    List.of("default/b/80"),
                                    "bad",
                                    List.of(
                                            new PolicyField(
                                                    new PolicyId("Service", "default", "b"),
                                                    "#/spec/endpoints")),
                                    List.of("a-1"))));

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CLUSTER = "type.googleapis.com/envoy.config.cluster.v3.Cluster";

    final SqlitePolicyStore store;
    final FaultyDisk disk = new FaultyDisk();
    private final FakeStatus status = new FakeStatus();
    final PolicyApiServer server;
    private final HttpClient client = HttpClient.newHttpClient();
    private final String openApi;

    RunningApi(Path directory) {
        this(directory, PolicyApiOptions.DEFAULT.withPorts(0, 0));
    }

    RunningApi(Path directory, PolicyApiOptions options) {
        this(options, SqliteOptions.at(directory.resolve("policies.db")));
    }

    RunningApi(PolicyApiOptions options, SqliteOptions file) {
        var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        var metrics = new ApiMetrics(registry);
        var reader = PolicyReader.standard();
        store = disk.open(file, reader, InstantSource.fixed(NOW), metrics);
        server =
                PolicyApiServer.start(
                        options,
                        new PolicyApi(
                                store,
                                reader,
                                status,
                                RunningApi::bootstrap,
                                new FakeEffects(),
                                registry,
                                metrics,
                                List.of()));
        openApi = options.security().tls().isPresent() ? "" : readOpenApi();
    }

    /** A response with its body as text. */
    record Answer(int status, String body, java.net.http.HttpHeaders headers) {
        JsonNode json() {
            try {
                return JSON.readTree(body);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(body, e);
            }
        }

        String header(String name) {
            return headers.firstValue(name).orElse("");
        }
    }

    Answer get(String path, String... headers) {
        return send("GET", path, "", headers);
    }

    Answer apply(String yaml, String... headers) {
        return post("/api/v1/apply", "application/yaml", yaml, headers);
    }

    Answer post(String path, String type, String body, String... headers) {
        String[] all = java.util.Arrays.copyOf(headers, headers.length + 2);
        all[headers.length] = "Content-Type";
        all[headers.length + 1] = type;
        return send("POST", path, body, all);
    }

    Answer put(String path, String yaml, String... headers) {
        String[] all = java.util.Arrays.copyOf(headers, headers.length + 2);
        all[headers.length] = "Content-Type";
        all[headers.length + 1] = "application/yaml";
        return send("PUT", path, yaml, all);
    }

    Answer send(String method, String path, String body, String... headers) {
        return sendTo(server.port(), method, path, body, headers);
    }

    Answer admin(String path) {
        return sendTo(server.adminPort(), "GET", path, "");
    }

    /** Sends bytes as they are and reads until the server closes. */
    String raw(String bytes) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(3_000);
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            var answer = new java.io.ByteArrayOutputStream();
            try {
                socket.getInputStream().transferTo(answer);
            } catch (java.net.SocketTimeoutException e) {
                throw new IOException("not closed after: " + answer, e);
            }
            return answer.toString(StandardCharsets.UTF_8);
        }
    }

    /** What the server says about itself. */
    String openApi() {
        return openApi;
    }

    /** Without holding the answer against the OpenAPI document. */
    private String readOpenApi() {
        try {
            return client.send(
                            HttpRequest.newBuilder(
                                            URI.create(
                                                    "http://127.0.0.1:"
                                                            + server.port()
                                                            + "/openapi"))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        client.close();
        server.close();
        store.close();
    }

    private Answer sendTo(int port, String method, String path, String body, String... headers) {
        var request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .timeout(Duration.ofSeconds(20))
                        .method(
                                method,
                                body.isEmpty()
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
            var answer = new Answer(response.statusCode(), response.body(), response.headers());
            if (port == server.port()) {
                AnswerCheck.require(this, method, path, answer);
            }
            return answer;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static BootstrapSource.Result bootstrap(BootstrapSource.Request request) {
        return request.service().equals("nobody")
                ? new BootstrapSource.Result.Refused("service", "no such service")
                : new BootstrapSource.Result.Yaml("node: {cluster: " + request.service() + "}\n");
    }

    /** A policy of b is what changes, for everybody. */
    private static final class FakeEffects implements Effects {
        private static final Source SOURCE =
                new Source(
                        "service",
                        Optional.of(new PolicyId("TrafficPolicy", "default", "p")),
                        "#/spec/retry");

        @Override
        public PlannedEffects between(PolicySet before, PolicySet after) {
            return new PlannedEffects(
                    List.of(
                            new EffectiveChange(
                                    "*",
                                    "b",
                                    "default/b",
                                    "retry",
                                    Optional.empty(),
                                    Optional.of(SOURCE))),
                    List.of(
                            new ResourceChange(
                                    List.of("a-1"),
                                    List.of(new PolicyId("Sidecar", "default", "a")),
                                    "type.googleapis.com/envoy.config.cluster.v3.Cluster",
                                    "default/b/80",
                                    Optional.empty(),
                                    Optional.of(JSON.createObjectNode().put("name", "x")))),
                    true);
        }

        @Override
        public List<Overridden> overridden(PolicySet policies, PolicyId document) {
            return document.kind().equals("TrafficPolicy")
                    ? List.of(new Overridden("*", "default/r/quotes", "retry", SOURCE))
                    : List.of();
        }

        @Override
        public Optional<List<GivenResource>> given(String proxy, GivenQuery query) {
            return Optional.of(
                    Stream.of("default/b/80", "default/c/80", "default/d/80")
                            .filter(name -> query.asksFor(CLUSTER, name))
                            .limit(query.limit())
                            .map(name ->
                                    new GivenResource(
                                            CLUSTER,
                                            name,
                                            "v1",
                                            List.of("Service/b"),
                                            JSON.createObjectNode().put("name", name)))
                            .toList());
        }

        @Override
        public Optional<Outstanding> outstanding(String proxy, PolicySet wanted) {
            return Optional.of(
                    new Outstanding(
                            1,
                            wanted.revision() == 1
                                    ? List.of()
                                    : between(wanted, wanted).resources(),
                            true));
        }

        @Override
        public Explanation explain(PolicySet policies, Question question) {
            return question.host().equals("b.local.service")
                    ? new Explanation.Routed(
                            new PolicyId("Sidecar", "default", "a"),
                            new PolicyId("Service", "default", "b"),
                            "default/b",
                            Optional.empty(),
                            List.of(
                                    new Explanation.Decided(
                                            "retry",
                                            SOURCE,
                                            List.of(
                                                    new Source(
                                                            "built-in", Optional.empty(), "#")))),
                            List.of(),
                            JSON.createObjectNode().put("path", question.path()))
                    : new Explanation.Unrouted(
                            Explanation.Reason.UNKNOWN_HOST, question.host() + " is not known.");
        }
    }

    /** From now on, asking for proxies meets a defect of ours. */
    void breakProxies() {
        status.broken = true;
    }

    private static final class FakeStatus implements StatusSource {
        private volatile boolean broken;

        @Override
        public List<ProxyStatus> proxies() {
            if (broken) {
                throw new IllegalStateException("a defect");
            }
            return List.of(PROXY);
        }

        @Override
        public SyncReport awaitSync(long revision, Duration timeout) {
            return new SyncReport(
                    revision,
                    revision,
                    false,
                    proxies(),
                    PROXY.withheld(),
                    List.of(new SyncReport.Missing("a-1", "CDS refused: bad")));
        }

        @Override
        public List<ProxyStatus> proxies(PolicyId document) {
            return document.name().equals("b") ? proxies() : List.of();
        }
    }
}
