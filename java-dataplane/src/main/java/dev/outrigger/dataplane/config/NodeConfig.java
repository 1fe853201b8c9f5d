// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

/**
 * Who this proxy is.
 *
 * @param encoded the whole {@code envoy.config.core.v3.Node} (metadata, user agent, extensions) as
 *     base64 of its bytes; only {@code ads} and {@code admin} decode it
 */
public record NodeConfig(
        String id, String cluster, String region, String zone, String subZone, String encoded) {}
