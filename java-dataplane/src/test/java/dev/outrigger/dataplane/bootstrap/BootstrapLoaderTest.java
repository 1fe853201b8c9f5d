// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrigger.dataplane.document.ConfigException;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootstrapLoaderTest {
    @TempDir Path folder;

    @Test
    void namesEveryUnknownFieldWithPathAndPosition() {
        String yaml =
                """
                node: {id: a, colour: red}
                static_resources:
                  clusters:
                  - name: b
                    foo: 1
                    load_assignment: {cluster_name: b, bar: {}}
                """;

        assertThatThrownBy(() -> load(yaml))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(
                        "Protobuf message (type envoy.config.bootstrap.v3.Bootstrap reason"
                                + " INVALID_ARGUMENT: invalid JSON in"
                                + " envoy.config.bootstrap.v3.Bootstrap @ node.colour, near 1:15:"
                                + " no such field: 'colour'")
                .hasMessageContaining(
                        "@ static_resources.clusters[0].foo, near 5:5: no such field: 'foo' in"
                                + " message envoy.config.cluster.v3.Cluster")
                .hasMessageContaining(
                        "@ static_resources.clusters[0].load_assignment.bar, near 6:40: no such"
                                + " field: 'bar'")
                .hasMessageEndingWith(") has unknown fields");
    }

    @Test
    void ignoresUnknownFieldsWhenAllowed() throws ConfigException {
        var bootstrap = new BootstrapLoader(true).load("", "{node: {id: a, colour: red}, foo: 1}");

        assertThat(bootstrap.getNode().getId()).isEqualTo("a");
    }

    @Test
    void takesOneElementWithoutBracketsAndADurationAsAMessage() throws Exception {
        Bootstrap bootstrap =
                load(
                        """
                        stats_flush_interval: {seconds: 3, nanos: 5}
                        static_resources: {clusters: {name: x}}
                        """);

        assertThat(bootstrap.getStatsFlushInterval().getSeconds()).isEqualTo(3);
        assertThat(bootstrap.getStatsFlushInterval().getNanos()).isEqualTo(5);
        assertThat(bootstrap.getStaticResources().getClustersList())
                .singleElement()
                .satisfies(cluster -> assertThat(cluster.getName()).isEqualTo("x"));
    }

    @Test
    void namesEveryValueOfAWrongType() {
        String yaml =
                """
                node: {id: n}
                admin: {address: {socket_address: {address: 127.0.0.1, port_value: abc}}}
                stats_flush_interval: 5
                static_resources:
                  listeners: 7
                  clusters: [{name: b, type: STATICK, connect_timeout: 1m, respect_dns_ttl: 1}]
                """;

        assertThatThrownBy(() -> load(yaml))
                .hasMessageContaining("@ node.id, near 1:12: string: unexpected 'n'; expected '\"'")
                .hasMessageContaining(
                        "@ admin.address.socket_address.port_value, near 2:68: uint32: invalid"
                                + " number: 'abc'")
                .hasMessageContaining(
                        "@ stats_flush_interval, near 3:23: message google.protobuf.Duration:"
                                + " unexpected '5'; expected '\"'")
                .hasMessageContaining(
                        "@ static_resources.listeners, near 5:14: message"
                                + " envoy.config.listener.v3.Listener: unexpected '7'; expected"
                                + " '{'")
                .hasMessageContaining("near 6:30: unknown enum value: 'STATICK'")
                .hasMessageContaining("near 6:56: message google.protobuf.Duration: invalid")
                .hasMessageContaining("near 6:77: bool: unexpected '1'; expected true or false");
    }

    @Test
    void reportsAnExtensionNobodyKnowsAsEnvoyDoes() {
        String yaml =
                """
                static_resources:
                  listeners:
                  - filter_chains:
                    - filters:
                      - name: x
                        typed_config: {"@type": type.googleapis.com/foo.Bar, a: 1}
                """;

        assertThatThrownBy(() -> load(yaml))
                .hasMessageContaining(
                        "@ static_resources.listeners[0].filter_chains[0].filters[0].typed_config,"
                                + " near 6:33: could not find @type 'type.googleapis.com/foo.Bar'");
    }

    @Test
    void namesWhereYamlIsBroken() {
        assertThatThrownBy(() -> load("a:\n  - b\n c: d\n"))
                .hasMessageStartingWith("yaml-cpp: error at line 3, column 2: ");
    }

    @Test
    void takesTheLastOfAKeyThatIsThereTwice() throws ConfigException {
        assertThat(load("node: {id: a}\nnode: {id: b}\n").getNode().getId()).isEqualTo("b");
    }

    @Test
    void readsEachFileByItsExtension() throws IOException, ConfigException {
        assertThat(file("a.yaml", "node: {id: a}").getNode().getId()).isEqualTo("a");
        assertThat(file("a.YML", "node: {id: b}").getNode().getId()).isEqualTo("b");
        assertThat(file("a.json", "{\"node\": {\"id\": \"c\"}}").getNode().getId()).isEqualTo("c");
        assertThat(file("a.conf", "{\"node\": {\"id\": \"d\"}}").getNode().getId()).isEqualTo("d");
        assertThat(file("a.pb_text", "node { id: \"e\" }").getNode().getId()).isEqualTo("e");
        Path binary = folder.resolve("a.pb");
        var proto = Bootstrap.newBuilder();
        proto.getNodeBuilder().setId("f");
        Files.write(binary, proto.build().toByteArray());
        assertThat(new BootstrapLoader(false).load(binary.toString(), "").getNode().getId())
                .isEqualTo("f");
    }

    @Test
    void wantsStrictJsonWhereThereIsNoYaml() {
        assertThatThrownBy(() -> file("a.json", "{node: {id: a}}"))
                .hasMessageStartingWith("Unable to parse JSON as proto (INVALID_ARGUMENT: ");
    }

    @Test
    void mergesTheInlineYamlOverTheFile() throws IOException, ConfigException {
        Path path = folder.resolve("a.yaml");
        Files.writeString(
                path, "{node: {id: a, cluster: c}, static_resources: {clusters: [{name: x}]}}");

        var merged =
                new BootstrapLoader(false)
                        .load(
                                path.toString(),
                                "{node: {id: b}, static_resources: {clusters: [{name: z}]}}");

        assertThat(merged.getNode().getId()).isEqualTo("b");
        assertThat(merged.getNode().getCluster()).isEqualTo("c");
        assertThat(merged.getStaticResources().getClustersList())
                .extracting(c -> c.getName())
                .containsExactly("x", "z");
    }

    @Test
    void namesAFileThatIsNotThere() {
        assertThatThrownBy(() -> new BootstrapLoader(false).load("/no/such.yaml", ""))
                .hasMessage("Invalid path: /no/such.yaml");
    }

    @Test
    void wantsAFileOrInlineYaml() {
        assertThatThrownBy(() -> new BootstrapLoader(false).load("", ""))
                .hasMessageStartingWith("At least one of --config-path or --config-yaml");
    }

    @Test
    void survivesHostileYaml() {
        String bomb =
                """
                a: &a [x,x,x,x,x,x,x,x,x]
                b: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]
                c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]
                d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]
                e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]
                f: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]
                g: [*f,*f,*f,*f,*f,*f,*f,*f,*f]
                """;
        assertThatThrownBy(() -> load(bomb)).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> load("a: &a [*a]")).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> load("[".repeat(5000) + "]".repeat(5000)))
                .isInstanceOf(ConfigException.class);
    }

    private static Bootstrap load(String yaml) throws ConfigException {
        return new BootstrapLoader(false).load("", yaml);
    }

    private Bootstrap file(String name, String text) throws IOException, ConfigException {
        Path path = folder.resolve(name);
        Files.writeString(path, text);
        return new BootstrapLoader(false).load(path.toString(), "");
    }
}
