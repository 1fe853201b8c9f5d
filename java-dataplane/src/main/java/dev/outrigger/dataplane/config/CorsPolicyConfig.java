// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import dev.outrigger.dataplane.config.RouteMatchConfig.ValueMatch;
import java.util.List;
import java.util.Optional;

/**
 * A CORS policy, whether it stands in a route or in {@code typed_per_filter_config}. Texts are
 * empty where nothing was said; what is not said here is said by the level above.
 */
public record CorsPolicyConfig(
        List<ValueMatch> allowOrigins,
        String allowMethods,
        String allowHeaders,
        String exposeHeaders,
        String maxAge,
        Optional<Boolean> allowCredentials,
        Optional<RuntimeFractionalPercent> filterEnabled,
        Optional<RuntimeFractionalPercent> shadowEnabled,
        Optional<Boolean> allowPrivateNetworkAccess,
        Optional<Boolean> forwardNotMatchingPreflights) {
    public CorsPolicyConfig {
        allowOrigins = List.copyOf(allowOrigins);
    }
}
