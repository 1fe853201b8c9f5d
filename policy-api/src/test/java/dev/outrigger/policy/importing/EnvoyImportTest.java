// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.importing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.policy.check.PolicyReader;
import dev.outrigger.policy.document.Checked;
import dev.outrigger.policy.importing.EnvoyImport.Imported;
import dev.outrigger.policy.importing.EnvoyImport.Request;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EnvoyImportTest {
    private static final String CONFIGURATION =
            """
            node: {cluster: shop, id: shop-1}
            admin: {address: {socket_address: {address: 127.0.0.1, port_value: 9901}}}
            dynamic_resources:
              ads_config: {api_type: GRPC, grpc_services: [{envoy_grpc: {cluster_name: xds}}]}
            stats_flush_interval: 5s
            static_resources:
              listeners:
              - address: {socket_address: {address: 0.0.0.0, port_value: 8080}}
                filter_chains:
                - transport_socket:
                    name: tls
                    typed_config:
                      common_tls_context:
                        tls_certificates: [{private_key: {inline_string: key}}, {private_key: {filename: /key}}]
              clusters:
              - name: xds
              - {name: b, type: EDS, edsClusterConfig: {edsConfig: {ads: {}}}}
              secrets: [{name: s}]
            """;

    @Test
    void takesListenersAndClustersAsTheyStand() {
        var spec = imported(CONFIGURATION, Optional.empty()).document().path("spec");

        assertThat(spec.at("/selector/cluster").asText()).isEqualTo("shop");
        assertThat(spec.path("resources")).hasSize(2);
        assertThat(spec.at("/resources/0/@type").asText())
                .isEqualTo("type.googleapis.com/envoy.config.listener.v3.Listener");
        assertThat(spec.at("/resources/0/name").asText()).isEqualTo("imported-listener-0");
        assertThat(spec.at("/resources/0/address/socket_address/port_value").asInt())
                .isEqualTo(8080);
        assertThat(spec.at("/resources/1").toString())
                .isEqualTo(
                        "{\"@type\":\"type.googleapis.com/envoy.config.cluster.v3.Cluster\","
                                + "\"name\":\"b\",\"type\":\"EDS\","
                                + "\"edsClusterConfig\":{\"edsConfig\":{\"ads\":{}}}}");
    }

    @Test
    void makesADocumentThatIsAccepted() {
        var document = imported(CONFIGURATION, Optional.of("other")).document();

        var policies = PolicyReader.standard().read(document.toString()).require();

        assertThat(policies.size()).isEqualTo(1);
        assertThat(document.at("/spec/selector/cluster").asText()).isEqualTo("other");
    }

    @Test
    void saysWhatIsLeftOutAndWhatIsToBeLookedAt() {
        assertThat(imported(CONFIGURATION, Optional.empty()).notes())
                .extracting(note -> note.path().pointer() + " " + note.text())
                .containsExactly(
                        "#/node says who the proxy is: 'outrigger bootstrap' writes it",
                        "#/admin is the proxy's own socket: it stays in the bootstrap",
                        "#/dynamic_resources leads to another control plane, whose place this one"
                                + " takes",
                        "#/stats_flush_interval stays in the bootstrap",
                        "#/static_resources/listeners/0 has no name and is called"
                                + " 'imported-listener-0'",
                        "#/static_resources/listeners/0/filter_chains/0/transport_socket/"
                                + "typed_config/common_tls_context/tls_certificates/0/private_key"
                                + " holds a private key, which would be stored: name a file"
                                + " instead",
                        "#/static_resources/clusters/0 leads to another control plane, whose place"
                                + " this one takes",
                        "#/static_resources/clusters/1/edsClusterConfig/edsConfig/ads asks this"
                                + " control plane for what another one supplied: write it into the"
                                + " document, or as policies",
                        "#/static_resources/secrets stay in the bootstrap, where they are looked"
                                + " for, and out of the store");
    }

    @Test
    void saysThatAnEmptyConfigurationHasNothing() {
        assertThat(imported("static_resources: {}", Optional.empty()).notes())
                .extracting(EnvoyImport.Note::text)
                .containsExactly(
                        "has neither listeners nor clusters: the document would be empty",
                        "has no 'cluster': the document is for nodes of the cluster 'imported'");
    }

    @Test
    void refusesWhatIsNoConfiguration() {
        var request = new Request("imported", "", Optional.empty());

        assertThat(EnvoyImport.read("a: [", request)).isInstanceOf(Checked.Invalid.class);
        assertThat(EnvoyImport.read("a: 1\n---\nb: 2", request))
                .isInstanceOf(Checked.Invalid.class);
    }

    private static Imported imported(String text, Optional<String> cluster) {
        return EnvoyImport.read(text, new Request("imported", "", cluster)).require();
    }
}
