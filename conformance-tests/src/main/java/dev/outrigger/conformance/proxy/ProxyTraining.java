// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.proxy;

import dev.outrigger.envoy.EnvoyProcess;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What the data plane does while its AOT cache is recorded: it starts, serves and ends. */
final class ProxyTraining {
    /** A JVM that records writes down everything it has loaded before it ends. */
    private static final Duration END_LIMIT = Duration.ofMinutes(1);

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final String MANAGER =
            """
            {name: envoy.filters.network.http_connection_manager, typed_config: {
              "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager,
              stat_prefix: training, access_log: [{name: log, typed_config: {
                "@type": type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog,
                path: /dev/null}}],
              route_config: {virtual_hosts: [{name: all, domains: ["*"], routes: [
                {match: {prefix: /}, %s}]}]},
              http_filters: [{name: envoy.filters.http.router, typed_config: {
                "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]}}
            """;

    private ProxyTraining() {}

    private static Path bootstrap(Path workdir) throws IOException {
        // The first listener's cluster is the second one, so that a request goes out and comes in.
        var text =
                """
                node: {id: training, cluster: training}
                admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
                static_resources:
                  listeners:
                    - name: outer
                      address: {socket_address: {address: 127.0.0.1, port_value: 0}}
                      filter_chains:
                        - filters: [%s]
                    - name: inner
                      address: {pipe: {path: "@%s"}}
                      filter_chains:
                        - filters: [%s]
                  clusters:
                    - name: inner
                      type: STATIC
                      load_assignment:
                        cluster_name: inner
                        endpoints:
                          - lb_endpoints: [{endpoint: {address: {pipe: {path: "@%2$s"}}}}]
                """
                        .formatted(
                                MANAGER.formatted("route: {cluster: inner}"),
                                workdir.resolve("inner"),
                                MANAGER.formatted(
                                        "direct_response: {status: 200, body: {inline_string: in}}"));
        return Files.writeString(workdir.resolve("training.yaml"), text);
    }

    static void run(List<String> command, Path workdir) throws IOException {
        var started = new CompletableFuture<EnvoyProcess>();
        try (var proxy =
                ProxyProcess.start(
                        (args, folder, log) -> {
                            var process =
                                    EnvoyProcess.start(JavaProxy.with(command, args), folder, log);
                            started.complete(process);
                            return process;
                        },
                        bootstrap(workdir),
                        workdir,
                        ProxyUnderTest.SOON)) {
            request(proxy.listenerPorts().getOrDefault("outer", 0));
            for (String page : List.of("/stats", "/clusters", "/config_dump")) {
                proxy.admin("GET", page);
            }
            started.join().stop(END_LIMIT);
        }
    }

    /** That the data plane reads the same configuration and ends. */
    static void check(List<String> command, Path workdir) throws IOException {
        var verdict = new JavaProxy(command).validate(bootstrap(workdir), workdir);
        if (verdict.exitCode() != 0) {
            throw new IOException("the cache is not used:\n" + verdict.output());
        }
    }

    private static void request(int port) throws IOException {
        try (var client = HttpClient.newBuilder().connectTimeout(PATIENCE).build()) {
            // The client's first request asks for HTTP/2 in vain, which is a path of its own.
            var request =
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                            .timeout(PATIENCE)
                            .build();
            var response = client.send(request, HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() != 200) {
                throw new IOException("the training's request got " + response.statusCode());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while training");
        }
    }
}
