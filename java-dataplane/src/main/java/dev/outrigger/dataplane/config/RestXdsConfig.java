// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.time.Duration;

/**
 * A REST xDS API ({@code api_config_source} with {@code api_type: REST}).
 *
 * @param clusterName a static cluster
 * @param refreshDelay the least time between an answer and the next question; up to as much again
 *     is added at random
 * @param requestTimeout default 1 s
 */
public record RestXdsConfig(String clusterName, Duration refreshDelay, Duration requestTimeout) {}
