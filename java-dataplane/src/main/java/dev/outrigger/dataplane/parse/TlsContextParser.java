// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.CidrRange;
import dev.outrigger.dataplane.config.CommonTlsConfig;
import dev.outrigger.dataplane.config.CommonTlsConfig.CertificateConfig;
import dev.outrigger.dataplane.config.CommonTlsConfig.CertificateSource;
import dev.outrigger.dataplane.config.CommonTlsConfig.KeyLog;
import dev.outrigger.dataplane.config.CommonTlsConfig.ValidationSource;
import dev.outrigger.dataplane.config.DownstreamTlsConfig;
import dev.outrigger.dataplane.config.DownstreamTlsConfig.SessionTicketKeys;
import dev.outrigger.dataplane.config.DownstreamTlsConfig.TicketKeys;
import dev.outrigger.dataplane.config.PeerValidationConfig;
import dev.outrigger.dataplane.config.ResourceReference;
import dev.outrigger.dataplane.config.SecretConfig;
import dev.outrigger.dataplane.config.UpstreamTlsConfig;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code DownstreamTlsContext} and {@code UpstreamTlsContext}. */
final class TlsContextParser {
    private static final int MAX_ALPN_CHARS = 255;

    private final Findings findings;

    private TlsContextParser(Findings findings) {
        this.findings = findings;
    }

    /** What a filter chain's transport socket says; empty for cleartext. */
    static Optional<DownstreamTlsConfig> downstream(
            TransportSocket socket, String path, Findings findings) {
        String at = FieldPaths.join(path, "typed_config");
        return Values.unpack(socket.getTypedConfig(), DownstreamTlsContext.class, at, findings)
                .map(proto -> new TlsContextParser(findings).downstream(proto, at));
    }

    /** What a cluster's transport socket says; empty for cleartext. */
    static Optional<UpstreamTlsConfig> upstream(
            TransportSocket socket, String path, Findings findings) {
        String at = FieldPaths.join(path, "typed_config");
        TransportSocket own = ProxyProtocolParser.inner(socket, path, findings);
        return Values.unpack(own.getTypedConfig(), UpstreamTlsContext.class, at, findings)
                .map(proto -> new TlsContextParser(findings).upstream(proto, at));
    }

    /** What a context says that is no transport socket's. */
    static UpstreamTlsConfig upstream(UpstreamTlsContext proto, String path, Findings findings) {
        return new TlsContextParser(findings).upstream(proto, path);
    }

    private DownstreamTlsConfig downstream(DownstreamTlsContext proto, String path) {
        CommonTlsContext common = proto.getCommonTlsContext();
        String commonPath = FieldPaths.join(path, "common_tls_context");
        int inline = common.getTlsCertificatesCount();
        int secret = common.getTlsCertificateSdsSecretConfigsCount();
        if (inline + secret == 0) {
            findings.invalid(commonPath, "", "No TLS certificates found for server context");
        } else if (inline > 0 && secret > 0) {
            findings.invalid(
                    commonPath,
                    "",
                    "SDS and non-SDS TLS certificates may not be mixed in server contexts");
        }
        CommonTlsConfig parsed = common(common, true, false, commonPath);
        if (inline > 0 && findings.isEmpty() && parsed.certificates().isEmpty()) {
            findings.invalid(
                    FieldPaths.join(commonPath, "tls_certificates"),
                    "",
                    "Server TlsCertificates must have a certificate specified");
        }
        return new DownstreamTlsConfig(
                parsed,
                proto.getRequireClientCertificate().getValue(),
                ticketKeys(proto, path),
                !proto.getDisableStatefulSessionResumption(),
                proto.hasSessionTimeout()
                        ? Optional.of(
                                Values.duration(
                                        proto.getSessionTimeout(),
                                        FieldPaths.join(path, "session_timeout"),
                                        findings))
                        : Optional.empty(),
                proto.getFullScanCertsOnSniMismatch().getValue(),
                proto.getPreferClientCiphers());
    }

    private TicketKeys ticketKeys(DownstreamTlsContext proto, String path) {
        return switch (proto.getSessionTicketKeysTypeCase()) {
            case SESSION_TICKET_KEYS ->
                    new TicketKeys.Inline(
                            TlsSecretsParser.ticketKeys(
                                    proto.getSessionTicketKeys(),
                                    FieldPaths.join(path, "session_ticket_keys"),
                                    findings));
            case DISABLE_STATELESS_SESSION_RESUMPTION ->
                    proto.getDisableStatelessSessionResumption()
                            ? new TicketKeys.Disabled()
                            : new TicketKeys.Own();
            case SESSION_TICKET_KEYS_SDS_SECRET_CONFIG ->
                    ticketKeys(
                            proto.getSessionTicketKeysSdsSecretConfig(),
                            FieldPaths.join(path, "session_ticket_keys_sds_secret_config"));
            case SESSIONTICKETKEYSTYPE_NOT_SET -> new TicketKeys.Own();
        };
    }

    private TicketKeys ticketKeys(SdsSecretConfig proto, String path) {
        if (!proto.hasSdsConfig()) {
            return find(proto, SessionTicketKeys.class, "Unknown tls session ticket keys: ", path)
                    .<TicketKeys>map(TicketKeys.Inline::new)
                    .orElseGet(TicketKeys.Own::new);
        }
        return reference(proto, Asker.TICKET_KEYS, path)
                .<TicketKeys>map(TicketKeys.Secret::new)
                .orElseGet(TicketKeys.Own::new);
    }

    /** One of the bootstrap's own secrets. */
    private <S extends SecretConfig> Optional<S> find(
            SdsSecretConfig proto, Class<S> type, String unknown, String path) {
        SecretConfig found = findings.context().secrets().get(proto.getName());
        if (type.isInstance(found)) {
            return Optional.of(type.cast(found));
        }
        findings.invalid(path, proto.getName(), unknown + proto.getName());
        return Optional.empty();
    }

    private Optional<ResourceReference> reference(SdsSecretConfig proto, Asker asker, String path) {
        return reference(proto, asker, path, findings);
    }

    /** A secret that has a source. */
    static Optional<ResourceReference> reference(
            SdsSecretConfig proto, Asker asker, String path, Findings findings) {
        return ConfigSourceParser.source(
                        proto.getSdsConfig(), asker, FieldPaths.join(path, "sds_config"), findings)
                .map(source -> new ResourceReference(proto.getName(), source));
    }

    private UpstreamTlsConfig upstream(UpstreamTlsContext proto, String path) {
        CommonTlsContext common = proto.getCommonTlsContext();
        String commonPath = FieldPaths.join(path, "common_tls_context");
        if (proto.getSni().indexOf('\0') >= 0) {
            findings.invalid(
                    FieldPaths.join(path, "sni"),
                    "",
                    "SNI names containing NULL-byte are not allowed");
        }
        if (common.getTlsCertificatesCount() + common.getTlsCertificateSdsSecretConfigsCount()
                > 1) {
            findings.invalid(
                    commonPath,
                    "",
                    "Multiple TLS certificates are not supported for client contexts");
        }
        CommonTlsConfig parsed = common(common, false, proto.getAutoSniSanValidation(), commonPath);
        if (proto.getAutoSniSanValidation()
                && parsed.validation() instanceof ValidationSource.None) {
            findings.invalid(
                    FieldPaths.join(path, "auto_sni_san_validation"),
                    true,
                    "'auto_sni_san_validation' was configured without a validation context");
        }
        return new UpstreamTlsConfig(
                parsed,
                proto.getSni(),
                proto.getAutoHostSni(),
                proto.getAutoSniSanValidation(),
                proto.getAllowRenegotiation(),
                proto.hasMaxSessionKeys() ? Values.clamp(proto.getMaxSessionKeys()) : 1);
    }

    private CommonTlsConfig common(
            CommonTlsContext proto, boolean downstream, boolean autoSniSan, String path) {
        return new CommonTlsConfig(
                TlsParametersParser.parse(
                        proto.getTlsParams(),
                        downstream,
                        FieldPaths.join(path, "tls_params"),
                        findings),
                certificates(proto, path),
                validation(proto, autoSniSan, path),
                alpn(proto, path),
                proto.hasKeyLog() ? Optional.of(keyLog(proto, path)) : Optional.empty());
    }

    private List<CertificateSource> certificates(CommonTlsContext proto, String path) {
        var all = new ArrayList<CertificateSource>();
        for (int i = 0; i < proto.getTlsCertificatesCount(); i++) {
            TlsCertificate each = proto.getTlsCertificates(i);
            if (!each.hasCertificateChain() && !each.hasPrivateKey() && !each.hasPkcs12()) {
                // Envoy passes over entries that say nothing.
                continue;
            }
            TlsSecretsParser.certificate(
                            each,
                            FieldPaths.index(FieldPaths.join(path, "tls_certificates"), i),
                            findings)
                    .ifPresent(c -> all.add(new CertificateSource.Inline(c)));
        }
        for (int i = 0; i < proto.getTlsCertificateSdsSecretConfigsCount(); i++) {
            SdsSecretConfig each = proto.getTlsCertificateSdsSecretConfigs(i);
            String at =
                    FieldPaths.index(
                            FieldPaths.join(path, "tls_certificate_sds_secret_configs"), i);
            if (each.hasSdsConfig()) {
                reference(each, Asker.CERTIFICATE, at)
                        .ifPresent(r -> all.add(new CertificateSource.Secret(r)));
            } else {
                find(each, CertificateConfig.class, "Unknown static secret: ", at)
                        .ifPresent(c -> all.add(new CertificateSource.Inline(c)));
            }
        }
        return all;
    }

    private ValidationSource validation(CommonTlsContext proto, boolean autoSniSan, String path) {
        return switch (proto.getValidationContextTypeCase()) {
            case VALIDATION_CONTEXT -> {
                String at = FieldPaths.join(path, "validation_context");
                var parsed = PeerValidationParser.parse(proto.getValidationContext(), at, findings);
                if (autoSniSan && parsed.trusted().isEmpty()) {
                    findings.invalid(
                            FieldPaths.join(at, "trusted_ca"),
                            "",
                            "'auto_sni_san_validation' was configured without configuring a"
                                    + " trusted CA");
                }
                yield new ValidationSource.Inline(parsed);
            }
            case VALIDATION_CONTEXT_SDS_SECRET_CONFIG ->
                    secret(
                            proto.getValidationContextSdsSecretConfig(),
                            Optional.empty(),
                            FieldPaths.join(path, "validation_context_sds_secret_config"));
            case COMBINED_VALIDATION_CONTEXT -> {
                String at = FieldPaths.join(path, "combined_validation_context");
                var combined = proto.getCombinedValidationContext();
                yield secret(
                        combined.getValidationContextSdsSecretConfig(),
                        Optional.of(
                                PeerValidationParser.parseBase(
                                        combined.getDefaultValidationContext(),
                                        FieldPaths.join(at, "default_validation_context"),
                                        findings)),
                        FieldPaths.join(at, "validation_context_sds_secret_config"));
            }
            // The table refused the others.
            case VALIDATION_CONTEXT_CERTIFICATE_PROVIDER,
                    VALIDATION_CONTEXT_CERTIFICATE_PROVIDER_INSTANCE,
                    VALIDATIONCONTEXTTYPE_NOT_SET ->
                    new ValidationSource.None();
        };
    }

    private ValidationSource secret(
            SdsSecretConfig proto, Optional<PeerValidationConfig> base, String path) {
        if (proto.hasSdsConfig()) {
            return reference(proto, Asker.VALIDATION, path)
                    .<ValidationSource>map(r -> new ValidationSource.Secret(r, base))
                    .orElseGet(ValidationSource.None::new);
        }
        return find(
                        proto,
                        PeerValidationConfig.class,
                        "Unknown static certificate validation context: ",
                        path)
                .<ValidationSource>map(own ->
                        new ValidationSource.Inline(base.map(b -> b.mergedWith(own)).orElse(own)))
                .orElseGet(ValidationSource.None::new);
    }

    private List<String> alpn(CommonTlsContext proto, String path) {
        // Envoy joins the names and takes them apart again at commas.
        String joined = String.join(",", proto.getAlpnProtocolsList());
        if (joined.isEmpty()) {
            return List.of();
        }
        List<String> names = List.of(joined.split(",", -1));
        if (names.stream().anyMatch(name -> name.length() > MAX_ALPN_CHARS)) {
            findings.invalid(
                    FieldPaths.join(path, "alpn_protocols"), "", "Invalid ALPN protocol string");
        }
        return names;
    }

    private KeyLog keyLog(CommonTlsContext proto, String path) {
        String at = FieldPaths.join(path, "key_log");
        return new KeyLog(
                proto.getKeyLog().getPath(),
                ranges(proto.getKeyLog().getLocalAddressRangeList(), at + ".local_address_range"),
                ranges(
                        proto.getKeyLog().getRemoteAddressRangeList(),
                        at + ".remote_address_range"));
    }

    private List<CidrRange> ranges(
            List<io.envoyproxy.envoy.config.core.v3.CidrRange> protos, String path) {
        var all = new ArrayList<CidrRange>();
        for (int i = 0; i < protos.size(); i++) {
            AddressParser.cidr(protos.get(i), FieldPaths.index(path, i), findings)
                    .ifPresent(all::add);
        }
        return all;
    }
}
