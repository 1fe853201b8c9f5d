// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.config.ConfigSourceConfig;
import dev.outrigger.dataplane.config.ResourceReference;

/**
 * Which subscription: names at the aggregated stream share one, every other resource has its own,
 * as in Envoy.
 */
sealed interface SourceKey {
    record Aggregated() implements SourceKey {}

    /**
     * @param owner what the subscription is for, by a name that is unique within its type
     */
    record Own(ConfigSourceConfig source, String owner) implements SourceKey {}

    static SourceKey of(ResourceReference reference) {
        return of(reference.source(), reference.role() + " " + reference.name());
    }

    static SourceKey of(ConfigSourceConfig source, String owner) {
        return switch (source) {
            case ConfigSourceConfig.Ads _ -> new Aggregated();
            case ConfigSourceConfig.Grpc _, ConfigSourceConfig.Rest _, ConfigSourceConfig.Path _ ->
                    new Own(source, owner);
        };
    }
}
