// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import dev.outrigger.dataplane.x509.Certificate;
import dev.outrigger.dataplane.x509.Certificate.KeyType;
import dev.outrigger.dataplane.x509.CertificateChain;
import dev.outrigger.dataplane.x509.GeneralName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Chooses among several certificates by the name the client asks for and the signatures it can
 * check (MT2), as Envoy's default selector does: exact name before wildcard, ECDSA before RSA, the
 * first certificate where nothing fits. Immutable.
 */
final class CertificateChoice {
    private static final int NONE = -1;

    private final List<Certificate> certificates;
    private final Map<String, List<Integer>> byName = new HashMap<>();
    private final boolean fullScan;
    private final boolean hasRsa;

    CertificateChoice(List<CertificateChain> chains, boolean fullScan) {
        this.certificates = chains.stream().map(c -> c.certificates().getFirst()).toList();
        this.fullScan = fullScan;
        this.hasRsa = certificates.stream().anyMatch(c -> c.keyType() == KeyType.RSA);
        for (int i = 0; i < certificates.size(); i++) {
            for (String name : names(certificates.get(i))) {
                add(name.startsWith("*.") ? name.substring(1) : name, i);
            }
        }
    }

    /** The common name stands in only where there are no alternative names at all. */
    private static List<String> names(Certificate own) {
        if (own.hasNames()) {
            return own.names(GeneralName.Type.DNS);
        }
        return own.commonName().isEmpty() ? List.of() : List.of(own.commonName());
    }

    /** Of several for one name and kind of key, the first counts. */
    private void add(String name, int index) {
        var all = byName.computeIfAbsent(name, _ -> new ArrayList<>());
        boolean rsa = certificates.get(index).keyType() == KeyType.RSA;
        for (int known : all) {
            if ((certificates.get(known).keyType() == KeyType.RSA) == rsa) {
                return;
            }
        }
        all.add(index);
    }

    /**
     * The position of the certificate to show.
     *
     * @param serverName {@code null} when the client asks for none
     * @param curves of ECDSA certificates the client can check
     */
    int choose(@Nullable String serverName, Set<KeyType> curves) {
        int chosen = NONE;
        if (serverName != null && !serverName.isEmpty()) {
            chosen = among(byName.get(serverName), curves);
            int dot = serverName.indexOf('.', 1);
            if (chosen == NONE && dot > 0 && dot < serverName.length() - 1) {
                chosen = among(byName.get(serverName.substring(dot)), curves);
            }
            if (chosen == NONE && !fullScan) {
                return 0;
            }
        }
        if (chosen == NONE && (!curves.isEmpty() || hasRsa)) {
            chosen = among(everyone(), curves);
        }
        return chosen == NONE ? 0 : chosen;
    }

    private List<Integer> everyone() {
        var all = new ArrayList<Integer>();
        for (int i = 0; i < certificates.size(); i++) {
            all.add(i);
        }
        return all;
    }

    private int among(@Nullable List<Integer> candidates, Set<KeyType> curves) {
        int candidate = NONE;
        if (candidates == null) {
            return NONE;
        }
        for (int each : candidates) {
            KeyType type = certificates.get(each).keyType();
            if (curves.contains(type) || (curves.isEmpty() && type == KeyType.RSA)) {
                return each;
            }
            if (type == KeyType.RSA && candidate == NONE) {
                candidate = each;
            }
        }
        return candidate;
    }
}
