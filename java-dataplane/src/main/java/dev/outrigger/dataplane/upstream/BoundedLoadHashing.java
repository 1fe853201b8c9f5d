// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Consistent hashing with bounded loads ({@code hash_balance_factor}): a host with more than its
 * share of the requests under way is passed over for another, in an order the hash decides.
 */
final class BoundedLoadHashing implements Hashing {
    private final Hashing hashing;
    private final List<Weighted> shares;
    private final IdentityHashMap<Host, Double> shareOf = new IdentityHashMap<>();
    private final int balanceFactor;
    private final LongSupplier activeRequests;

    /**
     * @param activeRequests of the whole cluster
     */
    BoundedLoadHashing(
            Hashing hashing,
            List<Weighted> shares,
            int balanceFactor,
            LongSupplier activeRequests) {
        this.activeRequests = activeRequests;
        this.hashing = hashing;
        this.shares = List.copyOf(shares);
        this.balanceFactor = balanceFactor;
        shares.forEach(each -> shareOf.put(each.host(), each.share()));
    }

    @Override
    public @Nullable Host choose(long hash, int attempt) {
        Host first = hashing.choose(hash, attempt);
        if (first == null) {
            return null;
        }
        long active = activeRequests.getAsLong();
        double share = shareOf.getOrDefault(first, 0.0);
        double least = overload(first, share, active);
        if (least <= 1.0) {
            return first;
        }
        int count = shares.size();
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            order[i] = i;
        }
        var random = new MersenneTwister((int) hash);
        Host best = first;
        for (int i = 0; i < count; i++) {
            int j = i + random.below(count - i);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
            Weighted other = shares.get(order[i]);
            if (other.host() == first) {
                continue;
            }
            double overload = overload(other.host(), other.share(), active);
            if (overload <= 1.0) {
                return other.host();
            }
            if (overload < least) {
                best = other.host();
                least = overload;
            }
        }
        return best;
    }

    private double overload(Host host, double share, long active) {
        long allSlots = ((active + 1) * balanceFactor + 99) / 100;
        long slots = Math.max(1, (long) Math.ceil(allSlots * share));
        return (double) host.activeRequests() / slots;
    }

    /** The generator Envoy shuffles with, so that the same hash leads to the same hosts. */
    private static final class MersenneTwister {
        private static final int N = 624;
        private static final int M = 397;

        private final int[] state = new int[N];
        private int at = N;

        MersenneTwister(int seed) {
            state[0] = seed;
            for (int i = 1; i < N; i++) {
                state[i] = 1812433253 * (state[i - 1] ^ state[i - 1] >>> 30) + i;
            }
        }

        private long next() {
            if (at == N) {
                for (int i = 0; i < N; i++) {
                    int y = (state[i] & 0x80000000) | (state[(i + 1) % N] & 0x7fffffff);
                    int twisted = state[(i + M) % N] ^ y >>> 1;
                    state[i] = (y & 1) == 0 ? twisted : twisted ^ 0x9908b0df;
                }
                at = 0;
            }
            int y = state[at++];
            y ^= y >>> 11;
            y ^= (y << 7) & 0x9d2c5680;
            y ^= (y << 15) & 0xefc60000;
            return Integer.toUnsignedLong(y ^ y >>> 18);
        }

        int below(int bound) {
            long bucket = (1L << 32) / bound;
            long drawn;
            do {
                drawn = next() / bucket;
            } while (drawn >= bound);
            return (int) drawn;
        }
    }
}
