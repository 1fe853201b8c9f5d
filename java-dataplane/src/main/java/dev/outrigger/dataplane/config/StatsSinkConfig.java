// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.net.InetSocketAddress;

/**
 * One of {@code stats_sinks}: where stats go with every flush, as statsd datagrams.
 *
 * @param prefix of every name, without the dot
 * @param maxBytesPerDatagram metrics share datagrams up to this size; 0 for one each
 */
public record StatsSinkConfig(
        InetSocketAddress address, String prefix, Tags tags, int maxBytesPerDatagram) {
    /** How the variable parts of names are sent. */
    public enum Tags {
        /** Inside the name. */
        NONE,
        /** DogStatsD: {@code name:1|c|#tag:value,…}. */
        AFTER_VALUE,
        /** Graphite: {@code name;tag=value;…:1|c}. */
        AFTER_NAME
    }
}
