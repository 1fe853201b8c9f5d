// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outrigger.dataplane.config.Metadata;
import dev.outrigger.dataplane.config.MetadataValue;
import dev.outrigger.dataplane.upstream.HostSet.Locality;
import dev.outrigger.dataplane.upstream.HostSet.Priority;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What maps a hash to a host of one priority. Immutable; any thread. */
interface Hashing {
    /** The key of the metadata that replaces a host's address. */
    String HASH_KEY = "hash_key";

    /**
     * @param attempt from 0; later ones are for hosts that a predicate rejected
     * @return {@code null} only when there are no hosts
     */
    @Nullable Host choose(long hash, int attempt);

    /** A host and its share of all, so that the shares add up to 1. */
    record Weighted(Host host, double share) {}

    /** What stands for the host when it is hashed (LB12). */
    static byte[] key(Host host, boolean useHostname) {
        if (host.metadata().of(Metadata.LB).fields().get(HASH_KEY)
                        instanceof MetadataValue.Text(String key)
                && !key.isEmpty()) {
            return key.getBytes(UTF_8);
        }
        return (useHostname ? host.hostname() : host.addressText()).getBytes(UTF_8);
    }

    /** The hosts that are to be hashed with their shares (LB14). */
    static List<Weighted> shares(Priority priority, boolean panic, boolean localityWeighted) {
        var shares = new ArrayList<Weighted>();
        if (!localityWeighted || priority.localities.length == 0) {
            addShares(panic ? priority.hosts : priority.healthy, 1.0, shares);
            return shares;
        }
        long sum = 0;
        for (Locality locality : priority.localities) {
            sum += locality.weight;
        }
        for (Locality locality : priority.localities) {
            if (locality.weight > 0) {
                addShares(
                        panic ? locality.hosts : locality.healthy,
                        (double) locality.weight / sum,
                        shares);
            }
        }
        return shares;
    }

    private static void addShares(Host[] hosts, double whole, List<Weighted> into) {
        long sum = 0;
        for (Host host : hosts) {
            sum += host.weight();
        }
        for (Host host : hosts) {
            into.add(new Weighted(host, host.weight() * whole / sum));
        }
    }
}
