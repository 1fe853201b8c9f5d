// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outrigger.dataplane.config.PeerValidationConfig.SanMatch;
import dev.outrigger.dataplane.config.RouteMatchConfig.ValueMatch;
import dev.outrigger.dataplane.route.ValueMatcher;
import dev.outrigger.dataplane.x509.GeneralName;
import java.util.Locale;

/** One condition on subject alternative names. Immutable. */
final class SanMatcher {
    private static final String A_LABEL = "xn--";

    private final GeneralName.Type type;
    private final String objectId;
    private final ValueMatcher matcher;
    private final String exactDns;

    SanMatcher(SanMatch config) {
        this.type = config.type();
        this.objectId = config.objectId();
        this.matcher = ValueMatcher.of(config.match());
        // Only exact matches follow DNS's rules; the others see the text as it is.
        this.exactDns =
                config.type() == GeneralName.Type.DNS
                                && config.match() instanceof ValueMatch.Exact(String value, _)
                        ? value
                        : "";
    }

    boolean matches(GeneralName name) {
        if (name.type() != type || !name.objectId().equals(objectId)) {
            return false;
        }
        if (!exactDns.isEmpty()) {
            return dnsNameMatches(exactDns, name.text());
        }
        // Values of configuration are UTF-8, those of certificates bytes.
        byte[] bytes = name.text().getBytes(ISO_8859_1);
        return matcher.matches(bytes, 0, bytes.length);
    }

    /**
     * Whether a certificate's name, which may have a wildcard as its first label, is for a host.
     */
    static boolean dnsNameMatches(String host, String pattern) {
        String name = new String(host.getBytes(UTF_8), ISO_8859_1).toLowerCase(Locale.ROOT);
        String wanted = pattern.toLowerCase(Locale.ROOT);
        if (name.equals(wanted)) {
            return true;
        }
        int nameDot = name.indexOf('.');
        int wantedDot = wanted.indexOf('.');
        if (nameDot < 0 || wantedDot < 0) {
            return false;
        }
        String label = wanted.substring(0, wantedDot);
        return label.indexOf('*') >= 0
                && wanted.indexOf('*', wantedDot) < 0
                && !label.startsWith(A_LABEL)
                && name.substring(nameDot).equals(wanted.substring(wantedDot))
                && labelMatches(name.substring(0, nameDot), label);
    }

    private static boolean labelMatches(String label, String pattern) {
        int star = pattern.indexOf('*');
        return pattern.equals("*")
                || (pattern.indexOf('*', star + 1) < 0
                        && pattern.length() <= label.length() + 1
                        && label.startsWith(pattern.substring(0, star))
                        && label.endsWith(pattern.substring(star + 1)));
    }
}
