// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import dev.outrigger.policy.kind.capability.Capabilities;
import picocli.CommandLine.Option;

/** Which proxies documents must suit. */
final class ProxiesOption {
    /** As they are typed. */
    private enum Mesh {
        any,
        envoy
    }

    @Option(
            names = "--proxies",
            paramLabel = "any|envoy",
            defaultValue = "any",
            description = {
                "Which proxies there are. What one of them cannot do is refused: with 'envoy', only"
                        + " what Envoy cannot do.",
                "Default: ${DEFAULT-VALUE}."
            })
    private Mesh proxies = Mesh.any;

    Capabilities capabilities() {
        return switch (proxies) {
            case any -> Capabilities.ALL_PROXIES;
            case envoy -> Capabilities.ENVOY_ONLY;
        };
    }
}
