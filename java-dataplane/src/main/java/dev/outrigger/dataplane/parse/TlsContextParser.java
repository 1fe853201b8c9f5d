// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.CidrRange;
import dev.outrigger.dataplane.config.CommonTlsConfig;
import dev.outrigger.dataplane.config.CommonTlsConfig.CertificateSource;
import dev.outrigger.dataplane.config.CommonTlsConfig.KeyLog;
import dev.outrigger.dataplane.config.CommonTlsConfig.ValidationSource;
import dev.outrigger.dataplane.config.DownstreamTlsConfig;
import dev.outrigger.dataplane.config.DownstreamTlsConfig.TicketKeys;
import dev.outrigger.dataplane.config.UpstreamTlsConfig;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
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
        return Values.unpack(socket.getTypedConfig(), UpstreamTlsContext.class, at, findings)
                .map(proto -> new TlsContextParser(findings).upstream(proto, at));
    }

    private DownstreamTlsConfig downstream(DownstreamTlsContext proto, String path) {
        CommonTlsContext common = proto.getCommonTlsContext();
        String commonPath = FieldPaths.join(path, "common_tls_context");
        if (common.getTlsCertificatesCount() == 0) {
            findings.invalid(commonPath, "", "No TLS certificates found for server context");
        }
        CommonTlsConfig parsed = common(common, true, false, commonPath);
        if (common.getTlsCertificatesCount() > 0 && parsed.certificates().isEmpty()) {
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
            // The table refused the secret.
            case SESSION_TICKET_KEYS_SDS_SECRET_CONFIG, SESSIONTICKETKEYSTYPE_NOT_SET ->
                    new TicketKeys.Own();
        };
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
        CommonTlsConfig parsed =
                common(common, false, proto.getAutoSniSanValidation(), commonPath);
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
        return all;
    }

    private ValidationSource validation(
            CommonTlsContext proto, boolean autoSniSan, String path) {
        return proto.hasValidationContext()
                ? new ValidationSource.Inline(
                        PeerValidationParser.parse(
                                proto.getValidationContext(),
                                autoSniSan,
                                FieldPaths.join(path, "validation_context"),
                                findings))
                : new ValidationSource.None();
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
            AddressParser.cidr(protos.get(i), FieldPaths.index(path, i), findings).ifPresent(all::add);
        }
        return all;
    }
}
