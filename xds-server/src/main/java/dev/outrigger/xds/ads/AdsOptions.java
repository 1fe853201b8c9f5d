// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import java.time.Duration;
import java.util.Optional;

/**
 * How the xDS server treats its connections.
 *
 * @param streams streams at a time, over all connections
 * @param streamsPerConnection streams at a time on one
 * @param keepAliveTime how long a silent connection goes unprobed; with the timeout, a dead peer is
 *     found within a minute
 * @param maxConnectionAge after which a connection is ended so that proxies spread over replicas;
 *     empty for never
 */
public record AdsOptions(
        StreamLimits limits,
        int streams,
        int streamsPerConnection,
        Duration keepAliveTime,
        Duration keepAliveTimeout,
        Optional<Duration> maxConnectionAge) {
    public static final AdsOptions DEFAULT =
            new AdsOptions(
                    StreamLimits.DEFAULT,
                    20_000,
                    100,
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(10),
                    Optional.empty());
}
