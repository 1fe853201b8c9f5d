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
            String host, DnsLookupFamily family, DnsResolverOptions options, boolean wantsTtl) {
        /** The same of another family. */
        Query of(DnsLookupFamily other) {
            return new Query(host, other, options, wantsTtl);
        }
    }

    /** What came of a look-up. */
    sealed interface Answer {
        /** Words for a name that is not there (NXDOMAIN). */
        String NO_NAME = "Domain name not found";

        /** Words for a name without addresses (NODATA). */
        String NO_DATA = "DNS server returned answer with no data";

        /**
         * @param addresses empty when the name has none (NXDOMAIN, NODATA)
         * @param ttl the shortest of the records, where the resolver knows it
         * @param whyEmpty why there is no address, in the words of c-ares
         */
        record Found(List<InetAddress> addresses, Optional<Duration> ttl, String whyEmpty)
                implements Answer {
            public Found {
                addresses = List.copyOf(addresses);
            }

            public Found(List<InetAddress> addresses, Optional<Duration> ttl) {
                this(addresses, ttl, NO_DATA);
            }
        }

        /**
         * No answer: timeout, refusal, server failure.
         *
         * @param reason in the words of c-ares, where it has some
         */
        record Failed(String reason) implements Answer {}
    }
}
