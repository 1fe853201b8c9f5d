// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import dev.outrigger.dataplane.config.RouteMatchConfig.ValueMatch;
import dev.outrigger.dataplane.x509.GeneralName;
import dev.outrigger.dataplane.x509.TrustStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * {@code CertificateValidationContext}, read: what a peer's certificate must be.
 *
 * @param trusted absent: any chain will do, if the rest fits
 * @param caPath of the trusted certificates' file, {@code <inline>}, or empty
 * @param acceptUntrusted whether a certificate that fails is accepted, and only told apart
 * @param maxVerifyDepth of intermediates and the trusted one
 */
public record PeerValidationConfig(
        Optional<TrustStore> trusted, String caPath, Parts parts) {

    /**
     * Everything beside what is trusted.
     *
     * @param spiffe trusted certificates by trust domain; empty unless the SPIFFE validator is asked
     *     for
     */
    public record Parts(
            List<SanMatch> subjectAltNames,
            List<String> certificateHashes,
            List<String> publicKeyHashes,
            boolean allowExpired,
            boolean acceptUntrusted,
            boolean onlyVerifyLeafCrl,
            OptionalInt maxVerifyDepth,
            Map<String, TrustStore> spiffe) {
        public static final Parts EMPTY =
                new Parts(
                        List.of(),
                        List.of(),
                        List.of(),
                        false,
                        false,
                        false,
                        OptionalInt.empty(),
                        Map.of());

        public Parts {
            subjectAltNames = List.copyOf(subjectAltNames);
            certificateHashes = List.copyOf(certificateHashes);
            publicKeyHashes = List.copyOf(publicKeyHashes);
            spiffe = Map.copyOf(spiffe);
        }
    }

    /**
     * One of the names of which any must be there.
     *
     * @param objectId of the kind {@link GeneralName.Type#OTHER_NAME}; empty for the others
     */
    public record SanMatch(GeneralName.Type type, String objectId, ValueMatch match) {}
}
