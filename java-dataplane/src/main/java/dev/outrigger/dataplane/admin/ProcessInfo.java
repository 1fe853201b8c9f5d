// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

import java.util.Map;

/**
 * What the admin paths say about the process itself.
 *
 * @param version for {@code /server_info}, in Envoy's form {@code sha/1.2.3/Clean/RELEASE/x}
 * @param bootstrap the accepted {@code envoy.config.bootstrap.v3.Bootstrap} with the node as sent,
 *     serialized
 * @param commandLineOptions by the field names of {@code envoy.admin.v3.CommandLineOptions}; values
 *     are strings, booleans or integers; durations as {@code "600s"}; fields left out get Envoy's
 *     defaults
 */
@SuppressWarnings("ArrayRecordComponent") // Made once per process and never compared.
public record ProcessInfo(
        String version, byte[] bootstrap, Map<String, Object> commandLineOptions) {
    public ProcessInfo {
        commandLineOptions = Map.copyOf(commandLineOptions);
    }
}
