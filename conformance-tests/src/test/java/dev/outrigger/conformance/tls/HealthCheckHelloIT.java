// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.Subjects;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.proxy.RunningProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What health checks offer hosts (HC6, TL8): their own protocols over the socket they choose. */
class HealthCheckHelloIT {
    private static final int PATIENCE_MILLIS = 15_000;

    private static final String HTTP = "http_health_check: {path: /hc}";
    private static final String TCP = "tcp_health_check: {}";
    private static final String GRPC = "grpc_health_check: {}";
    private static final String HTTP2 = "http_health_check: {path: /hc, codec_client_type: HTTP2}";
    private static final String OWN = ", tls_options: {alpn_protocols: [foo, http/1.1]}";
    private static final String CHOSEN = ", transport_socket_match_criteria: {k: b}";
    private static final String NOBODYS = ", transport_socket_match_criteria: {k: z}";
    private static final String NOTHING = ", transport_socket_match_criteria: {}";

    /** By a name that hosts are asked for, with what else tells sockets apart behind it. */
    private static Map<String, String> checks() {
        var all = new LinkedHashMap<String, String>();
        all.put("plain", HTTP);
        all.put("own", HTTP + OWN);
        all.put("own-none", HTTP + ", tls_options: {}");
        all.put("own-chosen", HTTP + CHOSEN + OWN);
        all.put("chosen", HTTP + CHOSEN);
        all.put("chosen-nobodys", HTTP + NOBODYS);
        all.put("chosen-by-nothing", HTTP + NOTHING);
        all.put("tcp", TCP);
        all.put("tcp-own", TCP + OWN);
        all.put("tcp-chosen", TCP + CHOSEN);
        all.put("http2", HTTP2);
        all.put("http2-own", HTTP2 + OWN);
        all.put("grpc", GRPC);
        all.put("grpc-own", GRPC + OWN);
        all.put("grpc-chosen", GRPC + CHOSEN);
        return all;
    }

    @Test
    void offerHostsWhatEnvoysDo(@TempDir Path folder) throws Exception {
        List<String> expected = hellos(Subjects.oracle(), folder);
        List<String> actual = hellos(Subjects.subject(), folder);

        assertThat(expected).hasSize(checks().size());
        assertThat(expected)
                .filteredOn(hello -> hello.contains("extension 16 000d03666f6f08687474702f312e31"))
                .hasSize(5);
        assertThat(actual).isEqualTo(expected);
    }

    /** One for each check, sorted: the checks begin in no order. */
    private static List<String> hellos(ProxyUnderTest proxy, Path folder) throws IOException {
        Path place = Files.createDirectories(folder.resolve(proxy.name()));
        Path bootstrap = place.resolve("bootstrap.yaml");
        var hellos = new ArrayList<String>();
        try (var host = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            host.setSoTimeout(PATIENCE_MILLIS);
            Files.writeString(bootstrap, bootstrap(host.getLocalPort()));
            // Nothing is live before it knows how its hosts are.
            Thread reader = Thread.ofVirtual().start(() -> read(host, hellos));
            try (RunningProxy _ = proxy.start(bootstrap, place)) {
                join(reader);
            }
        }
        hellos.sort(null);
        return hellos;
    }

    private static void read(ServerSocket host, List<String> hellos) {
        try {
            for (int i = 0; i < checks().size(); i++) {
                try (Socket accepted = host.accept()) {
                    hellos.add(UpstreamHelloIT.read(accepted));
                }
            }
        } catch (IOException e) {
            hellos.add(e.toString());
        }
    }

    private static void join(Thread reader) {
        try {
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String bootstrap(int port) {
        var clusters = new StringBuilder();
        checks().forEach((name, check) -> clusters.append(cluster(name, check, port)));
        return """
        admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
        static_resources:
          clusters:
        %s
        """
                .formatted(clusters);
    }

    private static String cluster(String name, String check, int port) {
        return """
          - name: %s
            type: STATIC
            load_assignment: {cluster_name: c, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %s}}}, metadata: {filter_metadata: {envoy.transport_socket_match: {k: a}}}}]}]}
            transport_socket: %s
            transport_socket_matches: [{name: a, match: {k: a}, transport_socket: %s}, {name: b, match: {k: b}, transport_socket: %s}]
            health_checks: [{timeout: 2s, interval: 3600s, no_traffic_interval: 3600s, unhealthy_threshold: 1, healthy_threshold: 1, %s}]
            %s
        """
                .formatted(
                        name,
                        port,
                        socket(name + "-default", "d"),
                        socket(name + "-a", ""),
                        socket(name + "-b", "x, z"),
                        check,
                        check.contains("http_health_check: {path: /hc}") || check.startsWith(TCP)
                                ? ""
                                : "typed_extension_protocol_options:"
                                        + " {envoy.extensions.upstreams.http.v3.HttpProtocolOptions:"
                                        + " {\"@type\": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions,"
                                        + " explicit_http_config: {http2_protocol_options: {}}}}");
    }

    private static String socket(String name, String protocols) {
        return "{name: tls, typed_config: {\"@type\":"
                + " type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext, sni: "
                + name
                + ", common_tls_context: {alpn_protocols: ["
                + protocols
                + "]}}}";
    }
}
