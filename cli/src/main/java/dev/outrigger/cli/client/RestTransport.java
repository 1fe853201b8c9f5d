// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.ExitCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Requests to one control plane, and what becomes of them: an answer, or a {@link CliFailure} with
 * the exit code of docs/cli.md. Blocking; any thread.
 *
 * <p>By the JDK's first HTTP client: its second one has threads, a selector and a TLS context of
 * its own, which take longer to start than most commands run.
 */
final class RestTransport {
    static {
        // A write is not sent again because nobody knows what became of it.
        System.setProperty("sun.net.http.retryPost", "false");
        // A connection that waits for the next request may be closed by then, unseen.
        System.setProperty("http.keepAlive", "false");
    }

    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Four of the heartbeats that a stream of changes has. */
    private static final Duration SILENCE = Duration.ofMinutes(1);

    /** What the API takes for one. */
    private static final Pattern AUTHOR = Pattern.compile("[!-~]{1,128}");

    private final URI server;
    private final Duration timeout;
    private final Optional<SSLContext> tls;
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
        this.tls = credentials.tls();
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

    RestRequest request(String path, Map<String, String> query) {
        var uri = new StringBuilder(server.toString()).append(path);
        var separator = '?';
        for (var entry : query.entrySet()) {
            uri.append(separator).append(entry.getKey()).append('=');
            uri.append(encode(entry.getValue()));
            separator = '&';
        }
        var request =
                new RestRequest(URI.create(uri.toString()))
                        .header("Accept", "application/json, application/problem+json")
                        .header("X-Outrigger-Source", "cli");
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
    JsonNode ask(RestRequest request, String subject) {
        return json(good(request, subject));
    }

    /** An answer that is good, as it came. */
    RestAnswer good(RestRequest request, String subject) {
        return good(request, timeout, subject);
    }

    RestAnswer good(RestRequest request, Duration limit, String subject) {
        var answer = send(request, limit);
        if (answer.status() / 100 != 2) {
            var problem = problem(answer.status(), answer.body());
            throw refusal(problem, subject, problem.lines());
        }
        return answer;
    }

    /** An answer, whatever its status. */
    RestAnswer any(RestRequest request) {
        return send(request, timeout);
    }

    /** The answer to a submission: what is wrong with it is shown where it stands. */
    JsonNode submit(RestRequest request, DocumentBundle bundle) {
        var answer = send(request, timeout);
        if (answer.status() / 100 != 2) {
            var problem = problem(answer.status(), answer.body());
            throw refusal(problem, bundle.describe(), problem.lines(bundle));
        }
        return json(answer);
    }

    /** Whether the answer to a request has the status, within the time for each. */
    boolean answers(RestRequest request, int status) {
        try {
            return read(open(request, timeout)).status() == status;
        } catch (IOException e) {
            return false;
        }
    }

    /** Lines of an answer that does not end by itself, but is never silent for a minute. */
    Stream<String> lines(RestRequest request, String subject) {
        try {
            var connection = open(request, SILENCE.compareTo(timeout) > 0 ? SILENCE : timeout);
            if (connection.getResponseCode() == 200) {
                var lines =
                        new BufferedReader(
                                        new InputStreamReader(
                                                connection.getInputStream(),
                                                StandardCharsets.UTF_8))
                                .lines();
                return lines.onClose(connection::disconnect);
            }
            var answer = read(connection);
            throw refusal(problem(answer.status(), answer.body()), subject, List.of());
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    JsonNode json(RestAnswer answer) {
        try {
            return JSON.readTree(answer.body());
        } catch (JsonProcessingException e) {
            throw notOutrigger(answer.status()).withCause(e);
        }
    }

    private RestAnswer send(RestRequest request, Duration limit) {
        long start = System.nanoTime();
        try {
            var answer = read(open(request, limit));
            trace.accept(
                    request.method()
                            + " "
                            + request.uri()
                            + " -> "
                            + answer.status()
                            + " in "
                            + Duration.ofNanos(System.nanoTime() - start).toMillis()
                            + " ms");
            return answer;
        } catch (SocketTimeoutException e) {
            throw CliFailure.of(
                            ExitCode.TIMEOUT,
                            server + " did not answer within " + limit.toMillis() + " ms")
                    .withNext("give it more time with --timeout")
                    .withCause(e);
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    /** A connection for one request, which is sent when its answer is asked for. */
    private HttpURLConnection open(RestRequest request, Duration limit) throws IOException {
        var connection = (HttpURLConnection) request.uri().toURL().openConnection();
        connection.setConnectTimeout(millis(timeout));
        connection.setReadTimeout(millis(limit));
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setRequestMethod(request.method());
        request.headers().forEach(connection::setRequestProperty);
        if (connection instanceof HttpsURLConnection secure) {
            tls.ifPresent(context -> secure.setSSLSocketFactory(context.getSocketFactory()));
        }
        if (request.method().equals("POST")) {
            // Also of nothing: without a length some servers wait, or refuse.
            connection.setDoOutput(true);
            connection.getOutputStream().write(request.body());
        }
        return connection;
    }

    private static int millis(Duration time) {
        return Math.clamp(time.toMillis(), 1, Integer.MAX_VALUE);
    }

    private static RestAnswer read(HttpURLConnection connection) throws IOException {
        int status = connection.getResponseCode();
        if (status < 0) {
            throw new IOException("what answers does not speak HTTP");
        }
        var session = session(connection);
        try (var stream =
                status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            // There is none where an error has no body.
            var body =
                    stream == null ? "" : new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            return new RestAnswer(status, connection.getHeaderFields(), body, session);
        }
    }

    private static Optional<SSLSession> session(HttpURLConnection connection) {
        try {
            return connection instanceof HttpsURLConnection secure
                    ? secure.getSSLSession()
                    : Optional.empty();
        } catch (IllegalStateException noBodySoItIsOver) {
            return Optional.empty();
        }
    }

    private CliFailure unreachable(IOException cause) {
        // The client reports a refused connection and an unknown host alike, with no message.
        var reason =
                cause instanceof ConnectException || cause instanceof UnknownHostException
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
