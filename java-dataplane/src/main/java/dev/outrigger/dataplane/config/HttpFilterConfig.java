// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

/**
 * What an entry of {@code http_filters} says, defaults resolved. Each filter's room has its own;
 * only the router's is here, because the connection manager itself reads it.
 */
public interface HttpFilterConfig {
    /** {@code envoy.filters.http.router}; always last. */
    record Router(boolean dynamicStats, boolean suppressEnvoyHeaders) implements HttpFilterConfig {}
}
