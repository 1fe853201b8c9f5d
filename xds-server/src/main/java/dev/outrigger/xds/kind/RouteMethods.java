// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.kind;

import java.util.List;

/** The request methods one Envoy route is for. */
public sealed interface RouteMethods {
    /** Whatever the match says, nothing added. */
    record Any() implements RouteMethods {}

    /** Only these; the first half of a split route. */
    record Only(List<String> methods) implements RouteMethods {
        public Only {
            methods = List.copyOf(methods);
        }
    }

    /** What the first half of a split route left over. */
    record Rest() implements RouteMethods {}
}
