// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.x509;

import java.security.GeneralSecurityException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which certificate was signed by which key, remembered: peers come back with the same certificate,
 * and who signed it cannot change. Failures are not remembered. One for each thread.
 */
final class VerifiedSignatures {
    private static final int MAX_ENTRIES = 1024;

    private static final ThreadLocal<VerifiedSignatures> OF_THREAD =
            ThreadLocal.withInitial(VerifiedSignatures::new);

    private final Map<Signed, Boolean> known =
            new LinkedHashMap<>(64, 0.75f, true) {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Signed, Boolean> eldest) {
                    return size() > MAX_ENTRIES;
                }
            };

    private VerifiedSignatures() {}

    /** The two certificates by their content. */
    private record Signed(Certificate subject, Certificate issuer) {}

    static boolean isSignedBy(Certificate subject, Certificate issuer) {
        return OF_THREAD.get().check(new Signed(subject, issuer));
    }

    private boolean check(Signed pair) {
        if (known.get(pair) != null) {
            return true;
        }
        try {
            pair.subject().parsed().verify(pair.issuer().parsed().getPublicKey());
        } catch (GeneralSecurityException e) {
            return false;
        }
        known.put(pair, true);
        return true;
    }
}
