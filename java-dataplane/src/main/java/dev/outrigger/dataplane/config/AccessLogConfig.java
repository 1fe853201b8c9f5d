// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.time.Duration;
import java.util.List;

/** One access log: where it goes, in which format, and which exchanges it speaks of. */
public record AccessLogConfig(Sink sink, Format format, AccessLogFilterConfig filter) {
    /** Logs every exchange. */
    public AccessLogConfig(Sink sink, Format format) {
        this(sink, format, new AccessLogFilterConfig.Always());
    }

    /** Where lines are written. */
    public sealed interface Sink {
        record File(String path) implements Sink {}

        record Stdout() implements Sink {}

        record Stderr() implements Sink {}

        /**
         * A gRPC access log service, which takes entries instead of lines.
         *
         * @param tcp whether entries are those of connections
         * @param bufferFlushInterval how long an entry waits at most; default 1 s
         * @param bufferSizeBytes what is sent before that time; default 16 KiB, 0 for each at once
         * @param requestHeaders put into entries besides, in lower case
         * @param responseHeaders put into entries besides, in lower case
         * @param responseTrailers put into entries besides, in lower case
         * @param customTags told besides
         */
        record Grpc(
                GrpcServiceConfig service,
                String logName,
                boolean tcp,
                Duration bufferFlushInterval,
                int bufferSizeBytes,
                List<String> requestHeaders,
                List<String> responseHeaders,
                List<String> responseTrailers,
                List<CustomTagConfig> customTags)
                implements Sink {
            public Grpc {
                requestHeaders = List.copyOf(requestHeaders);
                responseHeaders = List.copyOf(responseHeaders);
                responseTrailers = List.copyOf(responseTrailers);
                customTags = List.copyOf(customTags);
            }
        }
    }

    /** How a line looks. */
    public sealed interface Format {
        /** Envoy's default text format. */
        record Default() implements Format {}

        /** Command operators; the string carries its own line end. */
        record Text(String format) implements Format {}

        /**
         * One JSON object a line.
         *
         * @param omitEmpty leaves out what has no value
         */
        record Json(JsonTemplate template, boolean omitEmpty) implements Format {}
    }
}
