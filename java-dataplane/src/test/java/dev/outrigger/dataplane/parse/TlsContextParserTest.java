// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import static dev.outrigger.dataplane.parse.Outcomes.XDS;
import static dev.outrigger.dataplane.parse.Outcomes.accepted;
import static dev.outrigger.dataplane.parse.Outcomes.only;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.config.ClusterConfig;
import dev.outrigger.dataplane.config.CommonTlsConfig.ValidationSource;
import dev.outrigger.dataplane.config.CommonTlsConfig.Version;
import dev.outrigger.dataplane.config.ConfigSourceConfig;
import dev.outrigger.dataplane.config.ResourceReference;
import dev.outrigger.dataplane.config.UpstreamTlsConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The words are those of Envoy 1.40.0 in {@code --mode validate}. */
class TlsContextParserTest {
    private static final String SOCKET = "transport_socket.typed_config";

    private static Parsed<ClusterConfig> parse(String upstreamTls) {
        return ClusterParser.parse(
                Protos.cluster(
                        """
                        name: a
                        transport_socket:
                          name: tls
                          typed_config: {"@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext, %s}
                        """
                                .formatted(upstreamTls)),
                XDS);
    }

    private static UpstreamTlsConfig tls(String upstreamTls) {
        return accepted(parse(upstreamTls)).tls().orElseThrow();
    }

    @ParameterizedTest(name = "{2}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            textBlock =
"""
common_tls_context: {tls_certificates: [{certificate_chain: {inline_string: x}, private_key: {inline_string: y}}]} | .common_tls_context.tls_certificates[0] | Failed to load certificate chain from <inline>
common_tls_context: {tls_certificates: [{certificate_chain: {inline_string: x}}]} | .common_tls_context.tls_certificates[0] | Failed to load incomplete private key from path:
common_tls_context: {tls_certificates: [{private_key: {inline_string: x}}]} | .common_tls_context.tls_certificates[0] | Failed to load incomplete certificate from : certificate chain not set
common_tls_context: {tls_certificates: [{certificate_chain: {filename: /nowhere.pem}, private_key: {inline_string: x}}]} | .common_tls_context.tls_certificates[0] | Failed to load incomplete certificate from /nowhere.pem: certificate chain not set
common_tls_context: {validation_context: {trusted_ca: {inline_string: x}}} | .common_tls_context.validation_context.trusted_ca | Failed to load trusted CA certificates from <inline>
common_tls_context: {validation_context: {crl: {inline_string: x}}} | .common_tls_context.validation_context.crl | Failed to load CRL from <inline> without trusted CA
common_tls_context: {validation_context: {match_typed_subject_alt_names: [{san_type: DNS, matcher: {exact: x}}]}} | .common_tls_context.validation_context | SAN-based verification of peer certificates without trusted CA is insecure and not allowed
common_tls_context: {validation_context: {allow_expired_certificate: true}} | .common_tls_context.validation_context | Certificate validity period is always ignored without trusted CA
common_tls_context: {validation_context: {verify_certificate_spki: [aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa]}} | .common_tls_context.validation_context.verify_certificate_spki[0] | Invalid base64-encoded SHA-256 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
common_tls_context: {tls_params: {cipher_suites: [ECDHE-RSA-AES128-GCM-SHA256, FOO]}} | .common_tls_context.tls_params.cipher_suites | Failed to initialize cipher suites ECDHE-RSA-AES128-GCM-SHA256:FOO. The following ciphers were rejected when tried individually: FOO
common_tls_context: {tls_params: {cipher_suites: [TLS_AES_128_GCM_SHA256]}} | .common_tls_context.tls_params.cipher_suites | Failed to initialize cipher suites TLS_AES_128_GCM_SHA256. The following ciphers were rejected when tried individually: TLS_AES_128_GCM_SHA256
common_tls_context: {tls_params: {ecdh_curves: [P-256, P-224]}} | .common_tls_context.tls_params.ecdh_curves | Failed to initialize ECDH curves P-256:P-224
common_tls_context: {tls_certificate_sds_secret_configs: [{name: nope}]} | .common_tls_context.tls_certificate_sds_secret_configs[0] | Unknown static secret: nope
common_tls_context: {validation_context_sds_secret_config: {name: nope}} | .common_tls_context.validation_context_sds_secret_config | Unknown static certificate validation context: nope
common_tls_context: {custom_handshaker: {name: x}} | .common_tls_context.custom_handshaker | not supported by this proxy
auto_sni_san_validation: true | .auto_sni_san_validation | 'auto_sni_san_validation' was configured without a validation context
sni: "a\\0b" | .sni | SNI names containing NULL-byte are not allowed
""")
    void refusesInEnvoysWords(String yaml, String path, String reason) {
        Rejection rejection = only(parse(yaml.replace("\\\\0", "\\0")));

        assertThat(rejection.path()).isEqualTo(SOCKET + path);
        assertThat(rejection.reason().strip()).isEqualTo(reason);
    }

    @Test
    void speaksTls12AtMostTowardHostsUnlessTold() {
        var byDefault = tls("sni: a.b").common().parameters();

        assertThat(byDefault.minimum()).isEqualTo(Version.TLS_1_2);
        assertThat(byDefault.maximum()).isEqualTo(Version.TLS_1_2);
        assertThat(byDefault.curves()).containsExactly("X25519MLKEM768", "X25519", "P-256");
        assertThat(
                        tls("common_tls_context: {tls_params: {tls_maximum_protocol_version:"
                                        + " TLSv1_3}}")
                                .common()
                                .parameters()
                                .maximum())
                .isEqualTo(Version.TLS_1_3);
    }

    @Test
    void keepsOneSessionUnlessTold() {
        assertThat(tls("sni: a.b").maxSessionKeys()).isEqualTo(1);
        assertThat(tls("max_session_keys: 0").maxSessionKeys()).isZero();
    }

    @Test
    void asksForSecretsOnceEach() {
        var cluster =
                accepted(
                        parse(
                                "common_tls_context: {tls_certificate_sds_secret_configs: [{name:"
                                        + " own, sds_config: {ads: {}}}], combined_validation_context:"
                                        + " {default_validation_context:"
                                        + " {match_typed_subject_alt_names: [{san_type: URI, matcher:"
                                        + " {exact: x}}]}, validation_context_sds_secret_config: {name:"
                                        + " roots, sds_config: {ads: {}}}}}"));

        var ads = new ConfigSourceConfig.Ads(Duration.ofSeconds(15));
        assertThat(cluster.secrets())
                .containsExactly(
                        new ResourceReference("own", ads), new ResourceReference("roots", ads));
        assertThat(cluster.tls().orElseThrow().common().validation())
                .isInstanceOfSatisfying(
                        ValidationSource.Secret.class,
                        secret ->
                                assertThat(secret.base().orElseThrow().subjectAltNames())
                                        .hasSize(1));
    }
}
