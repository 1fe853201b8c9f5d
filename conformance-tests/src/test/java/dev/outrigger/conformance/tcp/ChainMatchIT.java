// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.tcp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.Subjects;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * FC1 and FC2 by the hundred: listeners with generated filter chains, and connections whose ends
 * come from a PROXY header and whose names come from a ClientHello, find the same chain on both
 * proxies.
 */
class ChainMatchIT {
    private static final int LISTENERS = 8;
    private static final int CHAINS = 60;
    private static final int CONNECTIONS = 120;
    private static final long SEED = 20_251_121;
    private static final int PATIENCE_MILLIS = 5_000;
    private static final String NONE = "none";

    private static final List<String> PORTS = List.of("", "", "443", "8443");
    private static final List<String> DESTINATIONS =
            List.of("", "", "10.0.0.0/8", "10.1.0.0/16", "10.1.2.3/32", "2001:db8::/32");
    private static final List<String> NAMES =
            List.of(
                    "",
                    "",
                    "a.example.com",
                    "\"*.example.com\"",
                    "\"*.com\"",
                    "b.test, A.EXAMPLE.org");
    private static final List<String> TRANSPORTS = List.of("", "", "tls", "raw_buffer");
    private static final List<String> PROTOCOLS = List.of("", "", "h2", "http/1.1", "x1, y1");
    private static final List<String> DIRECT = List.of("", "", "", "127.0.0.0/8", "10.0.0.0/8");
    private static final List<String> TYPES = List.of("", "", "SAME_IP_OR_LOOPBACK", "EXTERNAL");
    private static final List<String> SOURCES =
            List.of("", "", "192.0.2.0/24", "192.0.2.7/32", "127.0.0.0/8", "2001:db8::7/128");
    private static final List<String> SOURCE_PORTS = List.of("", "", "1000", "1000, 2000");

    /** What a connection says of itself. */
    private record Connection(
            String source, int sourcePort, String destination, int port, String name, String alpn) {
        byte[] bytes() throws IOException {
            var out = new ByteArrayOutputStream();
            byte[] from = InetAddress.ofLiteral(source).getAddress();
            byte[] to = InetAddress.ofLiteral(destination).getAddress();
            out.write(HexFormat.of().parseHex("0d0a0d0a000d0a515549540a21"));
            out.write(from.length == 4 ? 0x11 : 0x21);
            out.write(0);
            out.write(2 * from.length + 4);
            out.write(from);
            out.write(to);
            for (int each : new int[] {sourcePort, port}) {
                out.write(each >> 8);
                out.write(each);
            }
            out.write(name.equals(NONE) ? "hello".getBytes(ISO_8859_1) : hello());
            return out.toByteArray();
        }

        private byte[] hello() throws IOException {
            try {
                var engine = SSLContext.getDefault().createSSLEngine();
                engine.setUseClientMode(true);
                var parameters = engine.getSSLParameters();
                if (!name.isEmpty()) {
                    parameters.setServerNames(List.of(new SNIHostName(name)));
                }
                if (!alpn.isEmpty()) {
                    parameters.setApplicationProtocols(alpn.split(","));
                }
                engine.setSSLParameters(parameters);
                ByteBuffer out = ByteBuffer.allocate(32_768);
                var _ = engine.wrap(ByteBuffer.allocate(0), out);
                var bytes = new byte[out.flip().remaining()];
                out.get(bytes);
                return bytes;
            } catch (GeneralSecurityException e) {
                throw new IOException(e);
            }
        }
    }

    @Test
    void findsTheSameChains(@TempDir Path folder) throws IOException {
        var random = new Random(SEED);
        String config = config(random);
        var connections = new ArrayList<Connection>();
        for (int i = 0; i < CONNECTIONS; i++) {
            connections.add(connection(random));
        }

        var onEnvoy = play(Subjects.oracle(), config, connections, folder.resolve("oracle"));
        var here = play(Subjects.subject(), config, connections, folder.resolve("subject"));

        assertThat(here).as("seed %d", SEED).isEqualTo(onEnvoy);
        assertThat(onEnvoy.values()).as("as many chains as possible").contains("default", NONE);
        assertThat(onEnvoy.values().stream().distinct().count()).isGreaterThan(CHAINS / 2);
    }

    private static Map<String, String> play(
            ProxyUnderTest proxy, String config, List<Connection> connections, Path folder)
            throws IOException {
        Files.createDirectories(folder);
        Path bootstrap = folder.resolve("bootstrap.yaml");
        Files.writeString(bootstrap, config);
        var found = new LinkedHashMap<String, String>();
        try (var running = proxy.start(bootstrap, folder)) {
            Map<String, Integer> ports = running.listenerPorts();
            for (int i = 0; i < LISTENERS; i++) {
                int port = Objects.requireNonNull(ports.get("l" + i));
                for (Connection each : connections) {
                    found.put("l" + i + " " + each, ask(port, each.bytes()));
                }
            }
        }
        return found;
    }

    private static String ask(int port, byte[] bytes) throws IOException {
        try (var client = new Socket()) {
            client.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
            client.setSoTimeout(PATIENCE_MILLIS);
            client.getOutputStream().write(bytes);
            var text = new StringBuilder();
            try {
                int next;
                while ((next = client.getInputStream().read()) >= 0) {
                    text.append((char) next);
                }
            } catch (SocketException e) {
                // Closed with data nobody has read: what came before counts.
                return text.isEmpty() ? NONE : text.toString();
            }
            return text.isEmpty() ? NONE : text.toString();
        }
    }

    private static Connection connection(Random random) {
        boolean v6 = random.nextInt(5) == 0;
        String name =
                pick(
                        random,
                        List.of(
                                NONE,
                                "",
                                "a.example.com",
                                "x.example.com",
                                "q.com",
                                "b.test",
                                "A.example.ORG",
                                "a.b.c.example.com"));
        return new Connection(
                v6
                        ? pick(random, List.of("2001:db8::7", "2001:db8::8", "::1"))
                        : pick(random, List.of("192.0.2.7", "192.0.2.8", "127.0.0.9", "10.1.2.3")),
                pick(random, List.of(1000, 2000, 3000)),
                v6
                        ? pick(random, List.of("2001:db8::1", "2001:db9::1"))
                        : pick(random, List.of("10.1.2.3", "10.1.9.9", "10.9.9.9", "11.0.0.1")),
                pick(random, List.of(443, 8443, 80)),
                name,
                name.equals(NONE)
                        ? ""
                        : pick(random, List.of("", "h2", "http/1.1", "http/1.1,h2", "y1", "z1")));
    }

    private static <T> T pick(Random random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    private static String config(Random random) {
        var listeners = new StringBuilder();
        for (int i = 0; i < LISTENERS; i++) {
            listeners
                    .append("  - {name: l")
                    .append(i)
                    .append(", address: {socket_address: {address: 127.0.0.1, port_value: 0}},")
                    .append(" listener_filters: [{name: p, typed_config: {\"@type\": ")
                    .append(
                            "type.googleapis.com/envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol}},")
                    .append(" {name: t, typed_config: {\"@type\": ")
                    .append(
                            "type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector}}],")
                    .append(
                            i % 2 == 0
                                    ? ""
                                    : " default_filter_chain: " + chain("", "default") + ",")
                    .append(" filter_chains: [")
                    .append(String.join(", ", chains(random)))
                    .append("]}\n");
        }
        return "admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}\n"
                + "static_resources:\n  listeners:\n"
                + listeners;
    }

    /** Chains that do not overlap: one value for each criterion, in no two chains the same. */
    private static List<String> chains(Random random) {
        var seen = new java.util.LinkedHashSet<String>();
        while (seen.size() < CHAINS) {
            seen.add(
                    field("destination_port", pick(random, PORTS))
                            + ranges("prefix_ranges", pick(random, DESTINATIONS))
                            + list("server_names", pick(random, NAMES))
                            + field("transport_protocol", pick(random, TRANSPORTS))
                            + list("application_protocols", pick(random, PROTOCOLS))
                            + ranges("direct_source_prefix_ranges", pick(random, DIRECT))
                            + field("source_type", pick(random, TYPES))
                            + ranges("source_prefix_ranges", pick(random, SOURCES))
                            + list("source_ports", only(pick(random, SOURCE_PORTS), seen)));
        }
        var chains = new ArrayList<String>();
        for (String match : seen) {
            chains.add(chain(match, "c" + chains.size()));
        }
        return chains;
    }

    /** Lists of ports overlap each other: only one of them is used in a listener. */
    private static String only(String ports, java.util.Set<String> seen) {
        boolean pairs = seen.stream().anyMatch(match -> match.contains("1000, 2000"));
        boolean single = seen.stream().anyMatch(match -> match.contains("[1000]"));
        boolean overlaps =
                (ports.equals("1000") && pairs) || (ports.equals("1000, 2000") && single);
        return overlaps ? "" : ports;
    }

    private static String field(String name, String value) {
        return value.isEmpty() ? "" : name + ": " + value + ", ";
    }

    private static String list(String name, String values) {
        return values.isEmpty() ? "" : name + ": [" + values + "], ";
    }

    private static String ranges(String name, String range) {
        if (range.isEmpty()) {
            return "";
        }
        String[] parts = range.split("/");
        return name + ": [{address_prefix: \"" + parts[0] + "\", prefix_len: " + parts[1] + "}], ";
    }

    private static String chain(String match, String response) {
        return "{filter_chain_match: {"
                + match
                + "}, filters: [{name: d, typed_config: {\"@type\": "
                + "type.googleapis.com/envoy.extensions.filters.network.direct_response.v3.Config,"
                + " response: {inline_string: "
                + response
                + "}}}]}";
    }
}
