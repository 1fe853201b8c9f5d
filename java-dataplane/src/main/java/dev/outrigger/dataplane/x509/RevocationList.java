// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.x509;

import dev.outrigger.dataplane.x509.Der.MalformedException;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One list of what an authority has revoked (RFC 5280, 5). Immutable; any thread. */
final class RevocationList {
    private static final String DISTRIBUTION_POINT = "2.5.29.28";

    // Parts of issuingDistributionPoint.
    private static final int POINT_NAME = 0xa0;
    private static final int ONLY_USERS = 0x81;
    private static final int ONLY_AUTHORITIES = 0x82;
    private static final int ONLY_REASONS = 0x83;
    private static final int INDIRECT = 0x84;
    private static final int ONLY_ATTRIBUTES = 0x85;

    private final X509CRL parsed;
    private final Scope scope;
    private final boolean hasUnknownCritical;

    /**
     * What the list is about.
     *
     * @param usable whether BoringSSL looks at such a list at all
     * @param names of its distribution point, encoded; {@code null} where it has none
     */
    private record Scope(
            boolean usable,
            boolean onlyUsers,
            boolean onlyAuthorities,
            @Nullable List<ByteBuffer> names) {
        static final Scope ALL = new Scope(true, false, false, null);
        static final Scope NOTHING = new Scope(false, false, false, null);
    }

    private RevocationList(X509CRL parsed) {
        this.parsed = parsed;
        this.scope = scope(parsed.getExtensionValue(DISTRIBUTION_POINT));
        this.hasUnknownCritical = hasUnknownCritical(parsed);
    }

    static RevocationList of(byte[] der) throws GeneralSecurityException {
        return new RevocationList(
                (X509CRL)
                        CertificateFactory.getInstance("X.509")
                                .generateCRL(new ByteArrayInputStream(der)));
    }

    private static Scope scope(byte @Nullable [] extension) {
        if (extension == null) {
            return Scope.ALL;
        }
        try {
            Der parts =
                    new Der(extension).next(Der.OCTET_STRING).inside().next(Der.SEQUENCE).inside();
            List<ByteBuffer> names = null;
            int kinds = 0;
            boolean users = false;
            boolean authorities = false;
            boolean usable = true;
            while (parts.hasMore()) {
                Der.Element part = parts.next();
                switch (part.tag()) {
                    case POINT_NAME ->
                            names =
                                    DistributionPoints.names(
                                            part.inside().next(), new ArrayList<>());
                    case ONLY_USERS -> users = isTrue(part);
                    case ONLY_AUTHORITIES -> authorities = isTrue(part);
                    case ONLY_ATTRIBUTES -> kinds += isTrue(part) ? 1 : 0;
                    case ONLY_REASONS -> usable = false;
                    case INDIRECT -> usable &= !isTrue(part);
                    default -> usable = false;
                }
            }
            kinds += (users ? 1 : 0) + (authorities ? 1 : 0);
            return usable && kinds <= 1
                    ? new Scope(true, users, authorities, names)
                    : Scope.NOTHING;
        } catch (MalformedException e) {
            return Scope.NOTHING;
        }
    }

    private static boolean isTrue(Der.Element part) {
        return part.length() == 1 && part.content()[0] != 0;
    }

    private static boolean hasUnknownCritical(X509CRL list) {
        Set<String> critical = list.getCriticalExtensionOIDs();
        if (critical != null
                && critical.stream()
                        .anyMatch(id ->
                                !id.equals(DISTRIBUTION_POINT)
                                        && !id.equals(KeyIdentifiers.AUTHORITY))) {
            return true;
        }
        Set<? extends X509CRLEntry> entries = list.getRevokedCertificates();
        // None of them is known.
        return entries != null && entries.stream().anyMatch(RevocationList::hasCriticalExtension);
    }

    private static boolean hasCriticalExtension(X509CRLEntry entry) {
        Set<String> critical = entry.getCriticalExtensionOIDs();
        return critical != null && !critical.isEmpty();
    }

    /** Whether it is a list by whoever issued this certificate, and one that is looked at. */
    boolean isFor(Certificate certificate, Certificate issuer) {
        return scope.usable()
                && parsed.getIssuerX500Principal()
                        .equals(certificate.parsed().getIssuerX500Principal())
                && KeyIdentifiers.fit(
                        parsed.getExtensionValue(KeyIdentifiers.AUTHORITY), issuer.parsed());
    }

    /** How well it fits: whether it is understood counts more than its scope, that than its age. */
    int fitness(Certificate certificate, @Nullable Instant now) {
        return (hasUnknownCritical ? 0 : 4)
                + (isInScope(certificate) ? 2 : 0)
                + (timeFault(now) == null ? 1 : 0);
    }

    boolean isNewerThan(RevocationList other) {
        return made().isAfter(other.made());
    }

    private Instant made() {
        return parsed.getThisUpdate().toInstant();
    }

    private boolean isInScope(Certificate certificate) {
        X509Certificate of = certificate.parsed();
        boolean authority = of.getBasicConstraints() >= 0;
        if (authority ? scope.onlyUsers() : scope.onlyAuthorities()) {
            return false;
        }
        List<ByteBuffer> names = scope.names();
        return names == null || DistributionPoints.haveOneOf(of, names);
    }

    /**
     * @param now {@code null} where times do not matter
     */
    private @Nullable ChainFault timeFault(@Nullable Instant now) {
        if (now == null) {
            return null;
        }
        if (made().isAfter(now)) {
            return ChainFault.CRL_NOT_YET_VALID;
        }
        return parsed.getNextUpdate() != null && parsed.getNextUpdate().toInstant().isBefore(now)
                ? ChainFault.CRL_HAS_EXPIRED
                : null;
    }

    /**
     * Why the certificate is not to be trusted, in BoringSSL's order; {@code null} if it is.
     *
     * @param now {@code null} where times do not matter
     */
    @Nullable ChainFault fault(Certificate certificate, Certificate issuer, @Nullable Instant now) {
        if (!ChainVerifier.mayUse(issuer, ChainVerifier.CRL_SIGN)) {
            return ChainFault.KEYUSAGE_NO_CRL_SIGN;
        }
        if (!isInScope(certificate)) {
            return ChainFault.DIFFERENT_CRL_SCOPE;
        }
        ChainFault time = timeFault(now);
        if (time != null) {
            return time;
        }
        try {
            parsed.verify(issuer.parsed().getPublicKey());
        } catch (GeneralSecurityException e) {
            return ChainFault.CRL_SIGNATURE_FAILURE;
        }
        if (hasUnknownCritical) {
            return ChainFault.UNHANDLED_CRITICAL_CRL_EXTENSION;
        }
        return parsed.getRevokedCertificate(certificate.parsed().getSerialNumber()) == null
                ? null
                : ChainFault.CERT_REVOKED;
    }

    /** What stands before the reason when the signature is not this issuer's. */
    String signatureFailure(Certificate issuer) {
        return SignatureFailure.text(
                parsed.getSigAlgName(), parsed.getSignature(), issuer.parsed().getPublicKey());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RevocationList that && parsed.equals(that.parsed);
    }

    @Override
    public int hashCode() {
        return parsed.hashCode();
    }
}
