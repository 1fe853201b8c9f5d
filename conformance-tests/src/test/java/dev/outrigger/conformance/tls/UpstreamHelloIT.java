// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.Subjects;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.proxy.RunningProxy;
import dev.outrigger.conformance.stage.Identities;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What hosts are offered (TL1, TL7): the same, in the same order, so that no host can tell. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UpstreamHelloIT {
    private static final int PATIENCE_MILLIS = 8_000;
    private static final int RECORD_HEADER = 5;

    private static final String NEWEST = "tls_maximum_protocol_version: TLSv1_3";
    private static final String HTTP2 = "explicit_http_config: {http2_protocol_options: {}}";

    private final Map<String, String> oracle = new LinkedHashMap<>();
    private final Map<String, String> subject = new LinkedHashMap<>();

    /**
     * @param tls what the context says
     * @param http what the protocol options say; empty for none
     */
    private record Offer(String tls, String http) {
        static Offer of(String tls) {
            return new Offer(tls, "");
        }

        static Offer parameters(String parameters) {
            return of("common_tls_context: {tls_params: {" + parameters + "}}");
        }
    }

    private static Map<String, Offer> offers(Identities identities) {
        var all = new LinkedHashMap<String, Offer>();
        all.put("nothing", Offer.of("sni: \"\""));
        all.put("name", Offer.of("sni: a.example.com"));
        all.put("newest", Offer.parameters(NEWEST));
        all.put(
                "only-newest",
                Offer.parameters("tls_minimum_protocol_version: TLSv1_3, " + NEWEST));
        all.put(
                "all-versions",
                Offer.parameters("tls_minimum_protocol_version: TLSv1_0, " + NEWEST));
        all.put(
                "only-old",
                Offer.parameters(
                        "tls_minimum_protocol_version: TLSv1_0, tls_maximum_protocol_version: TLSv1_1"));
        all.put("groups", Offer.parameters("ecdh_curves: [P-256, X25519]"));
        all.put(
                "ciphers",
                Offer.parameters(
                        "cipher_suites: [ECDHE-RSA-AES256-GCM-SHA384, \"[ECDHE-ECDSA-AES128-GCM-SHA256|ECDHE-ECDSA-CHACHA20-POLY1305]\"]"));
        all.put(
                "old-ciphers",
                Offer.parameters("cipher_suites: [AES128-SHA, ECDHE-RSA-AES128-SHA]"));
        all.put("protocols", Offer.of("common_tls_context: {alpn_protocols: [h2, http/1.1]}"));
        all.put("http2", new Offer("common_tls_context: {tls_params: {" + NEWEST + "}}", HTTP2));
        all.put("http1", new Offer("sni: b", "explicit_http_config: {http_protocol_options: {}}"));
        all.put("either", new Offer("sni: b", "auto_config: {}"));
        all.put("no-sessions", Offer.of("max_session_keys: 0"));
        all.put("renegotiation", Offer.of("allow_renegotiation: true"));
        all.put(
                "certificate",
                Offer.of(
                        "common_tls_context: {tls_certificates: [{certificate_chain: {filename: "
                                + identities.certificate("client")
                                + "}, private_key: {filename: "
                                + identities.key("client")
                                + "}}], validation_context: {trusted_ca: {filename: "
                                + identities.certificate("ca")
                                + "}}}"));
        return all;
    }

    @BeforeAll
    void play(@TempDir Path folder) throws Exception {
        Map<String, Offer> offers = offers(new Identities(folder));
        try (var host = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            host.setSoTimeout(PATIENCE_MILLIS);
            play(Subjects.oracle(), offers, host, folder, oracle);
            play(Subjects.subject(), offers, host, folder, subject);
        }
    }

    private static void play(
            ProxyUnderTest proxy,
            Map<String, Offer> offers,
            ServerSocket host,
            Path folder,
            Map<String, String> seen)
            throws IOException {
        Path place = Files.createDirectories(folder.resolve(proxy.name()));
        Path bootstrap = place.resolve("bootstrap.yaml");
        Files.writeString(bootstrap, bootstrap(offers, host.getLocalPort()));
        try (RunningProxy running = proxy.start(bootstrap, place)) {
            for (String name : offers.keySet()) {
                seen.put(name, hello(TlsSetting.port(running.listenerPorts(), "main"), name, host));
            }
        }
    }

    /** What the host is sent first when a client asks for this. */
    private static String hello(int port, String path, ServerSocket host) throws IOException {
        try (var client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            client.getOutputStream()
                    .write(
                            ("GET /" + path + " HTTP/1.1\r\nhost: a.b\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
            try (Socket accepted = host.accept()) {
                return read(accepted);
            }
        }
    }

    /** The hello that a connection begins with. */
    static String read(Socket accepted) throws IOException {
        accepted.setSoTimeout(PATIENCE_MILLIS);
        var in = new DataInputStream(accepted.getInputStream());
        var record = new byte[RECORD_HEADER];
        // None of the ciphers is for old versions, so that there is no hello.
        if (in.readNBytes(record, 0, RECORD_HEADER) == 0) {
            return "nothing";
        }
        int length = (record[3] & 0xff) << 8 | (record[4] & 0xff);
        record = Arrays.copyOf(record, RECORD_HEADER + length);
        in.readFully(record, RECORD_HEADER, length);
        return HelloText.of(record);
    }

    private static String bootstrap(Map<String, Offer> offers, int port) {
        var routes = new StringBuilder();
        var clusters = new StringBuilder();
        offers.forEach((name, offer) -> {
            routes.append("{match: {path: /%s}, route: {cluster: %s}}, ".formatted(name, name));
            clusters.append(cluster(name, offer, port));
        });
        return """
        admin: {address: {socket_address: {address: 127.0.0.1, port_value: 0}}}
        static_resources:
          listeners:
          - name: main
            address: {socket_address: {address: 127.0.0.1, port_value: 0}}
            filter_chains:
            - filters:
              - name: hcm
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: main
                  route_config: {virtual_hosts: [{name: v, domains: ["*"], routes: [%s]}]}
                  http_filters:
                  - {name: router, typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}}
          clusters:
        %s
        """
                .formatted(routes, clusters);
    }

    private static String cluster(String name, Offer offer, int port) {
        String options =
                offer.http().isEmpty()
                        ? ""
                        : "typed_extension_protocol_options:"
                                + " {envoy.extensions.upstreams.http.v3.HttpProtocolOptions:"
                                + " {\"@type\": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions, "
                                + offer.http()
                                + "}}";
        return """
          - name: %s
            type: STATIC
            load_assignment: {cluster_name: c, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %s}}}}]}]}
            transport_socket: {name: tls, typed_config: {"@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext, %s}}
            %s
        """
                .formatted(name, port, offer.tls(), options);
    }

    @TestFactory
    Stream<DynamicTest> offersHostsWhatEnvoyDoes() {
        return oracle.entrySet().stream()
                .map(each ->
                        DynamicTest.dynamicTest(
                                each.getKey(),
                                () ->
                                        assertThat(String.valueOf(subject.get(each.getKey())))
                                                .isEqualTo(each.getValue())));
    }
}
