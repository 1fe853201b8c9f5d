// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

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
