// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.httproute;

import dev.outrigger.policy.kind.httproute.RouteFilters.HeaderEdits;
import dev.outrigger.policy.kind.retry.RetryPolicy;
import dev.outrigger.policy.kind.timeouts.TimeoutsPolicy;
import dev.outrigger.policy.model.ServiceRef;
import java.util.List;
import java.util.Optional;

/** Which requests for the parent services go to which backends; see {@link MatchOrder}. */
public record HttpRouteSpec(List<ServiceRef> parentRefs, List<Rule> rules) implements RouteSpec {
    public HttpRouteSpec {
        parentRefs = List.copyOf(parentRefs);
        rules = List.copyOf(rules);
    }

    @Override
    public boolean isGrpc() {
        return false;
    }

    /**
     * One rule.
     *
     * @param name the {@code sectionName} policies may target; unique within the route; generated
     *     as {@code rule-<index>} when the document gives none
     * @param matches any of these; never empty (a rule without matches has the one that accepts
     *     all)
     * @param backendRefs empty if and only if the rule's filters answer
     */
    public record Rule(
            String name,
            List<Match> matches,
            RouteFilters filters,
            List<BackendRef> backendRefs,
            Optional<TimeoutsPolicy> timeouts,
            Optional<RetryPolicy> retry) {
        public Rule {
            matches = List.copyOf(matches);
            backendRefs = List.copyOf(backendRefs);
        }
    }

    /** All conditions must hold. */
    public record Match(
            PathMatch path,
            Optional<String> method,
            List<ValueMatch> headers,
            List<ValueMatch> queryParams) {
        public static final Match ANY =
                new Match(new PathMatch.Prefix("/"), Optional.empty(), List.of(), List.of());

        public Match {
            headers = List.copyOf(headers);
            queryParams = List.copyOf(queryParams);
        }
    }

    /** A condition on the path without its query. */
    public sealed interface PathMatch {
        record Exact(String value) implements PathMatch {}

        /**
         * Whole segments: {@code /foo} matches {@code /foo} and {@code /foo/x}, not {@code
         * /foobar}.
         */
        record Prefix(String value) implements PathMatch {}

        /** RE2, full match. */
        record Regex(String value) implements PathMatch {}
    }

    /**
     * A condition on one header or query parameter.
     *
     * @param regex whether {@code value} is an RE2 expression that must match fully
     */
    public record ValueMatch(String name, String value, boolean regex) {}

    /**
     * @param port the service's port; absent when the service has exactly one
     * @param weight 0..1,000,000
     * @param request edits of what is sent there
     * @param response edits of what comes from there
     * @param rewrite of what is sent there; with a path only where this is the one backend
     */
    public record BackendRef(
            ServiceRef service,
            Optional<Integer> port,
            int weight,
            HeaderEdits request,
            HeaderEdits response,
            Optional<RouteFilters.Rewrite> rewrite) {
        public BackendRef(ServiceRef service, Optional<Integer> port, int weight) {
            this(service, port, weight, HeaderEdits.NONE, HeaderEdits.NONE, Optional.empty());
        }
    }
}
