// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.security;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The subject alternative names of a certificate (RFC 5280, section 4.2.1.6). A common name does
 * not count: nobody agrees on what it means. Immutable.
 *
 * @param addresses in text
 */
public record SubjectNames(List<String> uris, List<String> dns, List<String> addresses) {
    private static final int DNS_NAME = 2;
    private static final int URI = 6;
    private static final int IP_ADDRESS = 7;

    public SubjectNames {
        uris = List.copyOf(uris);
        dns = List.copyOf(dns);
        addresses = List.copyOf(addresses);
    }

    public static SubjectNames of(X509Certificate certificate) {
        return new SubjectNames(
                names(certificate, URI),
                names(certificate, DNS_NAME),
                names(certificate, IP_ADDRESS));
    }

    private static List<String> names(X509Certificate certificate, int kind) {
        Collection<List<?>> all;
        try {
            all = certificate.getSubjectAlternativeNames();
        } catch (CertificateParsingException e) {
            return List.of(); // Not readable is not a name.
        }
        var found = new ArrayList<String>();
        if (all != null) {
            for (List<?> name : all) {
                if (name.size() == 2
                        && Integer.valueOf(kind).equals(name.get(0))
                        && name.get(1) instanceof String text) {
                    found.add(text);
                }
            }
        }
        return found;
    }
}
