// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.time.Duration;

/** Where resources of one type come from ({@code envoy.config.core.v3.ConfigSource}). */
public sealed interface ConfigSourceConfig {
    /** How long initialisation waits for the first answer; zero waits for ever; default 15 s. */
    Duration initialFetchTimeout();

    /** The aggregated stream of {@code dynamic_resources.ads_config}. */
    record Ads(Duration initialFetchTimeout) implements ConfigSourceConfig {}

    /** A stream of its own. */
    record Grpc(GrpcXdsConfig api, Duration initialFetchTimeout) implements ConfigSourceConfig {}

    /** Asked over and over. */
    record Rest(RestXdsConfig api, Duration initialFetchTimeout) implements ConfigSourceConfig {}

    /** A file with a DiscoveryResponse, watched for being replaced by a move. */
    record Path(String path, Duration initialFetchTimeout) implements ConfigSourceConfig {}
}
