// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.security;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;

/**
 * Who a client's certificate says it is. Immutable.
 *
 * <p>A SPIFFE ID, where there is one, is the identity and nothing else counts; two of them make
 * none (SPIFFE X509-SVID, section 2). Otherwise every DNS name counts that is not a wildcard.
 *
 * @param names empty for a certificate that names nobody
 */
public record ClientIdentity(List<String> names) {
    private static final String SPIFFE = "spiffe://";

    public ClientIdentity {
        names = List.copyOf(names);
    }

    public static ClientIdentity of(X509Certificate certificate) {
        var subject = SubjectNames.of(certificate);
        var spiffe = subject.uris().stream().filter(uri -> uri.startsWith(SPIFFE)).toList();
        if (!spiffe.isEmpty()) {
            return new ClientIdentity(spiffe.size() == 1 ? spiffe : List.of());
        }
        return new ClientIdentity(
                subject.dns().stream()
                        .filter(name -> name.indexOf('*') < 0)
                        .map(name -> name.toLowerCase(Locale.ROOT))
                        .toList());
    }

    @Override
    public String toString() {
        return names.isEmpty() ? "a certificate without a name" : String.join(", ", names);
    }
}
