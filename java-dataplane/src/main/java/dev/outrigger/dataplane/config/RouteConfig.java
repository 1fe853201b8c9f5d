// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.util.Optional;

/**
 * {@code envoy.config.route.v3.Route}: a match and what to do.
 *
 * @param statPrefix of the route's own stats; empty for none
 */
public record RouteConfig(
        String name,
        RouteMatchConfig match,
        RouteActionConfig action,
        HeaderEdits requestHeaders,
        HeaderEdits responseHeaders,
        Optional<Long> requestBodyBufferLimitBytes,
        String statPrefix,
        FilterFields filters) {}
