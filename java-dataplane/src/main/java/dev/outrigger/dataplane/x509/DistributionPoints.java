// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.x509;

import dev.outrigger.dataplane.x509.Der.MalformedException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a certificate says that lists of revoked ones are to be had (RFC 5280, 4.2.1.13). */
final class DistributionPoints {
    private static final String EXTENSION = "2.5.29.31";
    private static final int POINT_NAME = 0xa0;
    private static final int REASONS = 0x81;
    private static final int LIST_ISSUER = 0xa2;
    private static final int FULL_NAME = 0xa0;
    private static final int URI = 0x86;

    /**
     * One of them.
     *
     * @param names encoded; {@code null} where it has no name, which fits any
     * @param special for some reasons, or of lists by another issuer, neither of which is supported
     */
    private record Point(@Nullable List<ByteBuffer> names, List<String> uris, boolean special) {}

    private DistributionPoints() {}

    private static List<Point> of(X509Certificate certificate) {
        byte[] extension = certificate.getExtensionValue(EXTENSION);
        if (extension == null) {
            return List.of();
        }
        var points = new ArrayList<Point>();
        try {
            Der all =
                    new Der(extension).next(Der.OCTET_STRING).inside().next(Der.SEQUENCE).inside();
            while (all.hasMore()) {
                points.add(point(all.next(Der.SEQUENCE).inside()));
            }
        } catch (MalformedException e) {
            return List.of();
        }
        return points;
    }

    private static Point point(Der parts) throws MalformedException {
        List<ByteBuffer> names = null;
        var uris = new ArrayList<String>();
        boolean special = false;
        while (parts.hasMore()) {
            Der.Element part = parts.next();
            if (part.tag() == POINT_NAME) {
                names = names(part.inside().next(), uris);
            }
            special |= part.tag() == REASONS || part.tag() == LIST_ISSUER;
        }
        return new Point(names, uris, special);
    }

    /**
     * The names a {@code DistributionPointName} gives, encoded; one relative to the issuer stays as
     * it is.
     *
     * @param uris to which those that are URIs are added
     */
    static List<ByteBuffer> names(Der.Element choice, List<String> uris) throws MalformedException {
        if (choice.tag() != FULL_NAME) {
            return List.of(ByteBuffer.wrap(choice.whole()));
        }
        var names = new ArrayList<ByteBuffer>();
        Der inside = choice.inside();
        while (inside.hasMore()) {
            Der.Element name = inside.next();
            names.add(ByteBuffer.wrap(name.whole()));
            if (name.tag() == URI) {
                uris.add(new String(name.content(), StandardCharsets.ISO_8859_1));
            }
        }
        return names;
    }

    /** Whether one of the certificate's has one of these names. */
    static boolean haveOneOf(X509Certificate certificate, List<ByteBuffer> wanted) {
        for (Point point : of(certificate)) {
            List<ByteBuffer> names = point.names();
            if (!point.special() && (names == null || names.stream().anyMatch(wanted::contains))) {
                return true;
            }
        }
        return false;
    }

    /** In Envoy's words, to be put behind why it is not trusted; empty for none. */
    static String text(X509Certificate certificate) {
        List<String> uris = of(certificate).stream().flatMap(p -> p.uris().stream()).toList();
        return uris.isEmpty()
                ? ""
                : ", certificate CRL distribution points: [" + String.join(", ", uris) + "]";
    }
}
