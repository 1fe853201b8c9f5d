// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.x509;

import dev.outrigger.dataplane.x509.Pem.Block;
import dev.outrigger.dataplane.x509.Pem.PemException;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

/** The certificates chains may end at, and what was revoked. Immutable; any thread. */
public final class TrustStore {
    private final List<Certificate> certificates;
    private final Set<Certificate> set;
    private final Map<X500Principal, List<Certificate>> bySubject = new HashMap<>();
    private final Map<X500Principal, List<X509CRL>> revocations = new HashMap<>();

    private TrustStore(List<Certificate> certificates, List<X509CRL> lists) {
        this.certificates = List.copyOf(certificates);
        this.set = new LinkedHashSet<>(certificates);
        for (Certificate each : certificates) {
            bySubject
                    .computeIfAbsent(
                            each.parsed().getSubjectX500Principal(), _ -> new ArrayList<>())
                    .add(each);
        }
        for (X509CRL list : lists) {
            revocations
                    .computeIfAbsent(list.getIssuerX500Principal(), _ -> new ArrayList<>())
                    .add(list);
        }
    }

    /**
     * Reads PEM; lists of revoked certificates may stand beside the certificates.
     *
     * @param crl empty for none
     * @throws LoadException in Envoy's words
     */
    public static TrustStore parse(byte[] ca, String caName, byte[] crl, String crlName)
            throws LoadException {
        String failed = "Failed to load trusted CA certificates from " + caName;
        var certificates = new ArrayList<Certificate>();
        var lists = new ArrayList<X509CRL>();
        try {
            for (Block block : Pem.read(ca)) {
                if (block.isCertificate()) {
                    certificates.add(Certificate.of(block.der()));
                } else if (block.type().equals("X509 CRL")) {
                    lists.add(list(block.der()));
                }
            }
        } catch (PemException | GeneralSecurityException e) {
            throw new LoadException(failed, e);
        }
        if (certificates.isEmpty()) {
            throw new LoadException(failed);
        }
        if (crl.length > 0) {
            lists.addAll(revoked(crl, crlName));
        }
        return new TrustStore(certificates, lists);
    }

    private static List<X509CRL> revoked(byte[] crl, String name) throws LoadException {
        try {
            var lists = new ArrayList<X509CRL>();
            for (Block block : Pem.read(crl)) {
                if (block.type().equals("X509 CRL")) {
                    lists.add(list(block.der()));
                }
            }
            return lists;
        } catch (PemException | GeneralSecurityException e) {
            throw new LoadException("Failed to load CRL from " + name, e);
        }
    }

    private static X509CRL list(byte[] der) throws GeneralSecurityException {
        return (X509CRL)
                CertificateFactory.getInstance("X.509").generateCRL(new ByteArrayInputStream(der));
    }

    /** In the order of the file. */
    public List<Certificate> certificates() {
        return certificates;
    }

    boolean contains(Certificate certificate) {
        return set.contains(certificate);
    }

    List<Certificate> withSubject(X500Principal subject) {
        return bySubject.getOrDefault(subject, List.of());
    }

    List<X509CRL> revokedBy(X500Principal issuer) {
        return revocations.getOrDefault(issuer, List.of());
    }

    /** Whether anything is said of revoked certificates. */
    boolean hasRevocations() {
        return !revocations.isEmpty();
    }

    /** All certificates as PEM. */
    public String pem() {
        var text = new StringBuilder();
        certificates.forEach(c -> text.append(c.pem()));
        return text.toString();
    }
}
