// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.x509;

import dev.outrigger.dataplane.x509.Pem.Block;
import dev.outrigger.dataplane.x509.Pem.PemException;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.util.ArrayList;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/** What authorities have revoked. Immutable; any thread. */
public final class RevocationLists {
    public static final RevocationLists NONE = new RevocationLists(List.of());

    private final List<X509CRL> lists;

    private RevocationLists(List<X509CRL> lists) {
        this.lists = List.copyOf(lists);
    }

    /**
     * Reads PEM; blocks of another kind are passed over.
     *
     * @throws LoadException in Envoy's words
     */
    public static RevocationLists parse(byte[] pem, String name) throws LoadException {
        try {
            return of(Pem.read(pem));
        } catch (PemException | GeneralSecurityException e) {
            throw new LoadException("Failed to load CRL from " + name, e);
        }
    }

    static RevocationLists of(List<Block> blocks) throws GeneralSecurityException {
        var lists = new ArrayList<X509CRL>();
        for (Block block : blocks) {
            if (block.type().equals("X509 CRL")) {
                lists.add(
                        (X509CRL)
                                CertificateFactory.getInstance("X.509")
                                        .generateCRL(new ByteArrayInputStream(block.der())));
            }
        }
        return lists.isEmpty() ? NONE : new RevocationLists(lists);
    }

    boolean isEmpty() {
        return lists.isEmpty();
    }

    /** Those of one authority. */
    List<X509CRL> of(X500Principal issuer) {
        return lists.stream().filter(list -> list.getIssuerX500Principal().equals(issuer)).toList();
    }

    /** These and others. */
    RevocationLists and(RevocationLists others) {
        if (others.isEmpty()) {
            return this;
        }
        var all = new ArrayList<>(lists);
        all.addAll(others.lists);
        return new RevocationLists(all);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RevocationLists that && lists.equals(that.lists);
    }

    @Override
    public int hashCode() {
        return lists.hashCode();
    }
}
