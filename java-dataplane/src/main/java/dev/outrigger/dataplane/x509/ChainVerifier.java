// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.x509;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Verifies chains in the order BoringSSL's {@code X509_verify_cert} does, so that of several faults
 * the same one is told: first the way to a trusted certificate, then extensions, names, revocation,
 * and signatures with times from the end of the chain to its beginning. A trusted certificate need
 * not be a root (partial chains). Immutable; any thread.
 */
public final class ChainVerifier {
    private static final int MAX_CHAIN = 100;
    private static final int KEY_CERT_SIGN = 5;
    static final int CRL_SIGN = 6;
    private static final int DIGITAL_SIGNATURE = 0;
    private static final int KEY_ENCIPHERMENT = 2;
    private static final int KEY_AGREEMENT = 4;
    private static final String ANY_PURPOSE = "2.5.29.37.0";

    private static final Set<String> HANDLED =
            Set.of(
                    "2.5.29.15", // key usage
                    "2.5.29.17", // subject alternative name
                    "2.5.29.19", // basic constraints
                    "2.5.29.30", // name constraints
                    "2.5.29.32", // policies
                    "2.5.29.33", // policy mappings
                    "2.5.29.36", // policy constraints
                    "2.5.29.37", // extended key usage
                    "2.5.29.54"); // inhibit any policy

    /** What a leaf must be good for. */
    public enum Purpose {
        CLIENT("1.3.6.1.5.5.7.3.2"),
        SERVER("1.3.6.1.5.5.7.3.1");

        private final String objectId;

        Purpose(String objectId) {
            this.objectId = objectId;
        }
    }

    /**
     * @param maxDepth of intermediates; large for no limit
     * @param checksTime whether certificates must be valid now
     * @param revocationOfLeafOnly whether only the leaf is looked up in revocation lists
     */
    public record Options(
            Purpose purpose, int maxDepth, boolean checksTime, boolean revocationOfLeafOnly) {}

    /** What came of it. */
    public sealed interface Outcome {
        /**
         * @param chain from the leaf to the trusted certificate
         */
        record Trusted(List<Certificate> chain) implements Outcome {
            public Trusted {
                chain = List.copyOf(chain);
            }
        }

        /**
         * @param depth of the certificate at fault; 0 for the leaf
         * @param text the reason in Envoy's words
         * @param before what BoringSSL's error queue holds before the reason; mostly nothing
         */
        record Untrusted(ChainFault error, int depth, String text, String before)
                implements Outcome {}
    }

    private final TrustStore store;
    private final RevocationLists revoked;
    private final Options options;

    /**
     * @param revoked beside what stands in the store
     */
    public ChainVerifier(TrustStore store, RevocationLists revoked, Options options) {
        this.store = store;
        this.revoked = store.revoked().and(revoked);
        this.options = options;
    }

    /**
     * @param presented the leaf and whatever else the peer sent
     */
    public Outcome verify(List<Certificate> presented, Instant now) {
        var chain = new ArrayList<Certificate>();
        Outcome fault = build(presented, now, chain);
        for (int i = 0; fault == null && i < chain.size(); i++) {
            fault = checkExtensions(chain, i);
        }
        if (fault == null) {
            fault = NameConstraints.check(chain);
        }
        if (fault == null && revoked.areRequired()) {
            fault = checkRevocations(chain, now);
        }
        if (fault == null) {
            fault = checkSignatures(chain, now);
        }
        return fault == null ? new Outcome.Trusted(chain) : fault;
    }

    static Outcome fault(ChainFault error, int depth) {
        return new Outcome.Untrusted(error, depth, error.text(), "");
    }

    /** Fills the chain up to a trusted certificate; the fault when there is none. */
    private @Nullable Outcome build(
            List<Certificate> presented, Instant now, List<Certificate> chain) {
        Certificate last = presented.getFirst();
        chain.add(last);
        var unused = new ArrayList<>(presented.subList(1, presented.size()));
        while (true) {
            if (store.contains(last)) {
                return chain.size() - 2 > options.maxDepth()
                        ? fault(ChainFault.UNABLE_TO_GET_ISSUER_CERT_LOCALLY, chain.size() - 2)
                        : null;
            }
            if (chain.size() > Math.min(MAX_CHAIN, options.maxDepth() + 1L)) {
                return fault(ChainFault.UNABLE_TO_GET_ISSUER_CERT_LOCALLY, chain.size() - 1);
            }
            if (isSelfIssued(last)) {
                return fault(
                        chain.size() == 1
                                ? ChainFault.DEPTH_ZERO_SELF_SIGNED_CERT
                                : ChainFault.SELF_SIGNED_CERT_IN_CHAIN,
                        chain.size() - 1);
            }
            Certificate next =
                    issuer(last, store.withSubject(last.parsed().getIssuerX500Principal()), now);
            if (next == null) {
                next = issuer(last, unused, now);
                unused.remove(next);
            }
            if (next == null) {
                return fault(ChainFault.UNABLE_TO_GET_ISSUER_CERT_LOCALLY, chain.size() - 1);
            }
            chain.add(next);
            last = next;
        }
    }

    private static boolean isSelfIssued(Certificate certificate) {
        X509Certificate parsed = certificate.parsed();
        return parsed.getSubjectX500Principal().equals(parsed.getIssuerX500Principal())
                && namesKeyOf(certificate, certificate);
    }

    /** The one that is valid now, else any. */
    private static @Nullable Certificate issuer(
            Certificate of, List<Certificate> candidates, Instant now) {
        Certificate any = null;
        for (Certificate each : candidates) {
            if (!each.parsed()
                            .getSubjectX500Principal()
                            .equals(of.parsed().getIssuerX500Principal())
                    || !namesKeyOf(of, each)
                    || !mayUse(each, KEY_CERT_SIGN)) {
                continue;
            }
            if (!now.isBefore(each.notBefore()) && !now.isAfter(each.notAfter())) {
                return each;
            }
            any = any == null ? each : any;
        }
        return any;
    }

    /** Whether what it says of its issuer's key, where it does, is so. */
    private static boolean namesKeyOf(Certificate subject, Certificate issuer) {
        return KeyIdentifiers.fit(
                subject.parsed().getExtensionValue(KeyIdentifiers.AUTHORITY), issuer.parsed());
    }

    static boolean mayUse(Certificate certificate, int bit) {
        boolean[] usage = certificate.parsed().getKeyUsage();
        return usage == null || (bit < usage.length && usage[bit]);
    }

    private @Nullable Outcome checkExtensions(List<Certificate> chain, int depth) {
        Certificate each = chain.get(depth);
        Set<String> critical = each.parsed().getCriticalExtensionOIDs();
        if (critical != null && !HANDLED.containsAll(critical)) {
            return fault(ChainFault.UNHANDLED_CRITICAL_EXTENSION, depth);
        }
        if (depth > 0) {
            int pathLength = each.parsed().getBasicConstraints();
            boolean isOldRoot = each.parsed().getVersion() == 1 && isSelfIssued(each);
            if ((pathLength < 0 && !isOldRoot) || !mayUse(each, KEY_CERT_SIGN)) {
                return fault(ChainFault.INVALID_CA, depth);
            }
            if (pathLength >= 0 && intermediatesBelow(chain, depth) > pathLength) {
                return fault(ChainFault.PATH_LENGTH_EXCEEDED, depth);
            }
        }
        return isGoodFor(each, depth == 0) ? null : fault(ChainFault.INVALID_PURPOSE, depth);
    }

    private static int intermediatesBelow(List<Certificate> chain, int depth) {
        int count = 0;
        for (int i = 1; i < depth; i++) {
            X509Certificate each = chain.get(i).parsed();
            if (!each.getSubjectX500Principal().equals(each.getIssuerX500Principal())) {
                count++;
            }
        }
        return count;
    }

    private boolean isGoodFor(Certificate certificate, boolean leaf) {
        List<String> purposes;
        try {
            purposes = certificate.parsed().getExtendedKeyUsage();
        } catch (GeneralSecurityException e) {
            return false;
        }
        if (purposes != null
                && !purposes.contains(options.purpose().objectId)
                && !purposes.contains(ANY_PURPOSE)) {
            return false;
        }
        if (!leaf) {
            return true;
        }
        return switch (options.purpose()) {
            case CLIENT ->
                    mayUse(certificate, DIGITAL_SIGNATURE) || mayUse(certificate, KEY_AGREEMENT);
            case SERVER ->
                    mayUse(certificate, DIGITAL_SIGNATURE)
                            || mayUse(certificate, KEY_ENCIPHERMENT)
                            || mayUse(certificate, KEY_AGREEMENT);
        };
    }

    private @Nullable Outcome checkRevocations(List<Certificate> chain, Instant now) {
        int last = options.revocationOfLeafOnly() ? 0 : chain.size() - 1;
        for (int depth = 0; depth <= last; depth++) {
            // The last one's list is its own, even if it is no root.
            Certificate issuer = chain.get(Math.min(depth + 1, chain.size() - 1));
            Outcome fault =
                    revoked.check(
                            chain.get(depth), issuer, depth, options.checksTime() ? now : null);
            if (fault != null) {
                return fault;
            }
        }
        return null;
    }

    private @Nullable Outcome checkSignatures(List<Certificate> chain, Instant now) {
        for (int depth = chain.size() - 1; depth >= 0; depth--) {
            Certificate each = chain.get(depth);
            // The last one is trusted as it is, whoever signed it.
            if (depth < chain.size() - 1
                    && !VerifiedSignatures.isSignedBy(each, chain.get(depth + 1))) {
                return badSignature(each, chain.get(depth + 1), depth);
            }
            if (options.checksTime()) {
                if (now.isBefore(each.notBefore())) {
                    return fault(ChainFault.CERT_NOT_YET_VALID, depth);
                }
                if (now.isAfter(each.notAfter())) {
                    return fault(ChainFault.CERT_HAS_EXPIRED, depth);
                }
            }
        }
        return null;
    }

    private static Outcome badSignature(Certificate each, Certificate issuer, int depth) {
        ChainFault fault = ChainFault.CERT_SIGNATURE_FAILURE;
        X509Certificate parsed = each.parsed();
        return new Outcome.Untrusted(
                fault,
                depth,
                fault.text(),
                SignatureFailure.text(
                        parsed.getSigAlgName(),
                        parsed.getSignature(),
                        issuer.parsed().getPublicKey()));
    }
}
