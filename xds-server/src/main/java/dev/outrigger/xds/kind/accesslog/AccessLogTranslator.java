// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.kind.accesslog;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.outrigger.policy.kind.sidecar.AccessLog.Format;
import dev.outrigger.policy.kind.sidecar.AccessLog.Sink;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.accesslog.v3.AndFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ComparisonFilter;
import io.envoyproxy.envoy.config.accesslog.v3.DurationFilter;
import io.envoyproxy.envoy.config.accesslog.v3.StatusCodeFilter;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.RuntimeUInt32;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.extensions.access_loggers.file.v3.FileAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StderrAccessLog;
import io.envoyproxy.envoy.extensions.access_loggers.stream.v3.StdoutAccessLog;
import java.util.ArrayList;
import java.util.Optional;

/** {@code accessLog} of a Sidecar: {@code access_log}. Stateless. */
public final class AccessLogTranslator {
    /** Envoy wants to know where an operator could change the value; none may. */
    private static final String NO_RUNTIME_KEY = "outrigger.access_log";

    private AccessLogTranslator() {}

    public static AccessLog translate(dev.outrigger.policy.kind.sidecar.AccessLog log) {
        var format = format(log.format());
        var builder = AccessLog.newBuilder();
        switch (log.sink()) {
            case Sink.ToFile(var path) -> {
                var file = FileAccessLog.newBuilder().setPath(path);
                format.ifPresent(file::setLogFormat);
                logger(builder, "envoy.access_loggers.file", file.build());
            }
            case Sink.Stdout() -> {
                var stdout = StdoutAccessLog.newBuilder();
                format.ifPresent(stdout::setLogFormat);
                logger(builder, "envoy.access_loggers.stdout", stdout.build());
            }
            case Sink.Stderr() -> {
                var stderr = StderrAccessLog.newBuilder();
                format.ifPresent(stderr::setLogFormat);
                logger(builder, "envoy.access_loggers.stderr", stderr.build());
            }
        }
        filter(log).ifPresent(builder::setFilter);
        return builder.build();
    }

    private static void logger(AccessLog.Builder builder, String name, Message config) {
        builder.setName(name).setTypedConfig(Any.pack(config));
    }

    private static Optional<SubstitutionFormatString> format(Format format) {
        return switch (format) {
            case Format.Standard() -> Optional.empty();
            case Format.Text(var line) ->
                    Optional.of(
                            SubstitutionFormatString.newBuilder()
                                    .setTextFormatSource(
                                            DataSource.newBuilder().setInlineString(line + "\n"))
                                    .build());
            case Format.Json(var fields) -> {
                var struct = Struct.newBuilder();
                fields.forEach((name, value) ->
                        struct.putFields(name, Value.newBuilder().setStringValue(value).build()));
                yield Optional.of(
                        SubstitutionFormatString.newBuilder().setJsonFormat(struct).build());
            }
        };
    }

    private static Optional<AccessLogFilter> filter(
            dev.outrigger.policy.kind.sidecar.AccessLog log) {
        var filters = new ArrayList<AccessLogFilter>();
        log.minStatus()
                .ifPresent(status ->
                        filters.add(
                                AccessLogFilter.newBuilder()
                                        .setStatusCodeFilter(
                                                StatusCodeFilter.newBuilder()
                                                        .setComparison(atLeast(status)))
                                        .build()));
        log.minDuration()
                .ifPresent(duration ->
                        filters.add(
                                AccessLogFilter.newBuilder()
                                        .setDurationFilter(
                                                DurationFilter.newBuilder()
                                                        .setComparison(
                                                                atLeast(duration.toMillis())))
                                        .build()));
        if (filters.size() < 2) {
            return filters.stream().findFirst();
        }
        return Optional.of(
                AccessLogFilter.newBuilder()
                        .setAndFilter(AndFilter.newBuilder().addAllFilters(filters))
                        .build());
    }

    private static ComparisonFilter atLeast(long value) {
        return ComparisonFilter.newBuilder()
                .setOp(ComparisonFilter.Op.GE)
                .setValue(
                        RuntimeUInt32.newBuilder()
                                .setDefaultValue((int) value)
                                .setRuntimeKey(NO_RUNTIME_KEY))
                .build();
    }
}
