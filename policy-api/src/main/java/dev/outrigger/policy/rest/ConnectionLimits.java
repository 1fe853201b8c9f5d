// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import java.time.Duration;

/**
 * What the connections of one socket may cost.
 *
 * @param max how many there may be; one more takes the place of one that has said nothing for long
 * @param head how long a new one may take until its first request is known, TLS included
 * @param idle how long one may take from an answer to the next request
 * @param answer how long an answer that waits for nothing may take, up to its last byte
 */
public record ConnectionLimits(int max, Duration head, Duration idle, Duration answer) {
    public static final ConnectionLimits DEFAULT =
            new ConnectionLimits(
                    1_024, Duration.ofSeconds(10), Duration.ofSeconds(75), Duration.ofMinutes(2));

    public ConnectionLimits {
        if (max < 1) {
            throw new IllegalArgumentException("max: " + max + " (expected: 1 or more)");
        }
    }

    public ConnectionLimits withMax(int newMax) {
        return new ConnectionLimits(newMax, head, idle, answer);
    }

    public ConnectionLimits withHead(Duration newHead) {
        return new ConnectionLimits(max, newHead, idle, answer);
    }

    public ConnectionLimits withIdle(Duration newIdle) {
        return new ConnectionLimits(max, head, newIdle, answer);
    }
}
