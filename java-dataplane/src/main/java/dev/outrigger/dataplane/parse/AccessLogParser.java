// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.AccessLogConfig;
import dev.outrigger.dataplane.config.AccessLogConfig.Format;
import dev.outrigger.dataplane.config.AccessLogConfig.Sink;
import dev.outrigger.dataplane.config.AccessLogFilterConfig;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StderrAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StdoutAccessLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code envoy.config.accesslog.v3.AccessLog} to {@link AccessLogConfig}. */
@SuppressWarnings("deprecation") // control planes still send the plain text formats
final class AccessLogParser {
    private static final SupportedFields FILE =
            SupportedFields.of(FileAccessLog.class)
                    .obeyed("path", "format")
                    .nested("log_format", () -> SubstitutionFormats.LOG);

    private static final SupportedFields STDOUT =
            SupportedFields.of(StdoutAccessLog.class)
                    .nested("log_format", () -> SubstitutionFormats.LOG);

    private static final SupportedFields STDERR =
            SupportedFields.of(StderrAccessLog.class)
                    .nested("log_format", () -> SubstitutionFormats.LOG);

    static final SupportedFields ACCESS_LOG =
            SupportedFields.of(AccessLog.class)
                    .noEffect("name", "the type decides")
                    .nested("filter", () -> AccessLogFilterParser.FILTER)
                    .extension(
                            "typed_config",
                            List.of(
                                    () -> FILE,
                                    () -> STDOUT,
                                    () -> STDERR,
                                    () -> GrpcAccessLogParser.HTTP,
                                    () -> GrpcAccessLogParser.TCP));

    private AccessLogParser() {}

    static List<AccessLogConfig> parse(List<AccessLog> protos, String path, Findings findings) {
        var logs = new ArrayList<AccessLogConfig>();
        for (int i = 0; i < protos.size(); i++) {
            AccessLog proto = protos.get(i);
            String at = FieldPaths.index(path, i);
            AccessLogFilterConfig filter =
                    proto.hasFilter()
                            ? AccessLogFilterParser.parse(
                                    proto.getFilter(), FieldPaths.join(at, "filter"), findings)
                            : new AccessLogFilterConfig.Always();
            one(proto, at, findings)
                    .map(log -> new AccessLogConfig(log.sink(), log.format(), filter))
                    .ifPresent(logs::add);
        }
        return logs;
    }

    private static Optional<AccessLogConfig> one(AccessLog proto, String path, Findings findings) {
        String at = FieldPaths.join(path, "typed_config");
        if (!proto.hasTypedConfig()) {
            findings.invalid(
                    path,
                    proto.getName(),
                    "Didn't find a registered implementation for '"
                            + proto.getName()
                            + "' with type URL: ''");
            return Optional.empty();
        }
        var any = proto.getTypedConfig();
        var grpc = GrpcAccessLogParser.parse(any, at, findings);
        if (grpc.isPresent()) {
            return grpc;
        }
        var file = Values.unpack(any, FileAccessLog.class, at, findings);
        if (file.isPresent()) {
            FileAccessLog log = file.get();
            Format format =
                    log.hasFormat()
                            ? text(log.getFormat(), FieldPaths.join(at, "format"), findings)
                            : format(log.hasLogFormat(), log.getLogFormat(), at, findings);
            return Optional.of(new AccessLogConfig(new Sink.File(log.getPath()), format));
        }
        return Values.unpack(any, StdoutAccessLog.class, at, findings)
                .map(log ->
                        new AccessLogConfig(
                                new Sink.Stdout(),
                                format(log.hasLogFormat(), log.getLogFormat(), at, findings)))
                .or(() ->
                        Values.unpack(any, StderrAccessLog.class, at, findings)
                                .map(log ->
                                        new AccessLogConfig(
                                                new Sink.Stderr(),
                                                format(
                                                        log.hasLogFormat(),
                                                        log.getLogFormat(),
                                                        at,
                                                        findings))));
    }

    private static Format format(
            boolean present, SubstitutionFormatString proto, String path, Findings findings) {
        if (!present) {
            return new Format.Default();
        }
        String at = FieldPaths.join(path, "log_format");
        if (proto.hasJsonFormat()) {
            return new Format.Json(
                    SubstitutionFormats.json(
                            proto.getJsonFormat(), FieldPaths.join(at, "json_format"), findings),
                    proto.getOmitEmptyValues());
        }
        String text = SubstitutionFormats.text(proto, at, findings);
        return text.isEmpty() ? new Format.Default() : new Format.Text(text);
    }

    /** An empty text format means the default one, as in Envoy. */
    private static Format text(String format, String path, Findings findings) {
        if (format.isEmpty()) {
            return new Format.Default();
        }
        FormatStrings.check(format, path, findings);
        return new Format.Text(format);
    }
}
