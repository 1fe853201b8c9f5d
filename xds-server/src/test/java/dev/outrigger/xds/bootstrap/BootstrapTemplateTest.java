// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrigger.policy.rest.BootstrapSource.ClientFiles;
import dev.outrigger.policy.rest.BootstrapSource.Flavor;
import dev.outrigger.policy.rest.BootstrapSource.Request;
import dev.outrigger.policy.rest.BootstrapSource.Result;
import dev.outrigger.xds.security.SubjectNames;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BootstrapTemplateTest {
    @Test
    void saysWhoTheProxyIsAndWhereItsControlPlaneIs() {
        var yaml =
                new BootstrapTemplate("a-1", "a", Map.of("flavor", "java"), 9901, "10.0.0.1", 18000)
                        .toYaml();

        assertThat(yaml)
                .contains("id: \"a-1\"", "cluster: \"a\"", "\"flavor\": \"java\"")
                .contains("api_type: DELTA_GRPC", "set_node_on_first_message_only: true")
                .contains("address: 127.0.0.1, port_value: 9901")
                .contains("type: STATIC", "address: \"10.0.0.1\", port_value: 18000");
    }

    @Test
    void aNameIsResolvedByTheProxy() {
        assertThat(new BootstrapTemplate("a", "a", Map.of(), 0, "control.local", 18000).toYaml())
                .contains("type: STRICT_DNS")
                .doesNotContain("metadata:");
    }

    @Test
    void noValueBecomesStructure() {
        assertThat(new BootstrapTemplate("a\"\nb: c", "a", Map.of(), 0, "::1", 1).toYaml())
                .contains("id: \"a\\\"\\U0000000Ab: c\"");
    }

    @Test
    void rejectsAPortThatIsNone() {
        assertThatThrownBy(() -> new BootstrapTemplate("a", "a", Map.of(), 0, "h", 0))
                .hasMessage("xdsPort: 0 (expected: 1..65535)");
    }

    @Test
    void leadsToTheAddressTheCallerReachedWhenListeningEverywhere() {
        var everywhere = new Bootstraps("0.0.0.0", () -> 18000, new Random(1));

        assertThat(yaml(everywhere, Optional.empty(), "control.example:8470"))
                .contains("address: \"control.example\", port_value: 18000");
        assertThat(yaml(everywhere, Optional.empty(), "[::1]:8470"))
                .contains("address: \"::1\", port_value: 18000");
        assertThat(yaml(everywhere, Optional.of("[fd00::1]:19000"), "x:8470"))
                .contains("address: \"fd00::1\", port_value: 19000");
    }

    @Test
    void leadsToTheAddressItListensOnOtherwise() {
        var loopback = new Bootstraps("127.0.0.1", () -> 18000, new Random(1));

        assertThat(yaml(loopback, Optional.empty(), "localhost:8470"))
                .contains("address: \"127.0.0.1\", port_value: 18000")
                .containsPattern("id: \"a-java-[0-9a-f]{4}\"");
    }

    @Test
    void refusesAPortOutOfRange() {
        var bootstraps = new Bootstraps("127.0.0.1", () -> 18000, new Random(1));

        assertThat(
                        bootstraps.bootstrap(
                                request(Optional.of("control.example:70000"), "localhost:8470")))
                .isInstanceOfSatisfying(
                        Result.Refused.class,
                        refused -> assertThat(refused.parameter()).isEqualTo("xds"));
    }

    @Test
    void carriesTheCredentialsWhereThePortAsksForThem() {
        var names =
                new SubjectNames(List.of("spiffe://mesh.example/control"), List.of(), List.of());
        var bootstraps =
                new Bootstraps("10.0.0.1", () -> 18000, () -> Optional.of(names), new Random(1));

        var yaml =
                ((Result.Yaml)
                                bootstraps.bootstrap(
                                        tlsRequest(
                                                Flavor.ENVOY,
                                                new ClientFiles(
                                                        Optional.of("/tls/a.pem"),
                                                        Optional.empty(),
                                                        Optional.empty()))))
                        .text();

        assertThat(yaml)
                .contains("certificate_chain: {filename: \"/tls/a.pem\"}")
                .contains("private_key: {filename: \"/etc/outrigger/tls/key.pem\"}")
                .contains("{san_type: URI, matcher: {exact: \"spiffe://mesh.example/control\"}}")
                .contains("alpn_protocols: [h2]")
                .doesNotContain("sni:");
    }

    @Test
    void expectsTheNameByWhichTheServerIsReachedIfItsCertificateHasIt() {
        var names = new SubjectNames(List.of("spiffe://x/y"), List.of("cp.example"), List.of());
        var bootstraps =
                new Bootstraps("cp.example", () -> 18000, () -> Optional.of(names), new Random(1));

        var result = bootstraps.bootstrap(tlsRequest(Flavor.ENVOY, ClientFiles.NONE));

        assertThat(((Result.Yaml) result).text())
                .contains("sni: \"cp.example\"")
                .contains("{san_type: DNS, matcher: {exact: \"cp.example\"}}");
    }

    @Test
    void isTheSameForBothProxies() {
        var names = new SubjectNames(List.of(), List.of("cp.example"), List.of());
        var bootstraps =
                new Bootstraps("cp.example", () -> 18000, () -> Optional.of(names), new Random(1));

        var envoy = (Result.Yaml) bootstraps.bootstrap(tlsRequest(Flavor.ENVOY, ClientFiles.NONE));
        var java = (Result.Yaml) bootstraps.bootstrap(tlsRequest(Flavor.JAVA, ClientFiles.NONE));

        assertThat(java.text().replace("\"java\"", "\"envoy\"")).isEqualTo(envoy.text());
    }

    @Test
    void refusesCredentialsForAPlaintextPort() {
        var files = new ClientFiles(Optional.of("/x"), Optional.empty(), Optional.empty());
        var bootstraps = new Bootstraps("127.0.0.1", () -> 18000, new Random(1));

        assertThat(bootstraps.bootstrap(tlsRequest(Flavor.ENVOY, files)))
                .isInstanceOfSatisfying(
                        Result.Refused.class,
                        refused -> assertThat(refused.parameter()).isEqualTo("tlsCert"));
    }

    private static Request tlsRequest(Flavor flavor, ClientFiles files) {
        return new Request(
                flavor,
                "a",
                Optional.of("a-1"),
                Optional.empty(),
                Optional.empty(),
                files,
                "localhost:8470");
    }

    private static String yaml(Bootstraps source, Optional<String> xds, String authority) {
        return ((Result.Yaml) source.bootstrap(request(xds, authority))).text();
    }

    private static Request request(Optional<String> xds, String authority) {
        return new Request(
                Flavor.JAVA,
                "a",
                Optional.empty(),
                Optional.empty(),
                xds,
                ClientFiles.NONE,
                authority);
    }
}
