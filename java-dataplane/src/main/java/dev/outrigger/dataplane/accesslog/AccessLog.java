// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

import dev.outrigger.dataplane.config.AccessLogConfig;
import java.io.IOException;

/** A configured access log: a compiled format and an open sink. Shared by all workers. */
public record AccessLog(FormatString format, AccessLogSinks.Sink sink) {
    /**
     * @throws IOException if the sink cannot be opened
     */
    public static AccessLog open(AccessLogConfig config, AccessLogSinks sinks) throws IOException {
        String format =
                switch (config.format()) {
                    case AccessLogConfig.Format.Default() -> FormatString.DEFAULT_LOG;
                    case AccessLogConfig.Format.Text(String text) -> text;
                };
        return new AccessLog(FormatString.parse(format, true), sinks.open(config.sink()));
    }
}
