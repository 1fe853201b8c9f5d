// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.ads.Resource;

/**
 * The last refused update of a resource, for {@code error_state} in {@code /config_dump}.
 *
 * @param attemptMillis since the epoch
 */
public record RefusedResource(
        String name, String version, Resource resource, String details, long attemptMillis) {}
