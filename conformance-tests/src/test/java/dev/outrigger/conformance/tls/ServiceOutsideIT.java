// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.outrigger.conformance.ControlledPair;
import dev.outrigger.conformance.proxy.Eventually;
import dev.outrigger.conformance.proxy.RunningProxy;
import dev.outrigger.conformance.stage.Identities;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Documents about APIs outside, with TLS and credentials, and about limits on connections: both
 * proxies, driven by one control plane, do the same, and what is written beside each.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServiceOutsideIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String MAIN = "outbound/main";
    private static final String LIMITED = "outbound/limited";

    private final Map<String, TlsUpstream> upstreams = new LinkedHashMap<>();
    private ControlledPair pair;

    /**
     * One service and a request to it.
     *
     * @param policy its blocks; CA, CERT, KEY, SECRET and EMPTY stand for files
     * @param headers of the request, each line ended
     * @param expected parts of the answer
     */
    private record Case(
            String name, Host host, String policy, String headers, List<String> expected) {}

    /** What a service's host insists on. */
    private enum Host {
        ANYONE,
        CLIENTS,
        OLD
    }

    private static final String VALID =
            "tls: {validation: {hostname: server.example.com, caCertificateRefs: [{file: CA}]}}";

    private static List<Case> cases() {
        return List.of(
                new Case(
                        "named",
                        Host.ANYONE,
                        VALID,
                        "",
                        List.of(" 200 ", "sni=[type=host_name (0), value=server.example.com]")),
                new Case(
                        "mutual",
                        Host.CLIENTS,
                        "tls: {validation: {hostname: server.example.com, caCertificateRefs:"
                                + " [{file: CA}]}, clientCertificate: {certificateFile: CERT,"
                                + " privateKeyFile: KEY}}",
                        "",
                        List.of(" 200 ", "peer=CN=client,O=Outrigger")),
                new Case(
                        "nobody",
                        Host.CLIENTS,
                        VALID,
                        "",
                        List.of(" 503 ", "upstream connect error or disconnect/reset")),
                new Case(
                        "uri",
                        Host.ANYONE,
                        "tls: {validation: {hostname: other.example.com, caCertificateRefs:"
                                + " [{file: CA}], subjectAltNames: [{type: URI, uri:"
                                + " 'spiffe://td/server'}]}}",
                        "",
                        List.of(" 200 ", "value=other.example.com")),
                new Case(
                        "misnamed",
                        Host.ANYONE,
                        "tls: {validation: {hostname: other.example.com, caCertificateRefs:"
                                + " [{file: CA}]}}",
                        "",
                        List.of(" 503 ", "reset reason: remote connection failure")),
                new Case(
                        "distrusted",
                        Host.ANYONE,
                        "tls: {validation: {hostname: server.example.com, caCertificateRefs:"
                                + " [{file: OTHER}]}}",
                        "",
                        List.of(" 503 ", "reset reason: remote connection failure")),
                new Case(
                        "twelve",
                        Host.ANYONE,
                        VALID.replace("tls: {", "tls: {maxVersion: TLSv1.2, "),
                        "",
                        List.of(" 200 ", "TLSv1.2 ")),
                new Case(
                        "tooold",
                        Host.OLD,
                        VALID.replace("tls: {", "tls: {minVersion: TLSv1.3, "),
                        "",
                        List.of(" 503 ", "reset reason: remote connection failure")),
                new Case(
                        "bearer",
                        Host.ANYONE,
                        VALID + "\n  credential: {prefix: 'Bearer ', file: SECRET}",
                        "authorization: mine\r\n",
                        List.of(" 200 ", "authorization: Bearer s3cret\n")),
                new Case(
                        "key",
                        Host.ANYONE,
                        VALID + "\n  credential: {header: X-Key, file: SECRET}",
                        "",
                        List.of(" 200 ", "x-key: s3cret\n")),
                new Case(
                        "kept",
                        Host.ANYONE,
                        VALID + "\n  credential: {overwrite: false, file: SECRET}",
                        "authorization: mine\r\n",
                        List.of(" 200 ", "authorization: mine\n")),
                new Case(
                        "keyless",
                        Host.ANYONE,
                        VALID + "\n  credential: {file: EMPTY}",
                        "authorization: mine\r\n",
                        List.of(" 401 ", "Failed to inject credential.")));
    }

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        var identities = new Identities(folder);
        var secret = Files.writeString(folder.resolve("secret"), "s3cret\n");
        var empty = Files.writeString(folder.resolve("empty"), "\n");
        var documents = new StringBuilder();
        documents.append(
                ControlledPair.sidecars(
                        "{listeners: [{name: main, address: 127.0.0.1, port: PORT}, {name: limited,"
                                + " address: 127.0.0.1, port: PORT, maxConnections: 1}]}"));
        for (Case each : cases()) {
            var upstream =
                    each.host() == Host.OLD
                            ? new TlsUpstream(identities, "server", false, "TLSv1.2")
                            : new TlsUpstream(identities, "server", each.host() == Host.CLIENTS);
            upstreams.put(each.name(), upstream);
            documents.append(
                    service(each, upstream.port())
                            .replace("OTHER", identities.certificate("other-ca"))
                            .replace("CA}", identities.certificate("ca") + "}")
                            .replace("CERT", identities.certificate("client"))
                            .replace("KEY", identities.key("client"))
                            .replace("SECRET", secret.toString())
                            .replace("EMPTY", empty.toString()));
        }
        pair = ControlledPair.start(folder, documents.toString());
    }

    @AfterAll
    void stop() throws IOException {
        if (pair != null) {
            pair.close();
        }
        for (TlsUpstream upstream : upstreams.values()) {
            upstream.close();
        }
    }

    private static String service(Case of, int port) {
        return """
        ---
        apiVersion: outrigger.dev/v1alpha1
        kind: Service
        metadata: {name: %s}
        spec:
          hostnames: [%s.test]
          ports: [{name: p, port: 80, protocol: HTTP}]
          endpoints: {static: [{address: 127.0.0.1, port: %d}]}
        ---
        apiVersion: outrigger.dev/v1alpha1
        kind: TrafficPolicy
        metadata: {name: %s}
        spec:
          targetRefs: [{kind: Service, name: %s}]
          %s
        """
                .formatted(of.name(), of.name(), port, of.name(), of.name(), of.policy());
    }

    @TestFactory
    Stream<DynamicTest> bothDoAsIsWritten() {
        return cases().stream().map(each -> dynamicTest(each.name(), () -> check(each)));
    }

    private void check(Case asked) throws IOException {
        var answers = new ArrayList<String>();
        var refusals = new ArrayList<Map<String, String>>();
        for (RunningProxy proxy : pair.proxies()) {
            try (var client = connect(proxy, MAIN)) {
                answers.add(ask(client, asked.name(), asked.headers()));
            }
            refusals.add(stats(proxy, "default/" + asked.name() + "/80.ssl.fail_verify"));
        }

        assertThat(answers.getFirst()).as("Envoy").contains(asked.expected());
        assertThat(answers.getLast()).as("ours").isEqualTo(answers.getFirst());
        assertThat(refusals.getFirst()).as("Envoy").isNotEmpty();
        assertThat(refusals.getLast()).as("ours").isEqualTo(refusals.getFirst());
    }

    @Test
    void credentialsAreCounted() throws IOException {
        var counted = new ArrayList<Map<String, String>>();
        for (RunningProxy proxy : pair.proxies()) {
            try (var client = connect(proxy, MAIN)) {
                var _ = ask(client, "key", "");
                var _ = ask(client, "keyless", "");
                var _ = ask(client, "kept", "authorization: mine\r\n");
            }
            counted.add(stats(proxy, "credential_injector"));
        }

        assertThat(counted.getFirst()).as("Envoy").isNotEmpty();
        assertThat(counted.getLast().keySet()).as("ours").isEqualTo(counted.getFirst().keySet());
    }

    @Test
    void connectionsBeyondTheLimitAreClosed() throws IOException {
        for (RunningProxy proxy : pair.proxies()) {
            try (var first = connect(proxy, LIMITED)) {
                assertThat(ask(first, "named", "")).contains(" 200 ");
                try (var second = connect(proxy, LIMITED)) {
                    assertThat(second.getInputStream().read()).isEqualTo(-1);
                }
                assertThat(ask(first, "named", "")).contains(" 200 ");
            }
            assertThat(Eventually.holds(PATIENCE, () -> open(proxy).equals("0"))).isTrue();
            try (var third = connect(proxy, LIMITED)) {
                assertThat(ask(third, "named", "")).contains(" 200 ");
            }
            assertThat(Eventually.holds(PATIENCE, () -> open(proxy).equals("0"))).isTrue();
        }

        var counted = new ArrayList<Map<String, String>>();
        for (RunningProxy proxy : pair.proxies()) {
            counted.add(stats(proxy, "connection_limit|limited.downstream_cx_(total|destroy)"));
        }
        assertThat(counted.getFirst().values()).as("Envoy").contains("3", "1", "0");
        assertThat(counted.getLast()).as("ours").isEqualTo(counted.getFirst());
    }

    private static String open(RunningProxy proxy) {
        try {
            var gauges = stats(proxy, "connection_limit.*active_connections");
            return gauges.values().stream().findFirst().orElse("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> stats(RunningProxy proxy, String filter) throws IOException {
        var all = new LinkedHashMap<String, String>();
        proxy.admin("GET", "/stats?filter=" + filter.replace("|", "%7C"))
                .body()
                .lines()
                .filter(line -> line.contains(": "))
                .forEach(line -> all.put(line.split(": ", 2)[0], line.split(": ", 2)[1]));
        return all;
    }

    private static Socket connect(RunningProxy proxy, String listener) throws IOException {
        int port = Objects.requireNonNull(proxy.listenerPorts().get(listener), listener);
        var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return socket;
    }

    /** One answer, which says how long it is, without what differs from run to run. */
    private static String ask(Socket client, String service, String headers) throws IOException {
        var request = "GET / HTTP/1.1\r\nhost: " + service + ".test\r\n" + headers + "\r\n";
        client.getOutputStream().write(request.getBytes(ISO_8859_1));
        var read = new ByteArrayOutputStream();
        while (!isWhole(read.toString(ISO_8859_1))) {
            int next = client.getInputStream().read();
            if (next < 0) {
                break;
            }
            read.write(next);
        }
        return read.toString(ISO_8859_1)
                .replaceAll("(?m)^(date|x-envoy-upstream-service-time): .*", "$1: …");
    }

    private static boolean isWhole(String answer) {
        int head = answer.indexOf("\r\n\r\n");
        int at = answer.indexOf("content-length: ");
        if (head < 0 || at < 0) {
            return false;
        }
        int length = Integer.parseInt(answer.substring(at + 16, answer.indexOf("\r\n", at)));
        return answer.length() >= head + 4 + length;
    }
}
