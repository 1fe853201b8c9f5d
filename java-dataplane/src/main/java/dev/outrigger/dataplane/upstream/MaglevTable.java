// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.LoadBalancingConfig.Algorithm.Maglev;
import dev.outrigger.dataplane.telemetry.XxHash64;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Maglev's table as Envoy fills it (LB13), as narrow as the number of hosts allows. */
final class MaglevTable implements Hashing {
    private final int tableSize;
    private final Host[] hosts;
    private final int bits;
    private final long[] words;
    private final int minEntriesPerHost;
    private final int maxEntriesPerHost;

    private static final class Builder {
        final byte[] key;
        final Host host;
        final double share;
        final long offset;
        final long skip;
        double target;
        long next;
        int count;

        Builder(byte[] key, Weighted weighted, int tableSize) {
            this.key = key;
            host = weighted.host();
            share = weighted.share();
            offset = Long.remainderUnsigned(XxHash64.hash(key, 0, key.length, 0), tableSize);
            skip = Long.remainderUnsigned(XxHash64.hash(key, 0, key.length, 1), tableSize - 1) + 1;
        }
    }

    MaglevTable(List<Weighted> shares, Maglev config) {
        tableSize = config.tableSize();
        // The order decides who is first to take a place, so it must not depend on discovery.
        Builder[] builders =
                shares.stream()
                        .map(each ->
                                new Builder(
                                        Hashing.key(
                                                each.host(),
                                                config.hashing().useHostnameForHashing()),
                                        each,
                                        tableSize))
                        .sorted((a, b) -> Arrays.compareUnsigned(a.key, b.key))
                        .toArray(Builder[]::new);
        hosts = new Host[builders.length];
        for (int i = 0; i < builders.length; i++) {
            hosts[i] = builders[i].host;
        }
        // One host needs no table: every entry would name it.
        bits = hosts.length <= 1 ? 0 : 32 - Integer.numberOfLeadingZeros(hosts.length);
        words = new long[(int) (((long) bits * tableSize + 63) / 64)];
        if (bits > 0) {
            fill(builders);
        } else if (builders.length == 1) {
            builders[0].count = tableSize;
        }
        int fewest = tableSize;
        int most = 0;
        for (Builder each : builders) {
            fewest = Math.min(fewest, each.count);
            most = Math.max(most, each.count);
        }
        minEntriesPerHost = fewest;
        maxEntriesPerHost = most;
    }

    private void fill(Builder[] builders) {
        double heaviest = 0;
        for (Builder each : builders) {
            heaviest = Math.max(heaviest, each.share);
        }
        int filled = 0;
        for (long round = 1; filled < tableSize; round++) {
            for (int i = 0; i < builders.length && filled < tableSize; i++) {
                Builder each = builders[i];
                // The heaviest has a turn in every round, one with half of that in every second.
                if (round * each.share < each.target) {
                    continue;
                }
                each.target += heaviest;
                long place = place(each);
                // Entries hold the index plus one while the table is filled; 0 is free.
                while (entry(place) != 0) {
                    each.next++;
                    place = place(each);
                }
                setEntry(place, i + 1);
                each.next++;
                each.count++;
                filled++;
            }
        }
    }

    private long place(Builder each) {
        return (each.offset + each.skip * each.next) % tableSize;
    }

    private long entry(long index) {
        long bit = index * bits;
        int word = (int) (bit >>> 6);
        int shift = (int) (bit & 63);
        long value = words[word] >>> shift;
        if (shift + bits > 64) {
            value |= words[word + 1] << (64 - shift);
        }
        return value & ((1L << bits) - 1);
    }

    /** Only for entries that are 0. */
    private void setEntry(long index, long value) {
        long bit = index * bits;
        int word = (int) (bit >>> 6);
        int shift = (int) (bit & 63);
        words[word] |= value << shift;
        if (shift + bits > 64) {
            words[word + 1] |= value >>> (64 - shift);
        }
    }

    int minEntriesPerHost() {
        return minEntriesPerHost;
    }

    int maxEntriesPerHost() {
        return maxEntriesPerHost;
    }

    @Override
    public @Nullable Host choose(long hash, int attempt) {
        if (hosts.length <= 1) {
            return hosts.length == 0 ? null : hosts[0];
        }
        // Another hash for another attempt: the neighbour in the table may be the same host.
        long looked = attempt > 0 ? hash ^ (~0L - attempt + 1) : hash;
        return hosts[(int) entry(Long.remainderUnsigned(looked, tableSize)) - 1];
    }
}
