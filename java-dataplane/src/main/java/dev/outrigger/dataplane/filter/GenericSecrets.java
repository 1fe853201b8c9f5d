// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter;

import dev.outrigger.dataplane.config.ResourceReference;
import dev.outrigger.dataplane.config.SecretConfig;
import java.util.Map;

/**
 * The secrets that came by SDS, for filters that use their text. Written by the main loop, read by
 * any event loop.
 */
public final class GenericSecrets {
    private static final SecretConfig.Generic NONE = new SecretConfig.Generic("");

    private volatile Map<ResourceReference, SecretConfig> known = Map.of();

    /** Takes these for the secrets of now. */
    public void use(Map<ResourceReference, SecretConfig> now) {
        known = now;
    }

    /** The same object until the secret changes; an empty one where there is none. */
    public SecretConfig.Generic find(ResourceReference reference) {
        return known.get(reference) instanceof SecretConfig.Generic found ? found : NONE;
    }
}
