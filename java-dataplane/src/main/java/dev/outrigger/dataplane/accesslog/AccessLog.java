// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

import dev.outrigger.dataplane.config.AccessLogConfig;
import java.io.IOException;

/**
 * A configured access log: a compiled format, what it speaks of, and an open sink. Shared by all
 * workers.
 */
public record AccessLog(LogFormat format, LogFilter filter, AccessLogSinks.Sink sink) {
    /**
     * @param filter compiled from the configuration's
     * @throws IOException if the sink cannot be opened
     */
    public static AccessLog open(AccessLogConfig config, LogFilter filter, AccessLogSinks sinks)
            throws IOException {
        return new AccessLog(LogFormat.of(config.format()), filter, sinks.open(config.sink()));
    }
}
