// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.tcp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.Subjects;
import dev.outrigger.conformance.proxy.Eventually;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.proxy.RunningProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * WA2 and WA3 on both proxies: what open connections, new ones and the counters see while single
 * filter chains of a listener change, then the listener itself, and then it goes.
 */
class FilterChainUpdateIT {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Pattern COUNTED =
            Pattern.compile(
                    "(?m)^listener_manager\\.(listener_(?:added|modified|removed|in_place_updated"
                            + "|create_success|create_failure)|total_\\S+): (\\d+)$");

    @Test
    void keepsTheConnectionsOfChainsThatStay(@TempDir Path folder) throws IOException {
        List<String> onEnvoy = play(Subjects.oracle(), folder.resolve("oracle"));
        List<String> here = play(Subjects.subject(), folder.resolve("subject"));

        assertThat(onEnvoy).contains("b after its chain changed: b1", "a after b changed: a1");
        assertThat(here).isEqualTo(onEnvoy);
    }

    private static List<String> play(ProxyUnderTest proxy, Path folder) throws IOException {
        Files.createDirectories(folder);
        Path lds = folder.resolve("lds.yaml");
        Path bootstrap = folder.resolve("bootstrap.yaml");
        int port = freePort();
        publish(lds, "1", listener(port, "", chain("2", "a1"), chain("3", "b1")));
        Files.writeString(
                bootstrap,
                """
                node: {id: one, cluster: one}
                admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
                dynamic_resources:
                  lds_config: {resource_api_version: V3, path_config_source: {path: %s}}
                """
                        .formatted(lds));
        var seen = new ArrayList<String>();
        try (var running = proxy.start(bootstrap, folder)) {
            await(running, "listener_manager.listener_added: 1");
            try (var a = connect(port, "2");
                    var b = connect(port, "3")) {
                seen.add("a at first: " + get(a));
                seen.add("b at first: " + get(b));
                publish(lds, "2", listener(port, "", chain("2", "a1"), chain("3", "b2")));
                await(running, "listener_manager.listener_in_place_updated: 1");
                count("chain changed", running, seen);
                seen.add("a after b changed: " + get(a));
                seen.add("b after its chain changed: " + get(b));
                seen.add("b anew: " + getOnce(port, "3"));
                publish(
                        lds,
                        "3",
                        listener(
                                port,
                                "default_filter_chain: " + chain("", "d1") + ",",
                                chain("2", "a1"),
                                chain("3", "b2")));
                await(running, "listener_manager.listener_in_place_updated: 2");
                count("default chain added", running, seen);
                seen.add("a after a default was added: " + get(a));
                seen.add("another: " + getOnce(port, "4"));
                publish(
                        lds,
                        "4",
                        listener(
                                port,
                                "per_connection_buffer_limit_bytes: 4096,",
                                chain("2", "a2")));
                await(running, "listener_manager.listener_modified: 3");
                await(running, "listener_manager.total_listeners_warming: 0");
                count("listener changed", running, seen);
                seen.add("a anew: " + getOnce(port, "2"));
                publish(lds, "5", "");
                await(running, "listener_manager.listener_removed: 1");
                count("listener removed", running, seen);
            }
        }
        return seen;
    }

    private static int freePort() throws IOException {
        try (var probe = new java.net.ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    private static void publish(Path lds, String version, String listener) throws IOException {
        Path next = lds.resolveSibling("next.yaml");
        Files.writeString(
                next, "version_info: \"" + version + "\"\nresources: [" + listener + "]\n");
        Files.move(next, lds, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void await(RunningProxy running, String stat) {
        assertThat(
                        Eventually.holds(
                                PATIENCE,
                                () -> {
                                    try {
                                        return ("\n" + running.admin("GET", "/stats").body())
                                                .contains("\n" + stat + "\n");
                                    } catch (IOException e) {
                                        throw new UncheckedIOException(e);
                                    }
                                }))
                .as("%s%n%s", stat, running.output())
                .isTrue();
    }

    private static void count(String when, RunningProxy running, List<String> seen)
            throws IOException {
        var stats = COUNTED.matcher(running.admin("GET", "/stats").body());
        while (stats.find()) {
            // Later on, how much of the drain time is left depends on how fast the machine is.
            if (when.equals("chain changed") || !stats.group(1).endsWith("draining")) {
                seen.add(when + ": " + stats.group(1) + "=" + stats.group(2));
            }
        }
    }

    private static Socket connect(int port, String last) throws IOException {
        var client = new Socket();
        client.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0." + last), 0));
        client.connect(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                (int) PATIENCE.toMillis());
        client.setSoTimeout((int) PATIENCE.toMillis());
        return client;
    }

    private static String getOnce(int port, String last) throws IOException {
        try (var client = connect(port, last)) {
            return get(client);
        }
    }

    /** The body, and whether the response says that the connection ends. */
    private static String get(Socket client) throws IOException {
        client.getOutputStream().write("GET / HTTP/1.1\r\nhost: a\r\n\r\n".getBytes(ISO_8859_1));
        var text = new StringBuilder();
        int end;
        while ((end = text.indexOf("\r\n\r\n")) < 0 || text.length() < end + 6) {
            int next = client.getInputStream().read();
            if (next < 0) {
                return "<end>";
            }
            text.append((char) next);
        }
        return text.substring(end + 4) + (text.indexOf("connection: close") < 0 ? "" : " closing");
    }

    private static String listener(int port, String more, String... chains) {
        return "{\"@type\": type.googleapis.com/envoy.config.listener.v3.Listener, name: l,"
                + " address: {socket_address: {address: 127.0.0.1, port_value: "
                + port
                + "}}, "
                + more
                + " filter_chains: ["
                + String.join(", ", chains)
                + "]}";
    }

    private static String chain(String last, String body) {
        String match =
                last.isEmpty()
                        ? ""
                        : "filter_chain_match: {source_prefix_ranges: [{address_prefix: 127.0.0."
                                + last
                                + ", prefix_len: 32}]}, ";
        return "{"
                + match
                + "filters: [{name: h, typed_config: {\"@type\":"
                + " type.googleapis.com/envoy.extensions.filters.network.http_connection_manager"
                + ".v3.HttpConnectionManager, stat_prefix: h, route_config: {virtual_hosts:"
                + " [{name: v, domains: [\"*\"], routes: [{match: {prefix: /}, direct_response:"
                + " {status: 200, body: {inline_string: "
                + body
                + "}}}]}]}, http_filters: [{name: r, typed_config: {\"@type\":"
                + " type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}]}}]}";
    }
}
