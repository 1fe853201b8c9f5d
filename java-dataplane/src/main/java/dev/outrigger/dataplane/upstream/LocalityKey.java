// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

/** {@code envoy.config.core.v3.Locality}, in the order Envoy keeps localities in. */
public record LocalityKey(String region, String zone, String subZone)
        implements Comparable<LocalityKey> {
    public static final LocalityKey NONE = new LocalityKey("", "", "");

    /** Shares the common one. */
    static LocalityKey of(String region, String zone, String subZone) {
        return region.isEmpty() && zone.isEmpty() && subZone.isEmpty()
                ? NONE
                : new LocalityKey(region, zone, subZone);
    }

    @Override
    public int compareTo(LocalityKey other) {
        int order = region.compareTo(other.region);
        if (order == 0) {
            order = zone.compareTo(other.zone);
        }
        return order == 0 ? subZone.compareTo(other.subZone) : order;
    }
}
