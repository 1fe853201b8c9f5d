// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.httproute;

import dev.outrigger.policy.kind.httproute.HttpRouteSpec.BackendRef;
import dev.outrigger.policy.model.Percentage;
import java.util.List;
import java.util.Optional;

/**
 * What a rule does to a request beside choosing a backend (Gateway API's {@code filters}).
 *
 * @param answer given without any backend
 */
public record RouteFilters(
        HeaderEdits request,
        HeaderEdits response,
        Optional<Rewrite> rewrite,
        Optional<Answer> answer,
        List<Mirror> mirrors) {
    public static final RouteFilters NONE =
            new RouteFilters(
                    HeaderEdits.NONE,
                    HeaderEdits.NONE,
                    Optional.empty(),
                    Optional.empty(),
                    List.of());

    public RouteFilters {
        mirrors = List.copyOf(mirrors);
    }

    /**
     * Edits of headers; no name occurs twice.
     *
     * @param set replaces what there is
     * @param add adds to what there is
     */
    public record HeaderEdits(List<Header> set, List<Header> add, List<String> remove) {
        public static final HeaderEdits NONE = new HeaderEdits(List.of(), List.of(), List.of());

        public HeaderEdits {
            set = List.copyOf(set);
            add = List.copyOf(add);
            remove = List.copyOf(remove);
        }

        public boolean isEmpty() {
            return set.isEmpty() && add.isEmpty() && remove.isEmpty();
        }
    }

    /** A header; the value is meant literally. */
    public record Header(String name, String value) {}

    /** At least one of the two is there. */
    public record Rewrite(Optional<String> hostname, Optional<PathChange> path) {}

    /** What becomes of the path; the query stays. */
    public sealed interface PathChange {
        record ReplaceFull(String path) implements PathChange {}

        /** In place of what the rule's prefix matched; its matches are all prefixes. */
        record ReplacePrefix(String prefix) implements PathChange {}
    }

    /** A reply of the proxy's own. */
    public sealed interface Answer {
        /**
         * What is absent stays as it was in the request.
         *
         * @param status 301, 302, 303, 307 or 308
         */
        record Redirect(
                Optional<String> scheme,
                Optional<String> hostname,
                Optional<Integer> port,
                Optional<PathChange> path,
                int status)
                implements Answer {}

        /**
         * @param status 200..599
         */
        record Direct(int status, Optional<String> body) implements Answer {}
    }

    /**
     * A copy of a share of the requests goes there too; nobody waits for its response.
     *
     * @param index where it stands among the rule's filters
     */
    public record Mirror(int index, BackendRef backend, Percentage percent) {}
}
