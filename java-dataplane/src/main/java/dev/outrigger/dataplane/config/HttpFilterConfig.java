// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.util.List;

/** One entry of {@code http_filters}, in the order sent. The list is closed per release. */
public sealed interface HttpFilterConfig {
    String name();

    /**
     * {@code envoy.filters.http.router}; always last.
     *
     * @param strictCheckHeaders in lower case
     */
    record Router(
            String name,
            boolean dynamicStats,
            boolean suppressEnvoyHeaders,
            List<String> strictCheckHeaders,
            boolean respectExpectedRqTimeout,
            boolean suppressGrpcRequestFailureCodeStats)
            implements HttpFilterConfig {
        public Router {
            strictCheckHeaders = List.copyOf(strictCheckHeaders);
        }
    }
}
