// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import dev.outrigger.dataplane.x509.Certificate;
import java.util.List;

/**
 * The certificates one context works with, for {@code /certs} and the gauges of their ends.
 *
 * @param trusted the first of those that are trusted; at most one, as Envoy shows
 * @param own one for each that may be shown to peers
 */
public record LoadedCertificates(List<Loaded> trusted, List<Loaded> own) {
    static final LoadedCertificates NONE = new LoadedCertificates(List.of(), List.of());

    public LoadedCertificates {
        trusted = List.copyOf(trusted);
        own = List.copyOf(own);
    }

    /**
     * @param path of its file, or {@code <inline>}
     * @param name of the secret it came in; empty for none
     */
    public record Loaded(String path, String name, Certificate certificate) {
        private static final long DAY_MILLIS = 86_400_000;

        /**
         * Whole days to the end of the certificate; 0 when it has ended.
         *
         * @param nowMillis since the epoch
         */
        public long daysLeft(long nowMillis) {
            return Math.max(0, certificate.notAfter().toEpochMilli() - nowMillis) / DAY_MILLIS;
        }
    }
}
