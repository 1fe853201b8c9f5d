// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.util.List;

/** {@code envoy.type.tracing.v3.CustomTag}: something to be told besides, by a name of its own. */
public record CustomTagConfig(String tag, Source source) {
    /** Where the value comes from; an empty one is not told. */
    public sealed interface Source {
        record Literal(String value) implements Source {}

        record Environment(String variable, String defaultValue) implements Source {}

        /**
         * @param name in lower case
         */
        record RequestHeader(String name, String defaultValue) implements Source {}

        /**
         * @param path below the namespace {@code key}
         */
        record OfMetadata(Kind kind, String key, List<String> path, String defaultValue)
                implements Source {
            public OfMetadata {
                path = List.copyOf(path);
            }
        }
    }

    /** Whose metadata is read. */
    public enum Kind {
        REQUEST,
        ROUTE,
        CLUSTER,
        HOST
    }
}
