// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.core.v3.WatchedDirectory;
import io.envoyproxy.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsKeyLog;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsSessionTicketKeys;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import java.util.List;

/** What is supported of transport sockets and TLS. */
@SuppressWarnings("deprecation") // match_subject_alt_names
final class TlsFields {
    private static final SupportedFields WATCHED =
            SupportedFields.of(WatchedDirectory.class).obeyed("path");

    private static final SupportedFields SAN =
            SupportedFields.of(SubjectAltNameMatcher.class)
                    .obeyed("san_type", "oid")
                    .nested("matcher", () -> RouteMatchParser.STRING);

    private static final SupportedFields TRUST_DOMAIN =
            SupportedFields.of(SPIFFECertValidatorConfig.TrustDomain.class)
                    .obeyed("name")
                    .nested("trust_bundle", DataSources::table);

    private static final SupportedFields SPIFFE =
            SupportedFields.of(SPIFFECertValidatorConfig.class)
                    .nested("trust_domains", () -> TRUST_DOMAIN);

    private static final SupportedFields VALIDATOR =
            SupportedFields.of(TypedExtensionConfig.class, "certificate validator")
                    .noEffect("name", "the type decides")
                    .extension("typed_config", List.of(() -> SPIFFE));

    static final SupportedFields VALIDATION =
            SupportedFields.of(CertificateValidationContext.class)
                    .nested("trusted_ca", DataSources::table)
                    .nested("watched_directory", () -> WATCHED, "of secrets, as in Envoy")
                    .obeyed("verify_certificate_spki", "verify_certificate_hash")
                    .nested("match_typed_subject_alt_names", () -> SAN)
                    .nested("match_subject_alt_names", () -> RouteMatchParser.STRING)
                    .noEffect("require_signed_certificate_timestamp", "Envoy does not read it")
                    .noEffect("system_root_certs", "Envoy does not read it")
                    .nested("crl", DataSources::table)
                    .obeyed("allow_expired_certificate", "trust_chain_verification")
                    .nested("custom_validator_config", () -> VALIDATOR)
                    .obeyed("only_verify_leaf_cert_crl", "max_verify_depth");

    static final SupportedFields CERTIFICATE =
            SupportedFields.of(TlsCertificate.class)
                    .nested("certificate_chain", DataSources::table)
                    .nested("private_key", DataSources::table)
                    .nested("pkcs12", DataSources::table)
                    .nested("watched_directory", () -> WATCHED, "of secrets, as in Envoy")
                    .nested("password", DataSources::table)
                    .noEffect("signed_certificate_timestamp", "Envoy does not read it");

    static final SupportedFields TICKET_KEYS =
            SupportedFields.of(TlsSessionTicketKeys.class).nested("keys", DataSources::table);

    private static final SupportedFields PARAMETERS =
            SupportedFields.of(TlsParameters.class)
                    .obeyed("tls_minimum_protocol_version", "tls_maximum_protocol_version")
                    .obeyed("cipher_suites", "ecdh_curves");

    private static final SupportedFields KEY_LOG =
            SupportedFields.of(TlsKeyLog.class)
                    .obeyed("path")
                    .nested("local_address_range", () -> AddressParser.CIDR_RANGE)
                    .nested("remote_address_range", () -> AddressParser.CIDR_RANGE);

    static final SupportedFields SECRET_REFERENCE =
            SupportedFields.of(SdsSecretConfig.class)
                    .obeyed("name")
                    .nested("sds_config", () -> ConfigSourceParser.SOURCE);

    private static final SupportedFields COMBINED =
            SupportedFields.of(CommonTlsContext.CombinedCertificateValidationContext.class)
                    .nested("default_validation_context", () -> VALIDATION)
                    .nested("validation_context_sds_secret_config", () -> SECRET_REFERENCE);

    private static final SupportedFields COMMON =
            SupportedFields.of(CommonTlsContext.class)
                    .nested("tls_params", () -> PARAMETERS)
                    .nested("tls_certificates", () -> CERTIFICATE)
                    .nested("tls_certificate_sds_secret_configs", () -> SECRET_REFERENCE)
                    .nested("validation_context", () -> VALIDATION)
                    .nested("validation_context_sds_secret_config", () -> SECRET_REFERENCE)
                    .nested("combined_validation_context", () -> COMBINED)
                    .obeyed("alpn_protocols")
                    .nested("key_log", () -> KEY_LOG)
                    .noEffect("tls_certificate_provider_instance", "Envoy does not read it");

    static final SupportedFields DOWNSTREAM =
            SupportedFields.of(DownstreamTlsContext.class)
                    .nested("common_tls_context", () -> COMMON)
                    .obeyed("require_client_certificate")
                    .noEffect("require_sni", "Envoy does not read it")
                    .nested("session_ticket_keys", () -> TICKET_KEYS)
                    .nested("session_ticket_keys_sds_secret_config", () -> SECRET_REFERENCE)
                    .obeyed("disable_stateless_session_resumption")
                    .obeyed("disable_stateful_session_resumption", "session_timeout")
                    .onlyEnum("ocsp_staple_policy", "LENIENT_STAPLING", "STRICT_STAPLING")
                    .obeyed("full_scan_certs_on_sni_mismatch", "prefer_client_ciphers");

    static final SupportedFields UPSTREAM =
            SupportedFields.of(UpstreamTlsContext.class)
                    .nested("common_tls_context", () -> COMMON)
                    .obeyed("sni", "auto_host_sni", "auto_sni_san_validation")
                    .obeyed("allow_renegotiation", "max_session_keys")
                    .noEffect("enforce_rsa_key_usage", "it is enforced, as in Envoy since 1.39");

    private static final SupportedFields RAW_BUFFER = SupportedFields.of(RawBuffer.class);

    /** Of filter chains. */
    static final SupportedFields DOWNSTREAM_SOCKET =
            SupportedFields.of(TransportSocket.class, "downstream")
                    .obeyed("name")
                    .extension("typed_config", List.of(() -> RAW_BUFFER, () -> DOWNSTREAM));

    /** Of clusters. */
    static final SupportedFields UPSTREAM_SOCKET =
            SupportedFields.of(TransportSocket.class, "upstream")
                    .obeyed("name")
                    .extension(
                            "typed_config",
                            List.of(
                                    () -> RAW_BUFFER,
                                    () -> UPSTREAM,
                                    () -> ProxyProtocolParser.TRANSPORT));

    /** Behind a header of the PROXY protocol. */
    static final SupportedFields UPSTREAM_INNER_SOCKET =
            SupportedFields.of(TransportSocket.class, "behind a PROXY header")
                    .obeyed("name")
                    .extension("typed_config", List.of(() -> RAW_BUFFER, () -> UPSTREAM));

    private TlsFields() {}
}
