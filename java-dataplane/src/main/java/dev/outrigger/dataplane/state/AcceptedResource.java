// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.ads.Resource;

/**
 * A dynamic resource as it was accepted, for {@code /config_dump}. Immutable.
 *
 * @param version of the response (state of the world) or of the resource (delta)
 * @param lastUpdatedMillis since the epoch
 */
public record AcceptedResource(
        String name, String version, Resource resource, long lastUpdatedMillis) {}
