// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.sidecar;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A line for every request that a proxy has done with.
 *
 * @param minStatus only responses with this status or a higher one
 * @param minDuration only requests that took at least so long, in whole milliseconds
 */
public record AccessLog(
        Sink sink, Format format, Optional<Integer> minStatus, Optional<Duration> minDuration) {
    /** Where lines go. */
    public sealed interface Sink {
        /** Appended to a file of the proxy's machine; an absolute path. */
        record ToFile(String path) implements Sink {}

        record Stdout() implements Sink {}

        record Stderr() implements Sink {}
    }

    /** What a line looks like, with Envoy's command operators. */
    public sealed interface Format {
        /** Envoy's own. */
        record Standard() implements Format {}

        record Text(String line) implements Format {}

        /** An object with these fields, in this order. */
        record Json(Map<String, String> fields) implements Format {
            public Json {
                fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
            }
        }
    }
}
