// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.Any;
import dev.outrigger.dataplane.config.HttpFilterConfig;
import dev.outrigger.dataplane.config.HttpFilterEntry;
import dev.outrigger.dataplane.config.UpstreamLogConfig;
import dev.outrigger.dataplane.message.Ascii;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code http_filters}. The type of {@code typed_config} says which filter is meant ({@link
 * HttpFilterTypes}); an optional one this proxy lacks is left out.
 */
final class HttpFilterParser {
    private static final SupportedFields UPSTREAM_LOG_OPTIONS =
            SupportedFields.of(Router.UpstreamAccessLogOptions.class)
                    .obeyed("flush_upstream_log_on_upstream_stream", "upstream_log_flush_interval");

    private static final SupportedFields ROUTER =
            SupportedFields.of(Router.class)
                    .obeyed(
                            "dynamic_stats",
                            "suppress_envoy_headers",
                            "strict_check_headers",
                            "respect_expected_rq_timeout",
                            "suppress_grpc_request_failure_code_stats")
                    .nested("upstream_http_filters", () -> UpstreamFiltersParser.FILTER)
                    .nested("upstream_log", () -> AccessLogParser.ACCESS_LOG)
                    .nested("upstream_log_options", () -> UPSTREAM_LOG_OPTIONS)
                    .noEffect("start_child_span", "read only by tracing, which is refused");

    static final HttpFilterType ROUTER_TYPE =
            HttpFilterType.of(
                            "envoy.filters.http.router",
                            Router.class,
                            ROUTER,
                            (proto, path, findings) ->
                                    new HttpFilterConfig.Router(
                                            !proto.hasDynamicStats()
                                                    || proto.getDynamicStats().getValue(),
                                            proto.getSuppressEnvoyHeaders(),
                                            proto.getStrictCheckHeadersList().stream()
                                                    .map(each -> Ascii.lower(each))
                                                    .toList(),
                                            proto.getRespectExpectedRqTimeout(),
                                            proto.getSuppressGrpcRequestFailureCodeStats(),
                                            upstreamLog(proto, path, findings),
                                            UpstreamFiltersParser.ofRouter(
                                                    proto.getUpstreamHttpFiltersList(),
                                                    FieldPaths.join(path, "upstream_http_filters"),
                                                    findings)))
                    .asTerminal();

    private static UpstreamLogConfig upstreamLog(Router proto, String path, Findings findings) {
        var options = proto.getUpstreamLogOptions();
        return new UpstreamLogConfig(
                AccessLogParser.parse(
                        proto.getUpstreamLogList(),
                        FieldPaths.join(path, "upstream_log"),
                        findings),
                options.getFlushUpstreamLogOnUpstreamStream(),
                Values.duration(
                        options.getUpstreamLogFlushInterval(),
                        FieldPaths.join(path, "upstream_log_options.upstream_log_flush_interval"),
                        findings));
    }

    static SupportedFields filter() {
        return Filter.TABLE;
    }

    /** Read when asked for, so that the filters' own tables exist by then. */
    private static final class Filter {
        static final SupportedFields TABLE =
                SupportedFields.of(HttpFilter.class)
                        .obeyed("name")
                        .extension("typed_config", HttpFilterTypes.tables())
                        .obeyedWithNote(
                                "is_optional", "a filter this proxy does not have is left out")
                        .nested("config_discovery", ExtensionConfigParser::source)
                        .obeyed("disabled");

        private Filter() {}
    }

    private HttpFilterParser() {}

    static List<HttpFilterEntry> parse(List<HttpFilter> protos, String path, Findings findings) {
        var filters = new ArrayList<HttpFilterEntry>();
        boolean terminated = false;
        for (int i = 0; i < protos.size(); i++) {
            HttpFilter proto = protos.get(i);
            String at = FieldPaths.index(path, i);
            if (proto.hasConfigDiscovery()) {
                terminated |= discovered(proto, at, findings, filters);
                continue;
            }
            if (!proto.hasTypedConfig()) {
                checkLeftOut(proto, at, findings);
                continue;
            }
            Optional<HttpFilterType> type = HttpFilterTypes.find(proto.getTypedConfig());
            if (type.isEmpty()) {
                continue; // reported by the table, unless it is optional
            }
            terminated |= type.get().terminal();
            checkPlace(proto, type.get(), i == protos.size() - 1, at, findings);
            type.get()
                    .reader()
                    .read(proto.getTypedConfig(), FieldPaths.join(at, "typed_config"), findings)
                    .ifPresent(config ->
                            filters.add(
                                    new HttpFilterEntry(
                                            proto.getName(), proto.getDisabled(), config)));
        }
        if (!terminated && findings.isEmpty()) {
            findings.unsupported(
                    path, "", "a chain without envoy.filters.http.router is not supported");
        }
        return filters;
    }

    private static void checkLeftOut(HttpFilter proto, String path, Findings findings) {
        if (!proto.getIsOptional()) {
            findings.invalid(
                    path,
                    proto.getName(),
                    "Didn't find a registered implementation for '"
                            + proto.getName()
                            + "' with type URL: ''");
        }
    }

    /** Returns whether it may be the one that ends the chain. */
    private static boolean discovered(
            HttpFilter proto, String path, Findings findings, List<HttpFilterEntry> filters) {
        var source = proto.getConfigDiscovery();
        ExtensionConfigParser.discovered(
                        proto.getName(),
                        source,
                        FieldPaths.join(path, "config_discovery"),
                        findings)
                .ifPresent(config ->
                        filters.add(
                                new HttpFilterEntry(proto.getName(), proto.getDisabled(), config)));
        return source.getTypeUrlsList().stream()
                .flatMap(url ->
                        HttpFilterTypes.find(Any.newBuilder().setTypeUrl(url).build()).stream())
                .anyMatch(HttpFilterType::terminal);
    }

    private static void checkPlace(
            HttpFilter proto, HttpFilterType type, boolean last, String path, Findings findings) {
        if (type.terminal() && !last) {
            findings.invalid(
                    path,
                    proto.getName(),
                    "Error: terminal filter named "
                            + proto.getName()
                            + " of type "
                            + type.canonicalName()
                            + " must be the last filter in a http filter chain.");
        } else if (!type.terminal() && last) {
            findings.invalid(
                    path,
                    proto.getName(),
                    "Error: non-terminal filter named "
                            + proto.getName()
                            + " of type "
                            + type.canonicalName()
                            + " is the last filter in a http filter chain.");
        }
    }
}
