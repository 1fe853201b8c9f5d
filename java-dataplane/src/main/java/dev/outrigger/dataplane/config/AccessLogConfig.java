// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

/** One access log: where it goes and in which format. */
public record AccessLogConfig(Sink sink, Format format) {
    /** Where lines are written. */
    public sealed interface Sink {
        record File(String path) implements Sink {}

        record Stdout() implements Sink {}

        record Stderr() implements Sink {}
    }

    /** How a line looks. JSON follows. */
    public sealed interface Format {
        /** Envoy's default text format. */
        record Default() implements Format {}

        /** Command operators; the string carries its own line end. */
        record Text(String format) implements Format {}
    }
}
