// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.policy.document.Gep2257Duration;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * The control plane's REST API. Blocking; any thread. Every answer that is not the wanted one
 * becomes a {@link CliFailure} with the exit code of docs/cli.md.
 */
public final class ControlPlaneClient implements AutoCloseable {
    /** More than any page the server gives, and an end for a server that never stops. */
    private static final int MAX_PAGES = 10_000;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final URI server;
    private final Duration timeout;
    private final HttpClient http;
    private final Optional<String> token;

    private ControlPlaneClient(URI server, Duration timeout, Credentials credentials) {
        this.server = server;
        this.timeout = timeout;
        this.token = credentials.token();
        var builder =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(timeout)
                        .followRedirects(HttpClient.Redirect.NEVER);
        if (server.getScheme().equalsIgnoreCase("http")) {
            builder.sslContext(withoutCertificates());
        } else {
            credentials.tls().ifPresent(builder::sslContext);
        }
        this.http = builder.build();
    }

    /**
     * For plain HTTP: the client insists on a context, and the default one reads every root
     * certificate of the JDK, a quarter of the time a short command takes.
     */
    private static SSLContext withoutCertificates() {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[0], null);
            return context;
        } catch (GeneralSecurityException everyJdkHasTls) {
            throw new IllegalStateException(everyJdkHasTls);
        }
    }

    /**
     * A client for {@code http://host:port}, or {@code host:port} for short.
     *
     * @param timeout for each request; waiting for proxies comes on top where it is asked for
     */
    public static ControlPlaneClient of(String server, Duration timeout) {
        return of(server, timeout, Credentials.NONE);
    }

    /** As {@link #of(String, Duration)}, saying who calls. */
    public static ControlPlaneClient of(String server, Duration timeout, Credentials credentials) {
        var text = server.contains("://") ? server : "http://" + server;
        try {
            var uri = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            var scheme = uri.getScheme().toLowerCase(Locale.ROOT);
            boolean isHttp = scheme.equals("http") || scheme.equals("https");
            if (uri.getHost() == null || !isHttp) {
                throw new IllegalArgumentException("no host");
            }
            return new ControlPlaneClient(uri, timeout, credentials);
        } catch (IllegalArgumentException e) {
            throw CliFailure.of(
                            ExitCode.USAGE,
                            "'" + server + "' is not a server address (expected: http://HOST:PORT)")
                    .withCause(e);
        }
    }

    /** One stored document and the tag that a change of it must name. */
    public record Tagged(JsonNode document, String etag) {}

    /** Stores all documents of the bundle or none; with {@code dryRun} only says what would be. */
    public JsonNode apply(DocumentBundle bundle, boolean dryRun, Optional<String> message) {
        var query = new LinkedHashMap<String, String>();
        if (dryRun) {
            query.put("dryRun", "true");
        }
        message.ifPresent(text -> query.put("message", text));
        var request =
                request("/api/v1/apply", query)
                        .header("Content-Type", bundle.contentType())
                        .POST(HttpRequest.BodyPublishers.ofByteArray(bundle.body()));
        var answer = send(request, timeout);
        if (answer.statusCode() / 100 != 2) {
            var problem = problem(answer);
            throw refusal(problem, bundle.describe(), problem.lines(bundle));
        }
        return json(answer);
    }

    /** What applying the bundle would change. */
    public JsonNode plan(DocumentBundle bundle) {
        var request =
                request("/api/v1/apply", Map.of("dryRun", "plan"))
                        .header("Content-Type", bundle.contentType())
                        .POST(HttpRequest.BodyPublishers.ofByteArray(bundle.body()));
        var answer = send(request, timeout);
        if (answer.statusCode() / 100 != 2) {
            var problem = problem(answer);
            throw refusal(problem, bundle.describe(), problem.lines(bundle));
        }
        return json(answer);
    }

    /**
     * Whatever is at a path.
     *
     * @param subject what it is, for a refusal
     */
    public JsonNode read(String path, Map<String, String> query, String subject) {
        return get(path, query, subject);
    }

    /** Every document of a kind, page after page. */
    public List<JsonNode> list(
            ResourceKind kind, Optional<String> namespace, Optional<String> selector) {
        var query = new LinkedHashMap<String, String>();
        namespace.ifPresent(value -> query.put("namespace", value));
        selector.ifPresent(value -> query.put("labelSelector", value));
        var items = new ArrayList<JsonNode>();
        for (int page = 0; page < MAX_PAGES; page++) {
            var answer = get("/api/v1/" + kind.plural(), query, kind.plural());
            answer.path("items").forEach(items::add);
            var next = answer.path("next").asText("");
            if (next.isEmpty()) {
                return List.copyOf(items);
            }
            query.put("cursor", next);
        }
        throw CliFailure.of(ExitCode.BUG, kind.plural() + ": more than " + MAX_PAGES + " pages");
    }

    /** One document. */
    public Tagged document(ResourceKind kind, String namespace, String name) {
        var answer = send(request(path(kind, name), Map.of("namespace", namespace)).GET(), timeout);
        var subject = subject(kind, namespace, name);
        if (answer.statusCode() / 100 != 2) {
            throw refusal(answer, subject);
        }
        return new Tagged(json(answer), answer.headers().firstValue("ETag").orElse("*"));
    }

    /** Deletes the document if it still is the one with that tag; returns the answer, if any. */
    public JsonNode delete(ResourceKind kind, String namespace, String name, String etag) {
        var answer =
                send(
                        request(path(kind, name), Map.of("namespace", namespace))
                                .header("If-Match", etag)
                                .DELETE(),
                        timeout);
        if (answer.statusCode() / 100 != 2) {
            throw refusal(answer, subject(kind, namespace, name));
        }
        return answer.body().isBlank() ? MissingNode.getInstance() : json(answer);
    }

    /** Every proxy the control plane knows. */
    public List<JsonNode> proxies() {
        var answer = get("/api/v1/proxies", Map.of(), "proxies");
        var proxies = new ArrayList<JsonNode>();
        (answer.isArray() ? answer : answer.path("items")).forEach(proxies::add);
        return proxies;
    }

    public JsonNode proxy(String id) {
        return get("/api/v1/proxies/" + encode(id), Map.of(), "proxy '" + id + "'");
    }

    /** What became of a document. */
    public JsonNode status(ResourceKind kind, String namespace, String name) {
        return get(
                path(kind, name) + "/status",
                Map.of("namespace", namespace),
                subject(kind, namespace, name));
    }

    /** The number of the last revision; fails if nothing was ever stored. */
    public long lastRevision() {
        var revisions = get("/api/v1/revisions", Map.of("limit", "1"), "revisions").path("items");
        if (revisions.isEmpty()) {
            throw CliFailure.of(ExitCode.NOT_FOUND, "nothing was ever stored");
        }
        return revisions.path(0).path("revision").asLong();
    }

    /** Undoes a revision by a new one; with {@code dryRun} only says what would be. */
    public JsonNode rollback(long revision, boolean dryRun, Optional<String> message) {
        var query = new LinkedHashMap<String, String>();
        if (dryRun) {
            query.put("dryRun", "true");
        }
        message.ifPresent(text -> query.put("message", text));
        var answer =
                send(
                        request("/api/v1/revisions/" + revision + "/rollback", query)
                                .POST(HttpRequest.BodyPublishers.noBody()),
                        timeout);
        if (answer.statusCode() / 100 != 2) {
            throw refusal(answer, "revision " + revision);
        }
        return json(answer);
    }

    /** Whether it answers and says that it is ready to serve. */
    public boolean isReady() {
        var request = request("/health/ready", Map.of()).GET().timeout(timeout).build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Waits until the connected proxies concerned have answered, or the wait is over. */
    public JsonNode awaitSync(long revision, Duration wait) {
        var query = Map.of("timeout", Gep2257Duration.format(wait));
        var answer =
                send(
                        request("/api/v1/revisions/" + revision + "/sync", query).GET(),
                        wait.plus(timeout));
        if (answer.statusCode() / 100 != 2) {
            throw refusal(answer, "revision " + revision);
        }
        return json(answer);
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    private JsonNode get(String path, Map<String, String> query, String subject) {
        var answer = send(request(path, query).GET(), timeout);
        if (answer.statusCode() / 100 != 2) {
            throw refusal(answer, subject);
        }
        return json(answer);
    }

    private static String path(ResourceKind kind, String name) {
        return "/api/v1/" + kind.plural() + "/" + encode(name);
    }

    private static String subject(ResourceKind kind, String namespace, String name) {
        var where = namespace.equals("default") ? "" : " in namespace '" + namespace + "'";
        return kind.kind() + " '" + name + "'" + where;
    }

    private HttpRequest.Builder request(String path, Map<String, String> query) {
        var uri = new StringBuilder(server.toString()).append(path);
        var separator = '?';
        for (var entry : query.entrySet()) {
            uri.append(separator).append(entry.getKey()).append('=');
            uri.append(encode(entry.getValue()));
            separator = '&';
        }
        var request =
                HttpRequest.newBuilder(URI.create(uri.toString()))
                        .header("Accept", "application/json, application/problem+json");
        token.ifPresent(text -> request.header("Authorization", "Bearer " + text));
        return request;
    }

    /** Percent-encodes for a path segment as well as for a query. */
    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private HttpResponse<String> send(HttpRequest.Builder request, Duration limit) {
        var built = request.timeout(limit).build();
        try {
            return http.send(built, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (HttpTimeoutException e) {
            throw CliFailure.of(
                            ExitCode.TIMEOUT,
                            server + " did not answer within " + limit.toMillis() + " ms")
                    .withNext("give it more time with --timeout")
                    .withCause(e);
        } catch (IOException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CliFailure.of(ExitCode.TIMEOUT, "interrupted").withCause(e);
        }
    }

    private CliFailure unreachable(IOException cause) {
        // The client reports a refused connection and an unknown host alike, with no message.
        var reason =
                cause instanceof ConnectException
                        ? "nothing answers there"
                        : String.valueOf(cause.getMessage());
        return CliFailure.of(
                        ExitCode.UNREACHABLE,
                        "cannot reach a control plane at " + server + ": " + reason)
                .withNext(
                        "start one with 'outrigger server',"
                                + " or name another with --server or OUTRIGGER_SERVER")
                .withCause(cause);
    }

    private JsonNode json(HttpResponse<String> answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (JsonProcessingException e) {
            throw notOutrigger(answer).withCause(e);
        }
    }

    private Problem problem(HttpResponse<String> answer) {
        try {
            var json = JSON.readTree(answer.body());
            if (json.isObject()) {
                return Problem.from(answer.statusCode(), json);
            }
        } catch (JsonProcessingException e) {
            throw notOutrigger(answer).withCause(e);
        }
        throw notOutrigger(answer);
    }

    private CliFailure notOutrigger(HttpResponse<String> answer) {
        return CliFailure.of(
                        ExitCode.UNREACHABLE,
                        server
                                + " answered status "
                                + answer.statusCode()
                                + " without JSON: it is not an Outrigger control plane")
                .withNext("check --server or OUTRIGGER_SERVER");
    }

    private CliFailure refusal(HttpResponse<String> answer, String subject) {
        var problem = problem(answer);
        return refusal(problem, subject, problem.lines());
    }

    private static CliFailure refusal(Problem problem, String subject, List<String> lines) {
        // The lines say it all; the summary would only repeat the first of them.
        var what = lines.isEmpty() ? problem.summary() : problem.title();
        return CliFailure.of(exitCode(problem.status()), subject + ": " + what).withDetails(lines);
    }

    private static ExitCode exitCode(int status) {
        return switch (status) {
            case 400, 413, 415, 422 -> ExitCode.VALIDATION;
            case 401, 403, 502, 503, 504 -> ExitCode.UNREACHABLE;
            case 404, 410 -> ExitCode.NOT_FOUND;
            case 409, 412, 428 -> ExitCode.CONFLICT;
            case 408 -> ExitCode.TIMEOUT;
            default -> ExitCode.BUG;
        };
    }
}
