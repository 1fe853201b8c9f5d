// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import java.time.Duration;

/**
 * What watching may cost.
 *
 * @param heartbeat how long nothing is sent before a comment is, so that a dead client is noticed
 * @param writeTimeout how long a client may take to accept what was sent
 * @param maxLag how many changed documents a client may be behind once it has caught up at first
 */
public record WatchLimits(
        int maxWatchers,
        int maxWatchersPerClient,
        Duration heartbeat,
        Duration writeTimeout,
        int maxLag) {
    /** 256 in all, 16 for one client; 15 s; 30 s; 5,000 documents. */
    public static final WatchLimits DEFAULT =
            new WatchLimits(256, 16, Duration.ofSeconds(15), Duration.ofSeconds(30), 5_000);
}
