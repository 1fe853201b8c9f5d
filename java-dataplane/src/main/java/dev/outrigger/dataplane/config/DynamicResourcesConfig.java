// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.util.Optional;

/** {@code dynamic_resources}: the aggregated stream and where listeners and clusters come from. */
public record DynamicResourcesConfig(
        Optional<GrpcXdsConfig> ads,
        Optional<ConfigSourceConfig> lds,
        Optional<ConfigSourceConfig> cds) {
    public static final DynamicResourcesConfig NONE =
            new DynamicResourcesConfig(Optional.empty(), Optional.empty(), Optional.empty());
}
