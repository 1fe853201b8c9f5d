// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import java.util.Comparator;

/** {@code envoy.config.core.v3.Locality}, in the order Envoy keeps localities in. */
public record LocalityKey(String region, String zone, String subZone)
        implements Comparable<LocalityKey> {
    public static final LocalityKey NONE = new LocalityKey("", "", "");

    private static final Comparator<LocalityKey> ORDER =
            Comparator.comparing(LocalityKey::region)
                    .thenComparing(LocalityKey::zone)
                    .thenComparing(LocalityKey::subZone);

    /** Shares the common one. */
    static LocalityKey of(String region, String zone, String subZone) {
        return region.isEmpty() && zone.isEmpty() && subZone.isEmpty()
                ? NONE
                : new LocalityKey(region, zone, subZone);
    }

    @Override
    public int compareTo(LocalityKey other) {
        return ORDER.compare(this, other);
    }
}
