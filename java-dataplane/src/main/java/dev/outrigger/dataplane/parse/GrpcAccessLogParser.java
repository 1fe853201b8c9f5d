// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.Any;
import dev.outrigger.dataplane.config.AccessLogConfig;
import dev.outrigger.dataplane.config.AccessLogConfig.Format;
import dev.outrigger.dataplane.config.AccessLogConfig.Sink;
import dev.outrigger.dataplane.message.Ascii;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.CommonGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.TcpGrpcAccessLogConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Access logs that go to a gRPC service. */
final class GrpcAccessLogParser {
    private static final Duration DEFAULT_FLUSH_INTERVAL = Duration.ofSeconds(1);
    private static final int DEFAULT_BUFFER_BYTES = 16 * 1024;

    private static final SupportedFields COMMON =
            SupportedFields.of(CommonGrpcAccessLogConfig.class)
                    .obeyed("log_name", "buffer_flush_interval", "buffer_size_bytes")
                    .nested("grpc_service", () -> ConfigSourceParser.GRPC_SERVICE)
                    .onlyEnum("transport_api_version", "V3")
                    .noEffect("filter_state_objects_to_log", "no filter keeps such objects")
                    .nested("custom_tags", () -> CustomTagParser.TAG);

    static final SupportedFields HTTP =
            SupportedFields.of(HttpGrpcAccessLogConfig.class)
                    .nested("common_config", () -> COMMON)
                    .obeyed(
                            "additional_request_headers_to_log",
                            "additional_response_headers_to_log",
                            "additional_response_trailers_to_log");

    static final SupportedFields TCP =
            SupportedFields.of(TcpGrpcAccessLogConfig.class).nested("common_config", () -> COMMON);

    private GrpcAccessLogParser() {}

    /** Empty for another kind of access log. */
    static Optional<AccessLogConfig> parse(Any any, String path, Findings findings) {
        return Values.unpack(any, HttpGrpcAccessLogConfig.class, path, findings)
                .flatMap(http ->
                        sink(
                                http.getCommonConfig(),
                                false,
                                lower(http.getAdditionalRequestHeadersToLogList()),
                                lower(http.getAdditionalResponseHeadersToLogList()),
                                lower(http.getAdditionalResponseTrailersToLogList()),
                                path,
                                findings))
                .or(() ->
                        Values.unpack(any, TcpGrpcAccessLogConfig.class, path, findings)
                                .flatMap(tcp ->
                                        sink(
                                                tcp.getCommonConfig(),
                                                true,
                                                List.of(),
                                                List.of(),
                                                List.of(),
                                                path,
                                                findings)))
                .map(sink -> new AccessLogConfig(sink, new Format.Default()));
    }

    private static Optional<Sink> sink(
            CommonGrpcAccessLogConfig common,
            boolean tcp,
            List<String> requestHeaders,
            List<String> responseHeaders,
            List<String> responseTrailers,
            String path,
            Findings findings) {
        String at = FieldPaths.join(path, "common_config");
        return ConfigSourceParser.service(
                        common.getGrpcService(), FieldPaths.join(at, "grpc_service"), findings)
                .map(service ->
                        new Sink.Grpc(
                                service,
                                common.getLogName(),
                                tcp,
                                common.hasBufferFlushInterval()
                                        ? Values.duration(
                                                common.getBufferFlushInterval(),
                                                FieldPaths.join(at, "buffer_flush_interval"),
                                                findings)
                                        : DEFAULT_FLUSH_INTERVAL,
                                common.hasBufferSizeBytes()
                                        ? Values.clamp(common.getBufferSizeBytes())
                                        : DEFAULT_BUFFER_BYTES,
                                requestHeaders,
                                responseHeaders,
                                responseTrailers,
                                CustomTagParser.parse(common.getCustomTagsList())));
    }

    private static List<String> lower(List<String> names) {
        return names.stream().map(name -> Ascii.lower(name)).toList();
    }
}
