// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.protobuf.UInt32Value;
import dev.outrigger.dataplane.config.HealthCheckConfig;
import dev.outrigger.dataplane.config.HealthCheckConfig.Check;
import dev.outrigger.dataplane.config.HealthCheckConfig.Intervals;
import dev.outrigger.dataplane.config.HealthCheckConfig.StatusRange;
import io.envoyproxy.envoy.config.core.v3.HealthCheck;
import io.envoyproxy.envoy.config.core.v3.HealthCheck.GrpcHealthCheck;
import io.envoyproxy.envoy.config.core.v3.HealthCheck.HttpHealthCheck;
import io.envoyproxy.envoy.config.core.v3.HealthCheck.Payload;
import io.envoyproxy.envoy.config.core.v3.HealthCheck.TcpHealthCheck;
import io.envoyproxy.envoy.config.core.v3.RequestMethod;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.health_check.event_sinks.file.v3.HealthCheckEventFileSink;
import io.envoyproxy.envoy.type.v3.CodecClientType;
import io.envoyproxy.envoy.type.v3.Int64Range;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** {@code envoy.config.core.v3.HealthCheck} to {@link HealthCheckConfig} (5.8). */
@SuppressWarnings("deprecation") // event_log_path
final class HealthCheckParser {
    /** HC3. */
    private static final Duration DEFAULT_NO_TRAFFIC_INTERVAL = Duration.ofSeconds(60);

    private static final long DEFAULT_RESPONSE_BUFFER_BYTES = 1024;

    private static final SupportedFields PAYLOAD =
            SupportedFields.of(Payload.class).obeyed("text", "binary");

    private static final SupportedFields RANGE =
            SupportedFields.of(Int64Range.class).obeyed("start", "end");

    private static final SupportedFields HTTP =
            SupportedFields.of(HttpHealthCheck.class)
                    .obeyed("host", "path")
                    .nested("send", () -> PAYLOAD)
                    .nested("receive", () -> PAYLOAD)
                    .obeyed("response_buffer_size")
                    .nested("request_headers_to_add", () -> HeaderEditsParser.HEADER_OPTION)
                    .obeyed("request_headers_to_remove")
                    .nested("expected_statuses", () -> RANGE)
                    .nested("retriable_statuses", () -> RANGE)
                    .onlyEnum("codec_client_type", "HTTP1", "HTTP2")
                    .nested("service_name_matcher", () -> RouteMatchParser.STRING)
                    .obeyed("method");

    private static final SupportedFields GRPC =
            SupportedFields.of(GrpcHealthCheck.class)
                    .obeyed("service_name", "authority")
                    .nested("initial_metadata", () -> HeaderEditsParser.HEADER_OPTION);

    private static final SupportedFields TCP =
            SupportedFields.of(TcpHealthCheck.class)
                    .nested("send", () -> PAYLOAD)
                    .nested("receive", () -> PAYLOAD);

    private static final SupportedFields FILE_SINK =
            SupportedFields.of(HealthCheckEventFileSink.class).obeyed("event_log_path");

    private static final SupportedFields EVENT_LOGGER =
            SupportedFields.of(TypedExtensionConfig.class, "health check event sink")
                    .obeyed("name")
                    .extension("typed_config", List.of(() -> FILE_SINK))
                    .messagesOnly();

    private static final SupportedFields TLS =
            SupportedFields.of(HealthCheck.TlsOptions.class).obeyed("alpn_protocols");

    static final SupportedFields HEALTH_CHECK =
            SupportedFields.of(HealthCheck.class)
                    .obeyed("timeout", "interval", "initial_jitter", "interval_jitter")
                    .obeyed("interval_jitter_percent", "unhealthy_threshold", "healthy_threshold")
                    .obeyed("alt_port", "reuse_connection")
                    .nested("http_health_check", () -> HTTP)
                    .nested("tcp_health_check", () -> TCP)
                    .nested("grpc_health_check", () -> GRPC)
                    .obeyed("no_traffic_interval", "no_traffic_healthy_interval")
                    .obeyed("unhealthy_interval", "unhealthy_edge_interval")
                    .obeyed("healthy_edge_interval", "event_log_path")
                    .nested("event_logger", () -> EVENT_LOGGER)
                    .obeyed("always_log_health_check_failures", "always_log_health_check_success")
                    .nested("tls_options", () -> TLS)
                    .obeyed("transport_socket_match_criteria");

    private final HealthCheck proto;
    private final String path;
    private final Findings findings;

    private HealthCheckParser(HealthCheck proto, String path, Findings findings) {
        this.proto = proto;
        this.path = path;
        this.findings = findings;
    }

    static List<HealthCheckConfig> parse(List<HealthCheck> protos, Findings findings) {
        if (protos.size() > 1) {
            findings.invalid(
                    "health_checks", protos.size(), "Multiple health checks not supported");
        }
        var checks = new ArrayList<HealthCheckConfig>();
        for (int i = 0; i < protos.size(); i++) {
            String at = FieldPaths.index("health_checks", i);
            new HealthCheckParser(protos.get(i), at, findings).parse().ifPresent(checks::add);
        }
        return checks;
    }

    private Optional<HealthCheckConfig> parse() {
        Optional<Check> check =
                switch (proto.getHealthCheckerCase()) {
                    case HTTP_HEALTH_CHECK -> Optional.of(http(proto.getHttpHealthCheck()));
                    case GRPC_HEALTH_CHECK -> Optional.of(grpc(proto.getGrpcHealthCheck()));
                    case TCP_HEALTH_CHECK -> Optional.of(tcp(proto.getTcpHealthCheck()));
                    // Reported before by the table, or by the oneof's own constraint.
                    case CUSTOM_HEALTH_CHECK, HEALTHCHECKER_NOT_SET -> Optional.empty();
                };
        return check.map(what ->
                new HealthCheckConfig(
                        what,
                        duration(proto.getTimeout(), "timeout"),
                        intervals(),
                        Values.clamp(proto.getUnhealthyThreshold()),
                        Values.clamp(proto.getHealthyThreshold()),
                        proto.hasAltPort() ? port(proto.getAltPort()) : OptionalInt.empty(),
                        !proto.hasReuseConnection() || proto.getReuseConnection().getValue(),
                        proto.hasTransportSocketMatchCriteria()
                                ? Optional.of(
                                        MetadataParser.struct(
                                                proto.getTransportSocketMatchCriteria()))
                                : Optional.empty(),
                        proto.getTlsOptions().getAlpnProtocolsList(),
                        eventLogs(),
                        proto.getAlwaysLogHealthCheckFailures(),
                        proto.getAlwaysLogHealthCheckSuccess()));
    }

    private OptionalInt port(UInt32Value value) {
        if (Values.unsigned(value) > 65535) {
            findings.invalid(
                    FieldPaths.join(path, "alt_port"), value.getValue(), "expected: 0..65535");
            return OptionalInt.empty();
        }
        return OptionalInt.of(value.getValue());
    }

    private Intervals intervals() {
        Duration interval = duration(proto.getInterval(), "interval");
        Duration noTraffic =
                proto.hasNoTrafficInterval()
                        ? duration(proto.getNoTrafficInterval(), "no_traffic_interval")
                        : DEFAULT_NO_TRAFFIC_INTERVAL;
        Duration unhealthy =
                proto.hasUnhealthyInterval()
                        ? duration(proto.getUnhealthyInterval(), "unhealthy_interval")
                        : interval;
        return new Intervals(
                interval,
                noTraffic,
                proto.hasNoTrafficHealthyInterval()
                        ? duration(
                                proto.getNoTrafficHealthyInterval(), "no_traffic_healthy_interval")
                        : noTraffic,
                unhealthy,
                proto.hasUnhealthyEdgeInterval()
                        ? duration(proto.getUnhealthyEdgeInterval(), "unhealthy_edge_interval")
                        : unhealthy,
                proto.hasHealthyEdgeInterval()
                        ? duration(proto.getHealthyEdgeInterval(), "healthy_edge_interval")
                        : interval,
                duration(proto.getInitialJitter(), "initial_jitter"),
                duration(proto.getIntervalJitter(), "interval_jitter"),
                Values.clamp(Integer.toUnsignedLong(proto.getIntervalJitterPercent())));
    }

    private Duration duration(com.google.protobuf.Duration value, String field) {
        return Values.duration(value, FieldPaths.join(path, field), findings);
    }

    private Check http(HttpHealthCheck http) {
        String at = FieldPaths.join(path, "http_health_check");
        String method =
                http.getMethod() == RequestMethod.METHOD_UNSPECIFIED
                        ? "GET"
                        : http.getMethod().name();
        if (http.hasSend() && List.of("GET", "HEAD", "DELETE", "TRACE").contains(method)) {
            findings.invalid(
                    FieldPaths.join(at, "send"),
                    method,
                    "HTTP health check cannot specify a request payload with method '"
                            + method
                            + "'. Only methods that support a request body (POST, PUT, PATCH,"
                            + " OPTIONS) can be used with payload.");
        }
        List<String> receive = payloads(http.getReceiveList(), FieldPaths.join(at, "receive"));
        long buffer =
                http.hasResponseBufferSize()
                        ? http.getResponseBufferSize().getValue()
                        : DEFAULT_RESPONSE_BUFFER_BYTES;
        long wanted = receive.stream().mapToLong(String::length).sum();
        if (buffer != 0 && wanted > buffer) {
            findings.invalid(
                    FieldPaths.join(at, "response_buffer_size"),
                    buffer,
                    "The expected response length '"
                            + wanted
                            + "' is over than http health response buffer size '"
                            + buffer
                            + "'");
        }
        List<StatusRange> expected =
                ranges(
                        http.getExpectedStatusesList(),
                        "expected",
                        FieldPaths.join(at, "expected_statuses"));
        return new Check.Http(
                http.getCodecClientType() == CodecClientType.HTTP2,
                method,
                http.getHost(),
                http.getPath(),
                HeaderEditsParser.parse(
                        http.getRequestHeadersToAddList(),
                        http.getRequestHeadersToRemoveList(),
                        at,
                        "request",
                        findings),
                payload(http.getSend(), FieldPaths.join(at, "send")),
                receive,
                buffer,
                expected.isEmpty() ? List.of(new StatusRange(200, 201)) : expected,
                ranges(
                        http.getRetriableStatusesList(),
                        "retriable",
                        FieldPaths.join(at, "retriable_statuses")),
                http.hasServiceNameMatcher()
                        ? Optional.of(
                                RouteMatchParser.string(
                                        http.getServiceNameMatcher(),
                                        FieldPaths.join(at, "service_name_matcher"),
                                        findings))
                        : Optional.empty());
    }

    private List<StatusRange> ranges(List<Int64Range> protos, String what, String at) {
        var ranges = new ArrayList<StatusRange>();
        for (int i = 0; i < protos.size(); i++) {
            long start = protos.get(i).getStart();
            long end = protos.get(i).getEnd();
            String wrong = "";
            if (start >= end) {
                wrong = "expecting start < end, but found start=" + start + " and end=" + end;
            } else if (start < 100) {
                wrong = "expecting start >= 100, but found start=" + start;
            } else if (end > 600) {
                wrong = "expecting end <= 600, but found end=" + end;
            }
            if (wrong.isEmpty()) {
                ranges.add(new StatusRange((int) start, (int) end));
            } else {
                findings.invalid(
                        FieldPaths.index(at, i),
                        start,
                        "Invalid http " + what + " status range: " + wrong);
            }
        }
        return ranges;
    }

    private Check grpc(GrpcHealthCheck grpc) {
        return new Check.Grpc(
                grpc.getServiceName(),
                grpc.getAuthority(),
                HeaderEditsParser.parse(
                        grpc.getInitialMetadataList(),
                        List.of(),
                        FieldPaths.join(path, "grpc_health_check"),
                        "request",
                        findings));
    }

    private Check tcp(TcpHealthCheck tcp) {
        String at = FieldPaths.join(path, "tcp_health_check");
        return new Check.Tcp(
                // Envoy never sends a binary payload here.
                payload(
                        Payload.newBuilder().setText(tcp.getSend().getText()).build(),
                        FieldPaths.join(at, "send")),
                payloads(tcp.getReceiveList(), FieldPaths.join(at, "receive")));
    }

    private List<String> payloads(List<Payload> protos, String at) {
        var parts = new ArrayList<String>();
        for (int i = 0; i < protos.size(); i++) {
            parts.add(payload(protos.get(i), FieldPaths.index(at, i)));
        }
        return parts;
    }

    /** Text is hexadecimal. */
    private String payload(Payload proto, String at) {
        return switch (proto.getPayloadCase()) {
            case TEXT -> {
                try {
                    yield new String(HexFormat.of().parseHex(proto.getText()), ISO_8859_1);
                } catch (IllegalArgumentException e) {
                    findings.invalid(
                            at, proto.getText(), "invalid hex string '" + proto.getText() + "'");
                    yield "";
                }
            }
            case BINARY -> proto.getBinary().toString(ISO_8859_1);
            case PAYLOAD_NOT_SET -> "";
        };
    }

    private List<String> eventLogs() {
        var logs = new ArrayList<String>();
        if (!proto.getEventLogPath().isEmpty()) {
            logs.add(proto.getEventLogPath());
        }
        for (int i = 0; i < proto.getEventLoggerCount(); i++) {
            String at = FieldPaths.index(FieldPaths.join(path, "event_logger"), i);
            Values.unpack(
                            proto.getEventLogger(i).getTypedConfig(),
                            HealthCheckEventFileSink.class,
                            FieldPaths.join(at, "typed_config"),
                            findings)
                    .ifPresent(sink -> logs.add(sink.getEventLogPath()));
        }
        return logs;
    }
}
