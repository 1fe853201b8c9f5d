// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

/**
 * One reason a resource is refused.
 *
 * @param path of the field from the message parsed, for example {@code
 *     filter_chains[0].filters[0].typed_config.stat_prefix}; empty for the message itself
 * @param value what was there, as short text; empty where the value says nothing
 * @param reason in Envoy's words where Envoy has some, else what was expected
 */
public record Rejection(Kind kind, String path, String value, String reason) {
    /** Why, and with it how much is refused. */
    public enum Kind {
        /** A constraint of the top-level message itself: Envoy refuses the whole response. */
        CONSTRAINT,
        /** A value that cannot be used. */
        INVALID,
        /** A field Envoy has and this proxy does not support. */
        UNSUPPORTED,
        /** A field or an extension neither knows. */
        UNKNOWN
    }

    /** For humans: the path unless Envoy's words stand alone, then the reason. */
    public String message() {
        return path.isEmpty() ? reason : path + ": " + reason;
    }

    /** The same reason, seen from a message that contains this one. */
    public Rejection under(String prefix) {
        return new Rejection(kind, FieldPaths.join(prefix, path), value, reason);
    }
}
