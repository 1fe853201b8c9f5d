// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.ConnectionLimitConfig;
import dev.outrigger.dataplane.config.RuntimeFeatureFlag;
import io.envoyproxy.envoy.extensions.filters.network.connection_limit.v3.ConnectionLimit;

/** {@code envoy.filters.network.connection_limit}. */
final class ConnectionLimitParser {
    private static final SupportedFields ENABLED =
            SupportedFields.of(
                            io.envoyproxy.envoy.config.core.v3.RuntimeFeatureFlag.class,
                            "connection limit")
                    .obeyed("default_value", "runtime_key");

    static final SupportedFields CONNECTION_LIMIT =
            SupportedFields.of(ConnectionLimit.class)
                    .obeyed("stat_prefix", "max_connections", "delay")
                    .nested("runtime_enabled", () -> ENABLED);

    private ConnectionLimitParser() {}

    static ConnectionLimitConfig parse(ConnectionLimit proto, String path, Findings findings) {
        if (!proto.hasMaxConnections()) {
            findings.invalid(
                    FieldPaths.join(path, "max_connections"),
                    "",
                    "Field 'max_connections' is missing in: " + proto);
        }
        var enabled = proto.getRuntimeEnabled();
        return new ConnectionLimitConfig(
                proto.getStatPrefix(),
                proto.getMaxConnections().getValue(),
                Values.duration(proto.getDelay(), FieldPaths.join(path, "delay"), findings),
                new RuntimeFeatureFlag(
                        !enabled.hasDefaultValue() || enabled.getDefaultValue().getValue(),
                        enabled.getRuntimeKey()));
    }
}
