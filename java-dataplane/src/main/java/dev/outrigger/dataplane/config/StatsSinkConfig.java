// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.net.InetSocketAddress;

/** One of {@code stats_sinks}: where stats go with every flush, in statsd's form. */
public sealed interface StatsSinkConfig {
    /** In front of every name, without the dot. */
    String prefix();

    /** How the variable parts of names are sent. */
    enum Tags {
        /** Inside the name. */
        NONE,
        /** DogStatsD: {@code name:1|c|#tag:value,…}. */
        AFTER_VALUE,
        /** Graphite: {@code name;tag=value;…:1|c}. */
        AFTER_NAME
    }

    /**
     * As datagrams.
     *
     * @param maxBytesPerDatagram metrics share datagrams up to this size; 0 for one each
     */
    record Datagrams(InetSocketAddress address, String prefix, Tags tags, int maxBytesPerDatagram)
            implements StatsSinkConfig {}

    /**
     * As lines over TCP.
     *
     * @param cluster one of the bootstrap's, of whose hosts one is told
     */
    record Lines(String cluster, String prefix) implements StatsSinkConfig {}
}
