// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.outrigger.policy.kind.capability.Capabilities;
import dev.outrigger.xds.CannotListenException;
import dev.outrigger.xds.ControlPlane;
import dev.outrigger.xds.ControlPlaneOptions;
import dev.outrigger.xds.ControlPlaneOptions.Listen;
import dev.outrigger.xds.security.XdsSecurity;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A control plane whose documents come and go over its REST API. It can be stopped and started
 * again with the same store and the same xDS port. Used by one thread.
 */
public final class RunningControlPlane implements AutoCloseable {
    private static final Duration SYNC_LIMIT = Duration.ofSeconds(20);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path store;
    private final Capabilities capabilities;
    private final XdsSecurity security;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private ControlPlane running;
    private final int xdsPort;

    private RunningControlPlane(
            Path store, Capabilities capabilities, XdsSecurity security, ControlPlane running) {
        this.store = store;
        this.capabilities = capabilities;
        this.security = security;
        this.running = running;
        this.xdsPort = running.xdsPort();
    }

    /** Starts one on free ports of this machine. */
    public static RunningControlPlane start(Path store) throws IOException {
        return start(store, Capabilities.ALL_PROXIES);
    }

    /** One for a mesh of these proxies. */
    public static RunningControlPlane start(Path store, Capabilities capabilities)
            throws IOException {
        return start(store, capabilities, XdsSecurity.LOOPBACK_ONLY);
    }

    /** One whose xDS port is protected. */
    public static RunningControlPlane start(
            Path store, Capabilities capabilities, XdsSecurity security) throws IOException {
        return new RunningControlPlane(
                store, capabilities, security, launch(store, capabilities, security, 0));
    }

    /** Where proxies ask it, on 127.0.0.1. */
    public int xdsPort() {
        return xdsPort;
    }

    /** The bootstrap that this control plane writes for a proxy of the service {@code a}. */
    public String bootstrap(String flavor, String id) throws IOException {
        return get("/api/v1/bootstrap?flavor=" + flavor + "&service=a&id=" + id + "&adminPort=0");
    }

    /**
     * Posts the documents.
     *
     * @return the revision that has them
     * @throws IOException with the problem, when they are refused
     */
    public long apply(String documents) throws IOException {
        var request =
                request("/api/v1/apply")
                        .header("Content-Type", "application/yaml")
                        .POST(HttpRequest.BodyPublishers.ofString(documents));
        return JSON.readTree(send(request, 200).body()).path("revision").asLong();
    }

    /**
     * Posts documents that are refused.
     *
     * @param status of the refusal
     * @return the problem, with every violation
     */
    public JsonNode refusal(String documents, int status) throws IOException {
        var request =
                request("/api/v1/apply")
                        .header("Content-Type", "application/yaml")
                        .POST(HttpRequest.BodyPublishers.ofString(documents));
        return JSON.readTree(send(request, status).body());
    }

    /** What {@code /api/v1/apply?dryRun=plan} says of the documents; nothing is stored. */
    public JsonNode plan(String documents) throws IOException {
        var request =
                request("/api/v1/apply?dryRun=plan")
                        .header("Content-Type", "application/yaml")
                        .POST(HttpRequest.BodyPublishers.ofString(documents));
        return JSON.readTree(send(request, 200).body());
    }

    /**
     * Commits a plan.
     *
     * @return the revision that it has become, or the last one if it changes nothing
     */
    public long commit(JsonNode plan) throws IOException {
        var path = "/api/v1/apply?plan=" + plan.path("planId").asText();
        var request = request(path).POST(HttpRequest.BodyPublishers.noBody());
        return JSON.readTree(send(request, 200).body()).path("revision").asLong();
    }

    /** The xDS resources that a proxy was given last, by type URL and name. */
    public SortedMap<String, JsonNode> given(String id) throws IOException {
        var all = new TreeMap<String, JsonNode>();
        var cursor = "";
        do {
            var path = "/api/v1/proxies/" + id + "/xds?limit=500" + cursor;
            var page = JSON.readTree(get(path));
            page.path("items")
                    .forEach(item ->
                            all.put(
                                    item.path("type").asText() + " " + item.path("name").asText(),
                                    item.path("resource")));
            cursor = page.has("next") ? "&cursor=" + page.path("next").asText() : "";
        } while (!cursor.isEmpty());
        return all;
    }

    /**
     * Deletes a document.
     *
     * @param path its kind's plural and its name, as {@code trafficpolicies/retry-b}
     * @return the revision that is without it
     */
    public long remove(String path) throws IOException {
        var found = send(request("/api/v1/" + path), 200);
        var etag = found.headers().firstValue("ETag").orElse("");
        var request = request("/api/v1/" + path).header("If-Match", etag).DELETE();
        return JSON.readTree(send(request, 200).body()).path("revision").asLong();
    }

    /** Waits until every proxy has accepted or refused the revision. */
    public JsonNode awaitSync(long revision) throws IOException {
        var path = "/api/v1/revisions/" + revision + "/sync?timeout=" + SYNC_LIMIT.toSeconds();
        return JSON.readTree(get(path + "s"));
    }

    /**
     * Waits likewise, and insists on acceptance.
     *
     * @throws IOException with the report, when a proxy refused it or did not answer
     */
    public void requireSync(long revision) throws IOException {
        var report = awaitSync(revision);
        if (!report.path("synced").asBoolean() || report.path("proxies").isEmpty()) {
            throw new IOException("revision " + revision + " is not in sync: " + report);
        }
    }

    /** What {@code /api/v1/proxies} says of the proxy with that node id. */
    public JsonNode proxy(String id) throws IOException {
        return JSON.readTree(get("/api/v1/proxies/" + id));
    }

    /** The control plane's own metrics, in Prometheus' format. */
    public String metrics() throws IOException {
        var uri = URI.create("http://127.0.0.1:" + running.adminPort() + "/metrics");
        return send(HttpRequest.newBuilder(uri), 200).body();
    }

    /** Stops it; the store stays. */
    public void stop() {
        running.close();
    }

    /** Starts it again where it was, as after an upgrade. */
    public void startAgain() throws IOException {
        running = launch(store, capabilities, security, xdsPort);
    }

    @Override
    public void close() {
        http.close();
        running.close();
    }

    private static ControlPlane launch(
            Path store, Capabilities capabilities, XdsSecurity security, int xdsPort)
            throws IOException {
        var options =
                ControlPlaneOptions.at(store)
                        .withRest(new Listen("127.0.0.1", 0))
                        .withAdmin(new Listen("127.0.0.1", 0))
                        .withXds(new Listen("127.0.0.1", xdsPort))
                        .withSecurity(security)
                        .withCapabilities(capabilities);
        try {
            return ControlPlane.start(options);
        } catch (CannotListenException e) {
            throw new IOException(e);
        }
    }

    private String get(String path) throws IOException {
        return send(request(path), 200).body();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + running.restPort() + path));
    }

    private HttpResponse<String> send(HttpRequest.Builder builder, int expected)
            throws IOException {
        var request = builder.timeout(SYNC_LIMIT.plusSeconds(10)).build();
        try {
            var response = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != expected) {
                throw new IOException(
                        request.method()
                                + " "
                                + request.uri().getPath()
                                + ": "
                                + response.statusCode()
                                + " (expected: "
                                + expected
                                + "): "
                                + response.body());
            }
            return response;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while asking " + request.uri());
        }
    }
}
