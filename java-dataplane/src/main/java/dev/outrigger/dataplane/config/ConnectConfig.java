// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.util.Optional;

/**
 * A CONNECT ends here and goes on as plain TCP ({@code connect_config}, W4).
 *
 * @param allowPost whether a POST does so too
 * @param proxyProtocol how the host is told on whose behalf it is, before anything else
 */
public record ConnectConfig(boolean allowPost, Optional<ProxyProtocolConfig> proxyProtocol) {}
