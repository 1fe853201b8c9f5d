// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

/**
 * {@code envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext}.
 *
 * @param sni asked for when nothing else decides; empty for none
 * @param autoHostSni whether the host's name is asked for
 * @param autoSniSanValidation whether the peer's certificate must have the name asked for
 * @param maxSessionKeys how many sessions are kept for resumption; 0 for none
 */
public record UpstreamTlsConfig(
        CommonTlsConfig common,
        String sni,
        boolean autoHostSni,
        boolean autoSniSanValidation,
        boolean allowRenegotiation,
        int maxSessionKeys) {}
