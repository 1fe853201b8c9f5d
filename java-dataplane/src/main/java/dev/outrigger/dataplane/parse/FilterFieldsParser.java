// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.FilterFields;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.Optional;

/** What routes and virtual hosts say for HTTP filters. */
@SuppressWarnings("deprecation") // cors and rate limits in fields of their own are still sent
final class FilterFieldsParser {
    private FilterFieldsParser() {}

    static FilterFields route(Route proto, String path, Findings findings) {
        RouteAction action = proto.getRoute();
        String at = FieldPaths.join(path, "route");
        return new FilterFields(
                PerFilterConfigParser.parse(proto.getTypedPerFilterConfigMap(), path, findings),
                action.hasCors()
                        ? Optional.of(
                                CorsFilterParser.policy(
                                        action.getCors(), FieldPaths.join(at, "cors"), findings))
                        : Optional.empty(),
                RateLimitParser.parse(
                        action.getRateLimitsList(), FieldPaths.join(at, "rate_limits"), findings),
                action.getIncludeVhRateLimits().getValue(),
                MetadataParser.parse(proto.getMetadata()));
    }

    static FilterFields virtualHost(VirtualHost proto, String path, Findings findings) {
        return new FilterFields(
                PerFilterConfigParser.parse(proto.getTypedPerFilterConfigMap(), path, findings),
                proto.hasCors()
                        ? Optional.of(
                                CorsFilterParser.policy(
                                        proto.getCors(), FieldPaths.join(path, "cors"), findings))
                        : Optional.empty(),
                RateLimitParser.parse(
                        proto.getRateLimitsList(), FieldPaths.join(path, "rate_limits"), findings),
                false,
                MetadataParser.parse(proto.getMetadata()));
    }
}
