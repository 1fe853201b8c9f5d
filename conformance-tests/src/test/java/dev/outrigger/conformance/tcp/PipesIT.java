// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.tcp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.Subjects;
import dev.outrigger.conformance.proxy.Eventually;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import java.io.IOException;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Unix domain sockets: listeners with a mode, endpoints, over HTTP and without, on both proxies.
 */
class PipesIT {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int LOG_LINES = 6;

    @Test
    void servesOverPipes() throws IOException {
        assertThat(play(Subjects.subject())).isEqualTo(play(Subjects.oracle()));
    }

    private static List<String> play(ProxyUnderTest proxy) throws IOException {
        // Paths of Unix domain sockets are short.
        Path folder = Files.createTempDirectory(Path.of("/tmp"), "p");
        Path upstream = folder.resolve("up.sock");
        Path log = folder.resolve("access.log");
        Path bootstrap = folder.resolve("bootstrap.yaml");
        Files.writeString(bootstrap, config(folder, log));
        var seen = new ArrayList<String>();
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(upstream));
            Thread.ofVirtual().start(() -> serve(server));
            // In the way of the socket, which takes its place.
            Files.createFile(folder.resolve("http.sock"));
            try (var running = proxy.start(bootstrap, folder)) {
                seen.add(ask(folder.resolve("http.sock"), "GET /a HTTP/1.1\r\nhost: a\r\n\r\n"));
                seen.add(ask(folder.resolve("tcp.sock"), "GET /b HTTP/1.1\r\nhost: b\r\n\r\n"));
                seen.add(ask(folder.resolve("gone.sock"), "GET /c HTTP/1.1\r\nhost: c\r\n\r\n"));
                seen.add(
                        ask(
                                folder.resolve("http.sock"),
                                "GET /gone HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"));
                seen.add("mode " + Files.getAttribute(folder.resolve("http.sock"), "unix:mode"));
                seen.add(running.admin("GET", "/listeners").body());
                var _ = Eventually.holds(PATIENCE, () -> lines(log).size() >= LOG_LINES);
                seen.addAll(lines(log));
            }
        }
        return seen.stream().map(line -> line.replace(folder.toString(), "FOLDER")).toList();
    }

    private static List<String> lines(Path log) {
        try {
            return Files.exists(log)
                    ? Files.readAllLines(log).stream().sorted().toList()
                    : List.of();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static void serve(ServerSocketChannel server) {
        while (server.isOpen()) {
            try (var accepted = server.accept()) {
                ByteBuffer request = ByteBuffer.allocate(4_096);
                accepted.read(request);
                String text =
                        new String(request.array(), 0, request.position(), ISO_8859_1)
                                .replaceAll("x-request-id: \\S+", "x-request-id: ID");
                accepted.write(
                        ByteBuffer.wrap(
                                ("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: "
                                                + text.length()
                                                + "\r\n\r\n"
                                                + text)
                                        .getBytes(ISO_8859_1)));
            } catch (IOException e) {
                return;
            }
        }
    }

    private static String ask(Path path, String request) throws IOException {
        try (var client = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            client.write(ByteBuffer.wrap(request.getBytes(ISO_8859_1)));
            var all = new StringBuilder();
            ByteBuffer in = ByteBuffer.allocate(4_096);
            try {
                while (!isWhole(all.toString()) && client.read(in) >= 0) {
                    all.append(new String(in.array(), 0, in.position(), ISO_8859_1));
                    in.clear();
                }
            } catch (SocketException e) {
                all.append("<reset>");
            }
            return all.toString()
                    .replaceAll("date: [^\r]*", "date: D")
                    .replaceAll("x-envoy-upstream-service-time: \\d+", "time: T");
        }
    }

    /** Whether the response is there, with the request it holds. */
    private static boolean isWhole(String text) {
        return text.endsWith("\r\n\r\n") && text.lastIndexOf(" HTTP/1.1\r\n") > 0;
    }

    private static String config(Path folder, Path log) {
        String type = "\"@type\": type.googleapis.com/envoy.extensions.";
        String accessLog =
                "access_log: [{name: a, typed_config: {"
                        + type
                        + "access_loggers.file.v3.FileAccessLog, path: "
                        + log
                        + ", log_format: {text_format_source: {inline_string:"
                        + " \"r=%DOWNSTREAM_REMOTE_ADDRESS% l=%DOWNSTREAM_LOCAL_ADDRESS%"
                        + " lw=%DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT%"
                        + " d=%DOWNSTREAM_DIRECT_REMOTE_ADDRESS% u=%UPSTREAM_HOST%"
                        + " ur=%UPSTREAM_REMOTE_ADDRESS% f=%RESPONSE_FLAGS%"
                        + " w=%UPSTREAM_TRANSPORT_FAILURE_REASON% %RESPONSE_CODE%\\n\"}}}}]";
        return "admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}\n"
                + "static_resources:\n  listeners:\n"
                + listener("http", folder, ", mode: 384")
                + " filter_chains: [{filters: [{name: h, typed_config: {"
                + type
                + "filters.network.http_connection_manager.v3.HttpConnectionManager,"
                + " stat_prefix: h, use_remote_address: true, "
                + accessLog
                + ", route_config: {virtual_hosts: [{name: v, domains: [\"*\"], routes:"
                + " [{match: {path: /gone}, route: {cluster: gone}}, {match: {prefix: /}, route:"
                + " {cluster: up}}]}]}, http_filters:"
                + " [{name: r, typed_config: {"
                + type
                + "filters.http.router.v3.Router}}]}}]}]}\n"
                + tcp("tcp", "up", folder, type, accessLog)
                + tcp("gone", "gone", folder, type, accessLog)
                + "  clusters:\n"
                + cluster("up", folder.resolve("up.sock"))
                + cluster("gone", folder.resolve("nobody.sock"));
    }

    private static String tcp(
            String name, String cluster, Path folder, String type, String accessLog) {
        return listener(name, folder, "")
                + accessLog
                + ", filter_chains: [{filters: [{name: t, typed_config: {"
                + type
                + "filters.network.tcp_proxy.v3.TcpProxy, stat_prefix: "
                + name
                + ", cluster: "
                + cluster
                + ", "
                + accessLog
                + "}}]}]}\n";
    }

    private static String listener(String name, Path folder, String more) {
        return "  - {name: "
                + name
                + ", address: {pipe: {path: "
                + folder.resolve(name + ".sock")
                + more
                + "}}, ";
    }

    private static String cluster(String name, Path path) {
        return "  - {name: "
                + name
                + ", type: STATIC, load_assignment: {cluster_name: "
                + name
                + ", endpoints: [{lb_endpoints: [{endpoint: {address: {pipe: {path: "
                + path
                + "}}}}]}]}}\n";
    }
}
