// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.SecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.GenericSecret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import java.util.Optional;

/** {@code envoy.extensions.transport_sockets.tls.v3.Secret}, as it comes over SDS. */
public final class SecretParser {
    private static final SupportedFields GENERIC = SupportedFields.of(GenericSecret.class);

    static final SupportedFields SECRET =
            SupportedFields.of(Secret.class)
                    .obeyed("name")
                    .nested("tls_certificate", () -> TlsFields.CERTIFICATE)
                    .nested("session_ticket_keys", () -> TlsFields.TICKET_KEYS)
                    .nested("validation_context", () -> TlsFields.VALIDATION)
                    .nested("generic_secret", () -> GENERIC);

    private SecretParser() {}

    public static Parsed<SecretConfig> parse(Secret proto, ParseContext context) {
        var findings = new Findings(context);
        findings.checkResource(proto, SECRET);
        if (!findings.isEmpty()) {
            return findings.rejected();
        }
        Optional<SecretConfig> secret = parse(proto, findings);
        return secret.isPresent() ? findings.result(secret::get) : findings.rejected();
    }

    private static Optional<SecretConfig> parse(Secret proto, Findings findings) {
        return switch (proto.getTypeCase()) {
            case TLS_CERTIFICATE ->
                    TlsSecretsParser.certificate(
                                    proto.getTlsCertificate(), "tls_certificate", findings)
                            .map(SecretConfig.class::cast);
            case SESSION_TICKET_KEYS ->
                    Optional.of(
                            TlsSecretsParser.ticketKeys(
                                    proto.getSessionTicketKeys(), "session_ticket_keys", findings));
            case VALIDATION_CONTEXT ->
                    Optional.of(
                            PeerValidationParser.parseBase(
                                    proto.getValidationContext(), "validation_context", findings));
            case GENERIC_SECRET, TYPE_NOT_SET -> Optional.of(new SecretConfig.Generic(""));
        };
    }
}
