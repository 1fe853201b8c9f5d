// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import java.util.Optional;

/** Makes bootstrap files for proxies. Implemented by the xDS server, which knows its address. */
@FunctionalInterface
public interface BootstrapSource {
    /** Never throws for what the caller asked for: says what is wrong with it. */
    Result bootstrap(Request request);

    /** For which proxy. */
    enum Flavor {
        ENVOY,
        JAVA
    }

    /**
     * What the caller asked for.
     *
     * @param service becomes the node's cluster
     * @param id the node's id; chosen by the source when absent
     * @param adminPort of the proxy; 0 to let the system choose
     * @param xds host and port of the xDS server as the proxy reaches it
     * @param tls the proxy's credentials, for a control plane that asks for them
     * @param apiAuthority the host and port by which the caller reached this API
     */
    record Request(
            Flavor flavor,
            String service,
            Optional<String> id,
            Optional<Integer> adminPort,
            Optional<String> xds,
            ClientFiles tls,
            String apiAuthority) {}

    /** Where a proxy's credentials are on its own machine; chosen by the source when absent. */
    record ClientFiles(
            Optional<String> certificate, Optional<String> key, Optional<String> authorities) {
        public static final ClientFiles NONE =
                new ClientFiles(Optional.empty(), Optional.empty(), Optional.empty());

        public boolean isGiven() {
            return !equals(NONE);
        }
    }

    /** The file, or why there is none. */
    sealed interface Result {
        record Yaml(String text) implements Result {}

        /** A parameter of the request is wrong. */
        record Refused(String parameter, String detail) implements Result {}
    }
}
