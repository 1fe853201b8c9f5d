// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.config.ConfigSourceConfig;
import dev.outrigger.dataplane.config.GrpcXdsConfig;

/** Which source, apart from how long one waits for it: equal keys share a subscription. */
sealed interface SourceKey {
    record Aggregated() implements SourceKey {}

    record Own(GrpcXdsConfig api) implements SourceKey {}

    record File(String path) implements SourceKey {}

    static SourceKey of(ConfigSourceConfig source) {
        return switch (source) {
            case ConfigSourceConfig.Ads _ -> new Aggregated();
            case ConfigSourceConfig.Grpc(var api, _) -> new Own(api);
            case ConfigSourceConfig.Path(var path, _) -> new File(path);
        };
    }
}
