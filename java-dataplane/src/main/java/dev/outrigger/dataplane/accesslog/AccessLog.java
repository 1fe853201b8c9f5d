// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

import dev.outrigger.dataplane.config.AccessLogConfig;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A configured access log: a compiled format, what it speaks of, and an open sink. Shared by all
 * workers.
 *
 * @param sink of lines; {@code null} with {@code entries}
 * @param entries of a service; {@code null} with {@code sink}
 */
public record AccessLog(
        LogFormat format,
        LogFilter filter,
        AccessLogSinks.@Nullable Sink sink,
        @Nullable EntryLog entries) {
    /**
     * @param filter compiled from the configuration's
     * @throws IOException if the sink cannot be opened
     */
    public static AccessLog open(AccessLogConfig config, LogFilter filter, AccessLogSinks sinks)
            throws IOException {
        LogFormat format = LogFormat.of(config.format());
        return config.sink() instanceof AccessLogConfig.Sink.Grpc service
                ? new AccessLog(format, filter, null, sinks.openEntries(service))
                : new AccessLog(format, filter, sinks.open(config.sink()), null);
    }
}
