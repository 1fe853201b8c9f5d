// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.x509;

import dev.outrigger.dataplane.x509.Pem.Block;
import dev.outrigger.dataplane.x509.Pem.PemException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.security.auth.x500.X500Principal;

/**
 * The certificates chains may end at, with what stands beside them of revoked ones. Immutable; any
 * thread.
 */
public final class TrustStore {
    private final List<Certificate> certificates;
    private final Set<Certificate> set;
    private final Map<X500Principal, List<Certificate>> bySubject = new HashMap<>();
    private final RevocationLists revoked;

    private TrustStore(List<Certificate> certificates, RevocationLists revoked) {
        this.certificates = List.copyOf(certificates);
        this.set = new LinkedHashSet<>(certificates);
        this.revoked = revoked;
        for (Certificate each : certificates) {
            bySubject
                    .computeIfAbsent(
                            each.parsed().getSubjectX500Principal(), _ -> new ArrayList<>())
                    .add(each);
        }
    }

    /**
     * Reads PEM; lists of revoked certificates may stand beside the certificates.
     *
     * @throws LoadException in Envoy's words
     */
    public static TrustStore parse(byte[] pem, String name) throws LoadException {
        String failed = "Failed to load trusted CA certificates from " + name;
        try {
            List<Block> blocks = Pem.read(pem);
            var certificates = new ArrayList<Certificate>();
            for (Block block : blocks) {
                if (block.isCertificate()) {
                    certificates.add(Certificate.of(block.der()));
                }
            }
            if (certificates.isEmpty()) {
                throw new LoadException(failed);
            }
            return new TrustStore(certificates, RevocationLists.of(blocks));
        } catch (PemException | GeneralSecurityException e) {
            throw new LoadException(failed, e);
        }
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

    RevocationLists revoked() {
        return revoked;
    }

    /** All certificates as PEM. */
    public String pem() {
        var text = new StringBuilder();
        certificates.forEach(c -> text.append(c.pem()));
        return text.toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TrustStore that
                && certificates.equals(that.certificates)
                && revoked.equals(that.revoked);
    }

    @Override
    public int hashCode() {
        return certificates.hashCode();
    }
}
