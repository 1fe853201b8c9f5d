// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.outrigger.dataplane.config.LoadBalancingConfig.Algorithm.RingHash;
import dev.outrigger.dataplane.config.LoadBalancingConfig.HashFunction;
import dev.outrigger.dataplane.telemetry.XxHash64;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Ketama's ring as Envoy builds it (LB12). */
final class HashRing implements Hashing {
    private final long[] hashes;
    private final int[] owners;
    private final Host[] hosts;
    private final int size;
    private final int minHashesPerHost;
    private final int maxHashesPerHost;

    HashRing(List<Weighted> shares, RingHash config) {
        hosts = shares.stream().map(Weighted::host).toArray(Host[]::new);
        double least = 1.0;
        for (Weighted each : shares) {
            least = Math.min(least, each.share());
        }
        // The host with the smallest share gets a whole number of entries, unless that is too many.
        double scale =
                shares.isEmpty()
                        ? 0
                        : Math.min(
                                Math.ceil(least * (double) config.minimumRingSize()) / least,
                                (double) config.maximumRingSize());
        size = (int) Math.ceil(scale);
        var entries = new Entry[size];
        int count = 0;
        int fewest = size;
        int most = 0;
        double target = 0;
        for (int host = 0; host < hosts.length; host++) {
            byte[] key = Hashing.key(hosts[host], config.hashing().useHostnameForHashing());
            byte[] text = Arrays.copyOf(key, key.length + 12);
            text[key.length] = '_';
            target += scale * shares.get(host).share();
            int mine = 0;
            // The sums run over all hosts, so that what is rounded for one is made up for later.
            while (count < target) {
                byte[] number = Integer.toString(mine).getBytes(US_ASCII);
                System.arraycopy(number, 0, text, key.length + 1, number.length);
                int length = key.length + 1 + number.length;
                if (count == entries.length) {
                    entries = Arrays.copyOf(entries, count + 1);
                }
                entries[count++] = new Entry(hash(text, length, config.hashFunction()), host);
                mine++;
            }
            fewest = Math.min(fewest, mine);
            most = Math.max(most, mine);
        }
        minHashesPerHost = fewest;
        maxHashesPerHost = most;
        Arrays.sort(entries, 0, count, (a, b) -> Long.compareUnsigned(a.hash(), b.hash()));
        hashes = new long[count];
        owners = new int[count];
        for (int i = 0; i < count; i++) {
            hashes[i] = entries[i].hash();
            owners[i] = entries[i].host();
        }
    }

    private record Entry(long hash, int host) {}

    private static long hash(byte[] text, int length, HashFunction function) {
        return switch (function) {
            case XX_HASH -> XxHash64.hash(text, 0, length, 0);
            case MURMUR_HASH_2 -> MurmurHash2.hash(text, length);
        };
    }

    int size() {
        return size;
    }

    int minHashesPerHost() {
        return minHashesPerHost;
    }

    int maxHashesPerHost() {
        return maxHashesPerHost;
    }

    @Override
    public @Nullable Host choose(long hash, int attempt) {
        if (hashes.length == 0) {
            return null;
        }
        // The first entry that is not before the hash; behind the last comes the first again.
        int low = 0;
        int high = hashes.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (Long.compareUnsigned(hashes[middle], hash) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        int at = low == hashes.length ? 0 : low;
        return hosts[owners[(int) (((long) at + attempt) % hashes.length)]];
    }
}
