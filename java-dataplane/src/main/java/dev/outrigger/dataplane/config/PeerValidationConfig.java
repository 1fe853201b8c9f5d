// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import dev.outrigger.dataplane.config.RouteMatchConfig.ValueMatch;
import dev.outrigger.dataplane.x509.GeneralName;
import dev.outrigger.dataplane.x509.RevocationLists;
import dev.outrigger.dataplane.x509.TrustStore;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * {@code CertificateValidationContext}, read: what a peer's certificate must be.
 *
 * @param trusted absent: any chain will do, if the rest fits
 * @param caPath of the trusted certificates' file, {@code <inline>}, or empty
 * @param caName of the secret they are from; empty for none
 * @param certificateHashes SHA-256 in lower case hex
 * @param publicKeyHashes SHA-256 in lower case hex
 * @param acceptUntrusted whether a certificate that fails is accepted, and only told apart
 * @param maxVerifyDepth of intermediates and the trusted one
 * @param spiffe trusted certificates by trust domain; empty unless the SPIFFE validator is asked
 *     for
 */
public record PeerValidationConfig(
        Optional<TrustStore> trusted,
        String caPath,
        String caName,
        RevocationLists revoked,
        List<SanMatch> subjectAltNames,
        List<String> certificateHashes,
        List<String> publicKeyHashes,
        boolean allowExpired,
        boolean acceptUntrusted,
        boolean onlyVerifyLeafCrl,
        OptionalInt maxVerifyDepth,
        Map<String, TrustStore> spiffe)
        implements SecretConfig {
    public PeerValidationConfig {
        subjectAltNames = List.copyOf(subjectAltNames);
        certificateHashes = List.copyOf(certificateHashes);
        publicKeyHashes = List.copyOf(publicKeyHashes);
        spiffe = Map.copyOf(spiffe);
    }

    /**
     * One of the names of which any must be there.
     *
     * @param objectId of the kind {@link GeneralName.Type#OTHER_NAME}; empty for the others
     */
    public record SanMatch(GeneralName.Type type, String objectId, ValueMatch match) {}

    /** What a secret adds to this: lists are joined, of single values its own win (MT4). */
    public PeerValidationConfig mergedWith(PeerValidationConfig secret) {
        var domains = new LinkedHashMap<>(spiffe);
        domains.putAll(secret.spiffe);
        return new PeerValidationConfig(
                secret.trusted.or(() -> trusted),
                secret.trusted.isPresent() ? secret.caPath : caPath,
                secret.trusted.isPresent() ? secret.caName : caName,
                secret.revoked.equals(RevocationLists.NONE) ? revoked : secret.revoked,
                joined(subjectAltNames, secret.subjectAltNames),
                joined(certificateHashes, secret.certificateHashes),
                joined(publicKeyHashes, secret.publicKeyHashes),
                allowExpired || secret.allowExpired,
                acceptUntrusted || secret.acceptUntrusted,
                onlyVerifyLeafCrl || secret.onlyVerifyLeafCrl,
                secret.maxVerifyDepth.isPresent() ? secret.maxVerifyDepth : maxVerifyDepth,
                domains);
    }

    @Override
    public PeerValidationConfig named(String secret) {
        return new PeerValidationConfig(
                trusted,
                caPath,
                secret,
                revoked,
                subjectAltNames,
                certificateHashes,
                publicKeyHashes,
                allowExpired,
                acceptUntrusted,
                onlyVerifyLeafCrl,
                maxVerifyDepth,
                spiffe);
    }

    private static <T> List<T> joined(List<T> first, List<T> second) {
        var all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    /** Why this cannot be used, in Envoy's words; empty when it can. */
    public Optional<String> fault() {
        if (trusted.isPresent() || !spiffe.isEmpty()) {
            return Optional.empty();
        }
        if (!subjectAltNames.isEmpty()) {
            return Optional.of(
                    "SAN-based verification of peer certificates without trusted CA is insecure"
                            + " and not allowed");
        }
        return allowExpired
                ? Optional.of("Certificate validity period is always ignored without trusted CA")
                : Optional.empty();
    }
}
