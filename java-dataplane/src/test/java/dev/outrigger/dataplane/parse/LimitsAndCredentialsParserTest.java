// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import static dev.outrigger.dataplane.parse.Outcomes.XDS;
import static dev.outrigger.dataplane.parse.Outcomes.accepted;
import static dev.outrigger.dataplane.parse.Outcomes.only;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.outrigger.dataplane.config.ConnectionLimitConfig;
import dev.outrigger.dataplane.config.ListenerConfig;
import dev.outrigger.dataplane.config.ResourceReference;
import dev.outrigger.dataplane.config.RuntimeFeatureFlag;
import dev.outrigger.dataplane.config.SecretConfig;
import dev.outrigger.dataplane.filter.credentialinjector.CredentialInjectorConfig;
import dev.outrigger.dataplane.filter.credentialinjector.CredentialInjectorConfig.Source;
import io.envoyproxy.envoy.extensions.filters.http.credential_injector.v3.CredentialInjector;
import io.envoyproxy.envoy.extensions.http.injected_credentials.generic.v3.Generic;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.GenericSecret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connection limits in front of other network filters, and injected credentials. */
class LimitsAndCredentialsParserTest {
    private static final String LIMIT =
            "{name: limit, typed_config: {\"@type\":"
                    + " type.googleapis.com/envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit,"
                    + " stat_prefix: s, %s}}";
    private static final String ECHO =
            "{name: echo, typed_config: {\"@type\":"
                    + " type.googleapis.com/envoy.extensions.filters.network.echo.v3.Echo}}";

    private static Parsed<ListenerConfig> listener(String... filters) {
        return ListenerParser.parse(
                Protos.listener(
                        """
                        name: l
                        address: {socket_address: {address: 127.0.0.1, port_value: 80}}
                        filter_chains: [{filters: [%s]}]
                        """
                                .formatted(String.join(", ", filters))),
                XDS);
    }

    @Test
    void aLimitStandsInFrontOfTheLastFilter() {
        ListenerConfig config =
                accepted(
                        listener(
                                LIMIT.formatted("max_connections: 1"),
                                LIMIT.formatted(
                                        "max_connections: 2, delay: 0.5s, runtime_enabled:"
                                                + " {default_value: false, runtime_key: k}"),
                                ECHO));

        assertThat(config.filterChains().getFirst().limits())
                .containsExactly(
                        new ConnectionLimitConfig(
                                "s", 1, Duration.ZERO, new RuntimeFeatureFlag(true, "")),
                        new ConnectionLimitConfig(
                                "s",
                                2,
                                Duration.ofMillis(500),
                                new RuntimeFeatureFlag(false, "k")));
    }

    @Test
    void aLimitAloneIsRefusedInEnvoysWords() {
        assertThat(only(listener(LIMIT.formatted("max_connections: 1"))).reason())
                .isEqualTo(
                        "Error: non-terminal filter named limit of type"
                                + " envoy.filters.network.connection_limit is the last filter in a"
                                + " network filter chain.");
    }

    @Test
    void aLimitSaysHowMany() {
        assertThat(only(listener(LIMIT.formatted("delay: 1s"), ECHO)).reason())
                .startsWith("Field 'max_connections' is missing in: ");
    }

    private static CredentialInjectorConfig injector(Generic generic, ParseContext context) {
        var proto = CredentialInjector.newBuilder();
        proto.getCredentialBuilder().setName("generic").setTypedConfig(Any.pack(generic));
        var findings = new Findings(context);
        var read =
                CredentialInjectorFilterParser.TYPE
                        .reader()
                        .read(Any.pack(proto.build()), "typed_config", findings);
        assertThat(findings.isEmpty()).isTrue();
        return (CredentialInjectorConfig) read.orElseThrow();
    }

    @Test
    void aCredentialComesBySds() {
        var credential = SdsSecretConfig.newBuilder().setName("token");
        credential.getSdsConfigBuilder().getAdsBuilder();

        var config =
                injector(
                        Generic.newBuilder()
                                .setCredential(credential)
                                .setHeader("X-Key")
                                .setUnknownFields(prefix("Bearer "))
                                .build(),
                        XDS);

        assertThat(config.header()).isEqualTo("x-key");
        assertThat(config.prefix()).isEqualTo("Bearer ");
        assertThat(config.overwrite()).isFalse();
        assertThat(config.allowsWithout()).isFalse();
        assertThat(config.secrets()).extracting(ResourceReference::name).containsExactly("token");
    }

    /** {@code header_value_prefix}, newer than the classes of the API. */
    private static UnknownFieldSet prefix(String text) {
        return UnknownFieldSet.newBuilder()
                .addField(
                        3,
                        UnknownFieldSet.Field.newBuilder()
                                .addLengthDelimited(ByteString.copyFromUtf8(text))
                                .build())
                .build();
    }

    @Test
    void aCredentialIsTheBootstrapsOwn() {
        var secret = new SecretConfig.Generic("s");
        var config =
                injector(
                        Generic.newBuilder()
                                .setCredential(SdsSecretConfig.newBuilder().setName("own"))
                                .build(),
                        XDS.withSecrets(Map.of("own", secret)));

        assertThat(config.source()).isEqualTo(new Source.Known(secret));
        assertThat(config.header()).isEqualTo("authorization");
        assertThat(config.secrets()).isEqualTo(List.of());
    }

    @Test
    void aCredentialNobodyHasIsRefused() {
        var listener =
                Protos.listener(
                        """
                        name: l
                        address: {socket_address: {address: 127.0.0.1, port_value: 80}}
                        filter_chains:
                        - filters:
                          - name: hcm
                            typed_config:
                              "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                              stat_prefix: x
                              route_config: {}
                              http_filters:
                              - name: injector
                                typed_config:
                                  "@type": type.googleapis.com/envoy.extensions.filters.http.credential_injector.v3.CredentialInjector
                                  credential:
                                    name: generic
                                    typed_config:
                                      "@type": type.googleapis.com/envoy.extensions.http.injected_credentials.generic.v3.Generic
                                      credential: {name: nobody}
                              - name: router
                                typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
                        """);

        var refusal = only(ListenerParser.parse(listener, XDS));

        assertThat(refusal.path()).endsWith("credential.typed_config.credential");
        assertThat(refusal.reason()).isEqualTo("Invalid credential secret configuration");
    }

    @Test
    void aSecretsFileMustBeThere(@TempDir Path folder) throws Exception {
        var file = folder.resolve("token");
        var secret = Secret.newBuilder().setName("t");
        secret.setGenericSecret(GenericSecret.newBuilder());
        secret.getGenericSecretBuilder().getSecretBuilder().setFilename(file.toString());

        assertThat(only(SecretParser.parse(secret.build(), XDS)).reason())
                .isEqualTo("Invalid path: " + file);

        Files.writeString(file, "s3cret\n");
        assertThat(accepted(SecretParser.parse(secret.build(), XDS)))
                .isEqualTo(new SecretConfig.Generic("s3cret\n"));
    }
}
