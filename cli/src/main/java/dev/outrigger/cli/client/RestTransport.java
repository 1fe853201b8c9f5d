// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.ExitCode;
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
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;

/**
 * Requests to one control plane, and what becomes of them: an answer, or a {@link CliFailure} with
 * the exit code of docs/cli.md. Blocking; any thread.
 */
final class RestTransport implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** What the API takes for one. */
    private static final Pattern AUTHOR = Pattern.compile("[!-~]{1,128}");

    private final URI server;
    private final Duration timeout;
    private final HttpClient http;
    private final Optional<String> token;

    /** Where nobody has to prove who they are, as on loopback. */
    private final Optional<String> author;

    private final Consumer<String> trace;

    private RestTransport(
            URI server, Duration timeout, Credentials credentials, Consumer<String> trace) {
        this.server = server;
        this.timeout = timeout;
        this.token = credentials.token();
        boolean isPlain = server.getScheme().equalsIgnoreCase("http");
        this.author =
                Optional.of(System.getProperty("user.name", ""))
                        .filter(name -> isPlain && AUTHOR.matcher(name).matches());
        this.trace = trace;
        var builder =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(timeout)
                        .followRedirects(HttpClient.Redirect.NEVER);
        if (isPlain) {
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

    /** Reads the address; see {@link ControlPlaneClient#of}. */
    static RestTransport of(
            String server, Duration timeout, Credentials credentials, Consumer<String> trace) {
        var text = server.contains("://") ? server : "http://" + server;
        try {
            var uri = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            var scheme = uri.getScheme().toLowerCase(Locale.ROOT);
            boolean isHttp = scheme.equals("http") || scheme.equals("https");
            if (uri.getHost() == null || !isHttp) {
                throw new IllegalArgumentException("no host");
            }
            return new RestTransport(uri, timeout, credentials, trace);
        } catch (IllegalArgumentException e) {
            throw CliFailure.of(
                            ExitCode.USAGE,
                            "'" + server + "' is not a server address (expected: http://HOST:PORT)")
                    .withCause(e);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    /** The server's own. */
    static X509Certificate ownCertificate(SSLSession session) {
        try {
            return (X509Certificate) session.getPeerCertificates()[0];
        } catch (SSLPeerUnverifiedException e) {
            throw new IllegalStateException("a server without a certificate was believed", e);
        }
    }

    Duration timeout() {
        return timeout;
    }

    HttpRequest.Builder request(String path, Map<String, String> query) {
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
        request.header("X-Outrigger-Source", "cli");
        token.ifPresentOrElse(
                text -> request.header("Authorization", "Bearer " + text),
                () -> author.ifPresent(name -> request.header("X-Outrigger-Author", name)));
        return request;
    }

    /** Percent-encodes for a path segment as well as for a query. */
    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** A good answer's JSON. */
    JsonNode ask(HttpRequest.Builder request, String subject) {
        return json(good(request, subject));
    }

    /** An answer that is good, as it came. */
    HttpResponse<String> good(HttpRequest.Builder request, String subject) {
        return good(request, timeout, subject);
    }

    HttpResponse<String> good(HttpRequest.Builder request, Duration limit, String subject) {
        var answer = send(request, limit);
        if (answer.statusCode() / 100 != 2) {
            var problem = problem(answer.statusCode(), answer.body());
            throw refusal(problem, subject, problem.lines());
        }
        return answer;
    }

    /** An answer, whatever its status. */
    HttpResponse<String> any(HttpRequest.Builder request) {
        return send(request, timeout);
    }

    /** The answer to a submission: what is wrong with it is shown where it stands. */
    JsonNode submit(HttpRequest.Builder request, DocumentBundle bundle) {
        var answer = send(request, timeout);
        if (answer.statusCode() / 100 != 2) {
            var problem = problem(answer.statusCode(), answer.body());
            throw refusal(problem, bundle.describe(), problem.lines(bundle));
        }
        return json(answer);
    }

    /** Whether the answer to a request has the status, within the time for each. */
    boolean answers(HttpRequest.Builder request, int status) {
        try {
            var answer =
                    http.send(
                            request.timeout(timeout).build(),
                            HttpResponse.BodyHandlers.discarding());
            return answer.statusCode() == status;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Lines of an answer that does not end by itself; the timeout is that of its head. */
    Stream<String> lines(HttpRequest.Builder request, String subject) {
        try {
            var answer =
                    http.send(
                            request.timeout(timeout).build(), HttpResponse.BodyHandlers.ofLines());
            if (answer.statusCode() == 200) {
                return answer.body();
            }
            var text = answer.body().collect(Collectors.joining("\n"));
            throw refusal(problem(answer.statusCode(), text), subject, List.of());
        } catch (IOException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CliFailure.of(ExitCode.TIMEOUT, "interrupted").withCause(e);
        }
    }

    JsonNode json(HttpResponse<String> answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (JsonProcessingException e) {
            throw notOutrigger(answer.statusCode()).withCause(e);
        }
    }

    private HttpResponse<String> send(HttpRequest.Builder request, Duration limit) {
        var built = request.timeout(limit).build();
        long start = System.nanoTime();
        try {
            var answer =
                    http.send(built, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            trace.accept(
                    built.method()
                            + " "
                            + built.uri()
                            + " -> "
                            + answer.statusCode()
                            + " in "
                            + Duration.ofNanos(System.nanoTime() - start).toMillis()
                            + " ms");
            return answer;
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

    private Problem problem(int status, String body) {
        try {
            var json = JSON.readTree(body);
            if (json.isObject()) {
                return Problem.from(status, json);
            }
        } catch (JsonProcessingException e) {
            throw notOutrigger(status).withCause(e);
        }
        throw notOutrigger(status);
    }

    private CliFailure notOutrigger(int status) {
        return CliFailure.of(
                        ExitCode.UNREACHABLE,
                        server
                                + " answered status "
                                + status
                                + " without JSON: it is not an Outrigger control plane")
                .withNext("check --server or OUTRIGGER_SERVER");
    }

    private static CliFailure refusal(Problem problem, String subject, List<String> lines) {
        // The lines say it all; the summary would only repeat the first of them.
        var what = lines.isEmpty() ? problem.summary() : problem.title();
        return CliFailure.of(exitCode(problem.status()), subject + ": " + what).withDetails(lines);
    }

    private static ExitCode exitCode(int status) {
        return switch (status) {
            case 400, 413, 414, 415, 422, 431 -> ExitCode.VALIDATION;
            case 401, 403, 429, 502, 503, 504, 507 -> ExitCode.UNREACHABLE;
            case 404, 410 -> ExitCode.NOT_FOUND;
            case 409, 412, 428 -> ExitCode.CONFLICT;
            case 408 -> ExitCode.TIMEOUT;
            default -> ExitCode.BUG;
        };
    }
}
