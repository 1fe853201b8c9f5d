// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

/** One entry of {@code http_filters}, in the order sent. The list is closed per release. */
public sealed interface HttpFilterConfig {
    String name();

    /** {@code envoy.filters.http.router}; always last. */
    record Router(String name, boolean dynamicStats, boolean suppressEnvoyHeaders)
            implements HttpFilterConfig {}
}
