// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.tcp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.outrigger.conformance.Subjects;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What {@link OriginalDstIT} runs in a network namespace of its own: packet filter rules that
 * redirect what comes from one address, a proxy behind them, and what connections to elsewhere then
 * see. Prints a line for each.
 */
public final class OriginalDstStage {
    private static final String CALLER = "10.99.0.9";
    private static final int PATIENCE_MILLIS = 5_000;
    private static final Pattern COUNTED =
            Pattern.compile(
                    "(?m)^(?:cluster\\.original\\.(?:upstream_cx_total|upstream_cx_none_healthy"
                            + "|membership_total|original_dst_host_invalid)"
                            + "|listener\\.\\S+\\.downstream_cx_total"
                            + "|listener\\.\\S+\\.no_filter_chain_match): \\d+$");

    private OriginalDstStage() {}

    /**
     * @param args which proxy, and a folder
     */
    public static void main(String[] args) throws Exception {
        for (String address : List.of("10.99.0.1/32", "10.99.0.2/32", CALLER + "/32")) {
            run("ip", "address", "add", address, "dev", "lo");
        }
        run("ip", "link", "set", "lo", "up");
        for (String[] rule : new String[][] {{"1:8999", "15001"}, {"9000:9999", "15002"}}) {
            run(
                    "iptables-legacy",
                    "-t",
                    "nat",
                    "-A",
                    "OUTPUT",
                    "-p",
                    "tcp",
                    "-s",
                    CALLER,
                    "--dport",
                    rule[0],
                    "-j",
                    "REDIRECT",
                    "--to-ports",
                    rule[1]);
        }
        ProxyUnderTest proxy = args[0].equals("oracle") ? Subjects.oracle() : Subjects.subject();
        Path folder = Path.of(args[1]);
        Path log = folder.resolve("access.log");
        Path bootstrap = folder.resolve("bootstrap.yaml");
        Files.writeString(bootstrap, config(log));
        try (var _ = upstream("10.99.0.1", 7001);
                var _ = upstream("10.99.0.2", 9002);
                var running = proxy.start(bootstrap, folder)) {
            System.out.println("saw redirected: " + ask("10.99.0.1", 7001));
            System.out.println("saw specific: " + ask("10.99.0.2", 7002));
            System.out.println("saw wildcard: " + ask("10.99.0.1", 7003));
            System.out.println("saw nobody: " + ask("10.99.0.1", 7004));
            System.out.println("saw filtered by port: " + ask("10.99.0.2", 9002));
            System.out.println("saw filtered by address: " + ask("10.99.0.1", 9003));
            var stats = COUNTED.matcher(running.admin("GET", "/stats").body());
            while (stats.find()) {
                System.out.println("counted " + stats.group());
            }
        }
        for (String line : Files.readAllLines(log)) {
            System.out.println("logged " + line.replaceAll(CALLER + ":\\d+", CALLER + ":PORT"));
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), ISO_8859_1);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output);
        }
    }

    private static ServerSocket upstream(String ip, int port) throws IOException {
        var server = new ServerSocket(port, 10, InetAddress.ofLiteral(ip));
        Thread.ofVirtual()
                .start(() -> {
                    while (!server.isClosed()) {
                        try (var accepted = server.accept()) {
                            accepted.getOutputStream()
                                    .write(("upstream " + ip + ":" + port).getBytes(ISO_8859_1));
                        } catch (IOException e) {
                            return;
                        }
                    }
                });
        return server;
    }

    private static String ask(String ip, int port) throws IOException {
        try (var client = new Socket()) {
            client.bind(new InetSocketAddress(InetAddress.ofLiteral(CALLER), 0));
            client.connect(new InetSocketAddress(InetAddress.ofLiteral(ip), port), PATIENCE_MILLIS);
            client.setSoTimeout(PATIENCE_MILLIS);
            return new String(client.getInputStream().readAllBytes(), ISO_8859_1);
        } catch (SocketException e) {
            return "<reset>";
        }
    }

    private static String config(Path log) {
        String type = "\"@type\": type.googleapis.com/envoy.extensions.";
        String accessLog =
                "access_log: [{name: a, typed_config: {"
                        + type
                        + "access_loggers.file.v3.FileAccessLog, path: "
                        + log
                        + ", log_format: {text_format_source: {inline_string:"
                        + " \"%DOWNSTREAM_REMOTE_ADDRESS% %DOWNSTREAM_LOCAL_ADDRESS%"
                        + " %DOWNSTREAM_DIRECT_LOCAL_ADDRESS% %UPSTREAM_HOST%"
                        + " %RESPONSE_FLAGS%\\n\"}}}}]";
        String proxied =
                "{filters: [{name: t, typed_config: {"
                        + type
                        + "filters.network.tcp_proxy.v3.TcpProxy, stat_prefix: t,"
                        + " cluster: original}}]}";
        return "admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}\n"
                + "static_resources:\n  listeners:\n"
                + listener("outbound", "127.0.0.1", 15001, "use_original_dst: true", accessLog)
                + ", filter_chains: ["
                + proxied
                + "]}\n"
                + listener(
                        "filtered",
                        "127.0.0.1",
                        15002,
                        "listener_filters: [{name: o, typed_config: {"
                                + type
                                + "filters.listener.original_dst.v3.OriginalDst}}]",
                        accessLog)
                + ", filter_chains: [{filter_chain_match: {destination_port: 9002}, "
                + proxied.substring(1)
                + ", "
                + direct("prefix_ranges: [{address_prefix: 10.99.0.1, prefix_len: 32}]", "address")
                + "]}\n"
                + listener("specific", "10.99.0.2", 7002, "bind_to_port: false", accessLog)
                + ", filter_chains: ["
                + direct("", "specific")
                + "]}\n"
                + listener("wildcard", "0.0.0.0", 7003, "bind_to_port: false", accessLog)
                + ", filter_chains: ["
                + direct("", "wildcard")
                + "]}\n"
                + "  clusters:\n  - {name: original, type: ORIGINAL_DST,"
                + " lb_policy: CLUSTER_PROVIDED, connect_timeout: 1s}\n";
    }

    private static String listener(
            String name, String ip, int port, String more, String accessLog) {
        return "  - {name: "
                + name
                + ", stat_prefix: "
                + name
                + ", address: {socket_address: {address: "
                + ip
                + ", port_value: "
                + port
                + "}}, "
                + more
                + ", "
                + accessLog;
    }

    private static String direct(String match, String response) {
        return "{filter_chain_match: {"
                + match
                + "}, filters: [{name: d, typed_config: {\"@type\":"
                + " type.googleapis.com/envoy.extensions.filters.network.direct_response.v3.Config,"
                + " response: {inline_string: "
                + response
                + "}}}]}";
    }
}
