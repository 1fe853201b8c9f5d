// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import dev.outrigger.dataplane.config.DownstreamTlsConfig;
import dev.outrigger.dataplane.config.DownstreamTlsConfig.SessionTicketKeys;
import dev.outrigger.dataplane.config.PeerValidationConfig;
import dev.outrigger.dataplane.x509.CertificateChain;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A filter chain's TLS with every secret in its place.
 *
 * @param hasTickets whether sessions are given away as tickets
 * @param ticketKeys absent: the library makes its own
 * @param serverNames of the filter chain's match
 */
record ServerSettings(
        DownstreamTlsConfig config,
        List<CertificateChain> chains,
        Optional<PeerValidationConfig> validation,
        boolean hasTickets,
        Optional<SessionTicketKeys> ticketKeys,
        List<String> serverNames,
        @Nullable KeyLogFile keyLog) {
    ServerSettings {
        chains = List.copyOf(chains);
        serverNames = List.copyOf(serverNames);
    }

    /** What is asked of clients, as a text that differs where it differs. */
    String validationText() {
        return validation
                .map(v ->
                        v.trusted().map(t -> t.pem()).orElse("")
                                + v.subjectAltNames()
                                + v.certificateHashes()
                                + v.publicKeyHashes()
                                + v.allowExpired()
                                + v.acceptUntrusted()
                                + v.maxVerifyDepth()
                                + config.requireClientCertificate())
                .orElse("");
    }
}
