// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import dev.outrigger.dataplane.config.ClusterConfig.DnsLookupFamily;
import dev.outrigger.dataplane.config.ClusterConfig.DnsResolverOptions;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Resolves host names without blocking. Main loop only; so is every answer. */
public interface NameResolver {
    void resolve(Query query, Consumer<Answer> answer);

    /** With the system's name servers. */
    default void resolve(String host, DnsLookupFamily family, Consumer<Answer> answer) {
        resolve(new Query(host, family, DnsResolverOptions.DEFAULT, false), answer);
    }

    /**
     * What is asked, and of whom.
     *
     * @param wantsTtl whether the answer is to tell how long it holds
     */
    record Query(
            String host, DnsLookupFamily family, DnsResolverOptions options, boolean wantsTtl) {}

    /** What came of a look-up. */
    sealed interface Answer {
        /**
         * @param addresses empty when the name has none (NXDOMAIN, NODATA)
         * @param ttl the shortest of the records, where the resolver knows it
         */
        record Found(List<InetAddress> addresses, Optional<Duration> ttl) implements Answer {
            public Found {
                addresses = List.copyOf(addresses);
            }
        }

        /** No answer: timeout, refusal, server failure. */
        record Failed(String reason) implements Answer {}
    }
}
