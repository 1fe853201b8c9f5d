// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import dev.outrigger.policy.kind.capability.Capabilities;
import picocli.CommandLine.Option;

/** Which proxies documents must suit. */
final class ProxiesOption {
    /** As they are typed. */
    private enum Mesh {
        any(Capabilities.ALL_PROXIES),
        envoy(Capabilities.ENVOY_ONLY);

        private final Capabilities capabilities;

        Mesh(Capabilities capabilities) {
            this.capabilities = capabilities;
        }
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
        return proxies.capabilities;
    }
}
