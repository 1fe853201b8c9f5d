// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.proxy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.outrigger.envoy.EnvoyProcess;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A started proxy, watched through its admin port. */
final class ProxyProcess implements RunningProxy {
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final Duration VALIDATE_LIMIT = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The part of the command line that every run has in common. */
    static final List<String> COMMON_FLAGS =
            List.of(
                    "--use-dynamic-base-id", // Several proxies run on one machine.
                    "--concurrency",
                    "1", // Round robin and pools are per worker: one makes runs comparable.
                    "--drain-time-s",
                    "1",
                    "-l",
                    "warning");

    private final EnvoyProcess process;
    private final Path log;
    private final HttpClient http;
    private final int adminPort;

    private ProxyProcess(EnvoyProcess process, Path log, HttpClient http, int adminPort) {
        this.process = process;
        this.log = log;
        this.http = http;
        this.adminPort = adminPort;
    }

    /** How a proxy's process is started from its arguments. */
    interface Launcher {
        EnvoyProcess launch(List<String> args, Path workdir, Path log) throws IOException;
    }

    static ProxyProcess start(Launcher launcher, Path bootstrap, Path workdir, Duration logFlush)
            throws IOException {
        var addressFile = workdir.resolve("admin-address");
        var log = workdir.resolve("output.log");
        Files.deleteIfExists(addressFile);
        var args = new ArrayList<>(COMMON_FLAGS);
        args.add("--file-flush-interval-msec");
        args.add(Long.toString(logFlush.toMillis()));
        args.addAll(List.of("-c", bootstrap.toString()));
        args.addAll(List.of("--admin-address-path", addressFile.toString()));
        var process = launcher.launch(args, workdir, log);
        try {
            int port = awaitAdminPort(process, addressFile, log);
            var http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
            var proxy = new ProxyProcess(process, log, http, port);
            proxy.awaitLive();
            return proxy;
        } catch (IOException | RuntimeException e) {
            process.close();
            throw e;
        }
    }

    static ProxyUnderTest.Verdict validate(Launcher launcher, Path bootstrap, Path workdir)
            throws IOException {
        var log = Files.createTempFile(workdir, "validate", ".log");
        var args = List.of("--mode", "validate", "-l", "warning", "-c", bootstrap.toString());
        try (var process = launcher.launch(args, workdir, log)) {
            if (!process.awaitExit(VALIDATE_LIMIT)) {
                throw new IOException("--mode validate still runs after " + VALIDATE_LIMIT);
            }
            return new ProxyUnderTest.Verdict(
                    process.exitCode().orElseThrow(), Files.readString(log));
        }
    }

    @Override
    public Map<String, Integer> listenerPorts() throws IOException {
        var ports = new LinkedHashMap<String, Integer>();
        var reply = admin("GET", "/listeners?format=json");
        for (var listener : JSON.readTree(reply.body()).path("listener_statuses")) {
            var address = listener.path("local_address").path("socket_address");
            ports.put(listener.path("name").asText(), address.path("port_value").asInt());
        }
        return ports;
    }

    @Override
    public int adminPort() {
        return adminPort;
    }

    @Override
    public AdminReply admin(String method, String path) throws IOException {
        var request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + adminPort + path))
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .timeout(Duration.ofSeconds(10))
                        .build();
        try {
            var response = http.send(request, HttpResponse.BodyHandlers.ofString());
            return new AdminReply(
                    response.statusCode(),
                    response.headers().firstValue("content-type").orElse(""),
                    response.body());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while asking " + path);
        }
    }

    @Override
    public String output() {
        return printed(log);
    }

    @Override
    public void close() {
        http.close();
        process.close();
    }

    private void awaitLive() throws IOException {
        boolean live =
                Eventually.holds(
                        START_LIMIT,
                        () -> {
                            try {
                                return !process.isAlive() || admin("GET", "/ready").status() == 200;
                            } catch (IOException _) {
                                return false;
                            }
                        });
        if (!live || !process.isAlive()) {
            throw new IOException("the proxy did not become live:\n" + printed(log));
        }
    }

    private static int awaitAdminPort(EnvoyProcess process, Path file, Path log)
            throws IOException {
        var known =
                Eventually.holds(
                        START_LIMIT, () -> !process.isAlive() || !read(file).strip().isEmpty());
        var address = read(file).strip();
        if (!known || address.isEmpty()) {
            throw new IOException(
                    "the proxy "
                            + (process.isAlive() ? "wrote no admin address" : "ended")
                            + ":\n"
                            + printed(log));
        }
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    private static String printed(Path log) {
        var text = read(log);
        return text.length() <= 4000 ? text : "…" + text.substring(text.length() - 4000);
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            return "(" + file + " cannot be read: " + e.getMessage() + ")";
        }
    }
}
