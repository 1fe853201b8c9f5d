// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filterchain;

import dev.outrigger.dataplane.config.CidrRange;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Values by address range; the longest prefix that holds an address counts, and no other. One value
 * may be for every address. Immutable.
 */
final class PrefixTable<V> {
    private final List<Level<V>> levels;
    private final @Nullable V any;

    /** The ranges of one family and one length. */
    private record Level<V>(int addressBytes, int length, Map<InetAddress, V> byPrefix) {}

    /**
     * @param ranges the value for every address has the key {@code null}
     */
    PrefixTable(Map<@Nullable CidrRange, V> ranges) {
        V catchAll = null;
        var byLength = new TreeMap<Integer, Level<V>>(Comparator.reverseOrder());
        for (Map.Entry<@Nullable CidrRange, V> each : ranges.entrySet()) {
            CidrRange range = each.getKey();
            if (range == null) {
                catchAll = each.getValue();
                continue;
            }
            int bytes = range.prefix().getAddress().length;
            // Families never meet; the longer address first keeps their levels apart.
            Level<V> level =
                    byLength.computeIfAbsent(
                            range.length() * 32 + bytes,
                            _ -> new Level<>(bytes, range.length(), new HashMap<>()));
            level.byPrefix().put(range.prefix(), each.getValue());
        }
        this.levels = new ArrayList<>(byLength.values());
        this.any = catchAll;
    }

    /**
     * @param address {@code null} for something that is no address and in no range
     */
    @Nullable V find(@Nullable InetAddress address) {
        if (levels.isEmpty() || address == null) {
            return any;
        }
        byte[] bytes = address.getAddress();
        for (Level<V> level : levels) {
            if (level.addressBytes() == bytes.length) {
                V found = level.byPrefix().get(masked(bytes, level.length()));
                if (found != null) {
                    return found;
                }
            }
        }
        return any;
    }

    private static InetAddress masked(byte[] address, int length) {
        byte[] bytes = address.clone();
        int whole = length / 8;
        if (whole < bytes.length) {
            bytes[whole] &= (byte) ~(0xff >> (length % 8));
            for (int i = whole + 1; i < bytes.length; i++) {
                bytes[i] = 0;
            }
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("bytes of an address are an address", e);
        }
    }
}
