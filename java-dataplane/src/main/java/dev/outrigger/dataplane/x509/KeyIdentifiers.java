// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.x509;

import dev.outrigger.dataplane.x509.Der.MalformedException;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/** The extensions that name a certificate's key and its issuer's (RFC 5280, 4.2.1.1 and 2). */
final class KeyIdentifiers {
    private static final String SUBJECT = "2.5.29.14";
    private static final String AUTHORITY = "2.5.29.35";

    private KeyIdentifiers() {}

    static byte @Nullable [] subject(X509Certificate certificate) {
        byte[] extension = certificate.getExtensionValue(SUBJECT);
        if (extension == null) {
            return null;
        }
        try {
            return new Der(extension)
                    .next(Der.OCTET_STRING)
                    .inside()
                    .next(Der.OCTET_STRING)
                    .content();
        } catch (MalformedException e) {
            return null;
        }
    }

    static byte @Nullable [] authority(X509Certificate certificate) {
        byte[] extension = certificate.getExtensionValue(AUTHORITY);
        if (extension == null) {
            return null;
        }
        try {
            Der inside =
                    new Der(extension).next(Der.OCTET_STRING).inside().next(Der.SEQUENCE).inside();
            while (inside.hasMore()) {
                Der.Element element = inside.next();
                if (element.tag() == 0x80) {
                    return element.content();
                }
            }
            return null;
        } catch (MalformedException e) {
            return null;
        }
    }
}
