// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.x509;

import dev.outrigger.dataplane.x509.ChainVerifier.Outcome;
import dev.outrigger.dataplane.x509.Der.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which names the certificates of an authority may have (RFC 5280, 4.2.1.10). */
final class NameConstraints {
    private static final String EXTENSION = "2.5.29.30";

    private NameConstraints() {}

    /** The fault of the first certificate whose name an authority above it does not allow. */
    static @Nullable Outcome check(List<Certificate> chain) {
        for (int depth = 1; depth < chain.size(); depth++) {
            byte[] extension = chain.get(depth).parsed().getExtensionValue(EXTENSION);
            if (extension == null) {
                continue;
            }
            for (int below = depth - 1; below >= 0; below--) {
                for (GeneralName name : chain.get(below).names()) {
                    ChainFault error = check(extension, name);
                    if (error != null) {
                        return ChainVerifier.fault(error, below);
                    }
                }
            }
        }
        return null;
    }

    private static @Nullable ChainFault check(byte[] extension, GeneralName name) {
        try {
            Der parts =
                    new Der(extension).next(Der.OCTET_STRING).inside().next(Der.SEQUENCE).inside();
            while (parts.hasMore()) {
                Der.Element part = parts.next();
                boolean permitted = part.tag() == 0xa0;
                boolean any = false;
                boolean fits = false;
                Der subtrees = part.inside();
                while (subtrees.hasMore()) {
                    Der.Element base = subtrees.next(Der.SEQUENCE).inside().next();
                    if (!isOfKind(base.tag() & 0x1f, name)) {
                        continue;
                    }
                    any = true;
                    fits |= fits(base, name);
                }
                if (permitted && any && !fits) {
                    return ChainFault.PERMITTED_VIOLATION;
                }
                if (!permitted && fits) {
                    return ChainFault.EXCLUDED_VIOLATION;
                }
            }
            return null;
        } catch (MalformedException e) {
            return ChainFault.UNSPECIFIED;
        }
    }

    private static boolean isOfKind(int tag, GeneralName name) {
        return switch (name.type()) {
            case EMAIL -> tag == 1;
            case DNS -> tag == 2;
            case URI -> tag == 6;
            case IP_ADDRESS -> tag == 7;
            case OTHER_NAME, UNSUPPORTED -> false;
        };
    }

    private static boolean fits(Der.Element base, GeneralName name) {
        if (name.type() == GeneralName.Type.IP_ADDRESS) {
            return addressFits(base.content(), name.text());
        }
        String wanted =
                new String(base.content(), StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        String text = name.text().toLowerCase(Locale.ROOT);
        return switch (name.type()) {
            case DNS -> domainFits(wanted, text);
            case EMAIL -> {
                String host = text.substring(text.lastIndexOf('@') + 1);
                yield wanted.indexOf('@') >= 0
                        ? text.equals(wanted)
                        : wanted.startsWith(".") ? host.endsWith(wanted) : host.equals(wanted);
            }
            case URI -> {
                int start = text.indexOf("://");
                String rest = start < 0 ? "" : text.substring(start + 3);
                String host = rest.split("[/:?#]", 2)[0];
                yield wanted.startsWith(".") ? host.endsWith(wanted) : host.equals(wanted);
            }
            case IP_ADDRESS, OTHER_NAME, UNSUPPORTED -> false;
        };
    }

    private static boolean domainFits(String wanted, String host) {
        return wanted.isEmpty()
                || host.equals(wanted)
                || (wanted.startsWith(".") ? host.endsWith(wanted) : host.endsWith("." + wanted));
    }

    private static boolean addressFits(byte[] base, String text) {
        byte[] address = Addresses.parse(text);
        if (base.length != address.length * 2) {
            return false;
        }
        for (int i = 0; i < address.length; i++) {
            int mask = base[address.length + i];
            if ((address[i] & mask) != (base[i] & mask)) {
                return false;
            }
        }
        return true;
    }
}
