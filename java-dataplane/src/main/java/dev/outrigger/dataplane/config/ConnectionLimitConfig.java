// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.time.Duration;

/**
 * {@code envoy.filters.network.connection_limit}: a bound on the connections of a filter chain.
 *
 * @param maxConnections at a time, on all workers together; unsigned
 * @param delay before a connection too many is closed; zero for at once
 * @param enabled asked for each new connection
 */
public record ConnectionLimitConfig(
        String statPrefix, long maxConnections, Duration delay, RuntimeFeatureFlag enabled) {}
