// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.HttpFilterConfig;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * {@code http_filters}. The list of filters this proxy has is the list of types of {@code
 * typed_config}; an optional filter it lacks is left out.
 */
final class HttpFilterParser {
    private static final SupportedFields ROUTER =
            SupportedFields.of(Router.getDescriptor())
                    .obeyed(
                            "dynamic_stats",
                            "suppress_envoy_headers",
                            "strict_check_headers",
                            "respect_expected_rq_timeout",
                            "suppress_grpc_request_failure_code_stats")
                    .noEffect("start_child_span", "read only by tracing, which is refused");

    static final SupportedFields FILTER =
            SupportedFields.of(HttpFilter.getDescriptor())
                    .obeyed("name")
                    .extension("typed_config", List.of(() -> ROUTER))
                    .obeyedWithNote("is_optional", "a filter this proxy does not have is left out")
                    .onlyBool("disabled", false);

    private HttpFilterParser() {}

    static List<HttpFilterConfig> parse(List<HttpFilter> protos, String path, Findings findings) {
        var filters = new ArrayList<HttpFilterConfig>();
        for (int i = 0; i < protos.size(); i++) {
            HttpFilter proto = protos.get(i);
            String at = FieldPaths.index(path, i);
            if (!proto.hasTypedConfig()) {
                if (!proto.getIsOptional()) {
                    findings.invalid(
                            at,
                            proto.getName(),
                            "Didn't find a registered implementation for '"
                                    + proto.getName()
                                    + "' with type URL: ''");
                }
                continue;
            }
            Values.unpack(
                            proto.getTypedConfig(),
                            Router.class,
                            FieldPaths.join(at, "typed_config"),
                            findings)
                    .ifPresent(router -> filters.add(router(proto.getName(), router)));
            if (!filters.isEmpty()
                    && filters.getLast() instanceof HttpFilterConfig.Router
                    && i < protos.size() - 1) {
                findings.invalid(
                        at,
                        proto.getName(),
                        "Error: terminal filter named "
                                + proto.getName()
                                + " of type envoy.filters.http.router must be the last filter in a"
                                + " http filter chain.");
                return filters;
            }
        }
        if (filters.isEmpty()) {
            findings.unsupported(
                    path, "", "a chain without envoy.filters.http.router is not supported");
        }
        return filters;
    }

    private static HttpFilterConfig router(String name, Router proto) {
        return new HttpFilterConfig.Router(
                name,
                !proto.hasDynamicStats() || proto.getDynamicStats().getValue(),
                proto.getSuppressEnvoyHeaders(),
                proto.getStrictCheckHeadersList().stream()
                        .map(each -> each.toLowerCase(Locale.ROOT))
                        .toList(),
                proto.getRespectExpectedRqTimeout(),
                proto.getSuppressGrpcRequestFailureCodeStats());
    }
}
