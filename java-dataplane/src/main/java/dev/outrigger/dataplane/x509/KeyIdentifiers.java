// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.x509;

import dev.outrigger.dataplane.x509.Der.MalformedException;
import java.math.BigInteger;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** The extensions that name a certificate's key and its issuer's (RFC 5280, 4.2.1.1 and 2). */
final class KeyIdentifiers {
    private static final String SUBJECT = "2.5.29.14";
    static final String AUTHORITY = "2.5.29.35";

    private static final int KEY = 0x80;
    private static final int ISSUER_OF_ISSUER = 0xa1;
    private static final int SERIAL = 0x82;
    private static final int DIRECTORY_NAME = 0xa4;

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

    /**
     * Whether this certificate is the one an {@code authorityKeyIdentifier} is about; one that says
     * nothing, or cannot be read, is about any.
     */
    static boolean fit(byte @Nullable [] extension, X509Certificate issuer) {
        if (extension == null) {
            return true;
        }
        try {
            Der inside =
                    new Der(extension).next(Der.OCTET_STRING).inside().next(Der.SEQUENCE).inside();
            while (inside.hasMore()) {
                if (!fits(inside.next(), issuer)) {
                    return false;
                }
            }
            return true;
        } catch (MalformedException e) {
            return true;
        }
    }

    private static boolean fits(Der.Element part, X509Certificate issuer)
            throws MalformedException {
        return switch (part.tag()) {
            case KEY -> {
                byte[] own = subject(issuer);
                yield own == null || Arrays.equals(part.content(), own);
            }
            case SERIAL ->
                    part.length() > 0
                            && new BigInteger(part.content()).equals(issuer.getSerialNumber());
            case ISSUER_OF_ISSUER -> isFirstDirectoryName(part.inside(), issuer);
            default -> true;
        };
    }

    /** Of several names the first directory name counts; where there is none any will do. */
    private static boolean isFirstDirectoryName(Der names, X509Certificate issuer)
            throws MalformedException {
        while (names.hasMore()) {
            Der.Element name = names.next();
            if (name.tag() == DIRECTORY_NAME) {
                return new X500Principal(name.content()).equals(issuer.getIssuerX500Principal());
            }
        }
        return true;
    }
}
