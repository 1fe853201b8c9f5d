// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.xds.snapshot.TypeResources;
import dev.outrigger.xds.snapshot.VersionedResource;
import java.util.HexFormat;

/**
 * The version of some resources of a type: the sum of their versions, which are hashes. Equal sets
 * have equal versions on every replica.
 */
final class SubsetVersion {
    private static final int HALF = 16;
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private SubsetVersion() {}

    /** Of those among the names that exist. */
    static String of(TypeResources resources, String[] names) {
        long high = 0;
        long low = 0;
        for (String name : names) {
            var resource = resources.get(name);
            if (resource != null) {
                // The name counts as well: two resources may swap their contents.
                long salt = name.hashCode() * GOLDEN;
                high += mixed(half(resource, 0) ^ salt);
                low += mixed(half(resource, HALF) + salt);
            }
        }
        var hex = HexFormat.of();
        return hex.toHexDigits(high) + hex.toHexDigits(low);
    }

    private static long half(VersionedResource resource, int from) {
        return Long.parseUnsignedLong(resource.version(), from, from + HALF, 16);
    }

    /** Spreads every bit, so that sums of related numbers are unrelated. */
    private static long mixed(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
