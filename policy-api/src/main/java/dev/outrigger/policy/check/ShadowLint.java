// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.check;

import dev.outrigger.policy.document.FieldPath;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.kind.httproute.HttpRouteSpec.Match;
import dev.outrigger.policy.kind.httproute.HttpRouteSpec.PathMatch;
import dev.outrigger.policy.kind.httproute.MatchOrder;
import dev.outrigger.policy.kind.httproute.RouteSpec;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.model.ServiceRef;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Matches of which others leave nothing: of several that would take a request the most specific one
 * does, within a document and among the documents of one service, and of equals the first in the
 * order of their identities. Only what is certain is reported; of two expressions nothing is known
 * but that they are the same.
 */
final class ShadowLint {
    /** Comparisons per submission; documents beyond that are not looked into. */
    private static final int MAX_COMPARISONS = 2_000_000;

    private static final int MAX_WARNINGS = 100;

    private final List<Warning> report;
    private int comparisons;

    private ShadowLint(List<Warning> report) {
        this.report = report;
    }

    static void check(PolicySet set, Set<PolicyId> documents, List<Warning> report) {
        var parents = new LinkedHashSet<ServiceRef>();
        for (PolicyId id : documents) {
            set.find(id)
                    .flatMap(document -> document.as(RouteSpec.class))
                    .ifPresent(route -> parents.addAll(route.spec().parentRefs()));
        }
        if (parents.isEmpty()) {
            return;
        }
        var lint = new ShadowLint(report);
        var routes = set.all(RouteSpec.class);
        for (ServiceRef parent : parents) {
            var all =
                    routes.stream()
                            .filter(route -> route.spec().parentRefs().contains(parent))
                            .toList();
            // A request is for one of the two, and documents of the other leave it alone.
            lint.service(all, false, documents);
            lint.service(all, true, documents);
        }
    }

    /** Where a match stands. */
    private record Placed(
            PolicyId document, int index, String rule, int position, boolean last, Match match) {}

    private void service(List<Policy<RouteSpec>> routes, boolean grpc, Set<PolicyId> documents) {
        var placed = new ArrayList<Placed>();
        for (Policy<RouteSpec> route : routes) {
            if (route.spec().isGrpc() == grpc) {
                place(route, placed);
            }
        }
        // Stable, as what is equally specific is in the order of the documents.
        placed.sort(Comparator.comparing(Placed::match, grpc ? MatchOrder.GRPC : MatchOrder.HTTP));
        var shadowed = new HashMap<Placed, Placed>();
        for (int i = 0; i < placed.size(); i++) {
            if (documents.contains(placed.get(i).document())) {
                Placed meant = placed.get(i);
                covering(meant.match(), placed.subList(0, i))
                        .ifPresent(cover -> shadowed.put(meant, cover));
            }
        }
        placed.sort(
                Comparator.comparing(Placed::document)
                        .thenComparingInt(Placed::index)
                        .thenComparingInt(Placed::position));
        var rule = new ArrayList<Placed>();
        for (Placed one : placed) {
            rule.add(one);
            if (one.last()) {
                report(rule, shadowed);
                rule.clear();
            }
        }
    }

    private static void place(Policy<RouteSpec> route, List<Placed> placed) {
        for (int r = 0; r < route.spec().rules().size(); r++) {
            var rule = route.spec().rules().get(r);
            int count = rule.matches().size();
            for (int m = 0; m < count; m++) {
                placed.add(
                        new Placed(
                                route.id(),
                                r,
                                rule.name(),
                                m,
                                m == count - 1,
                                rule.matches().get(m)));
            }
        }
    }

    private void report(List<Placed> rule, Map<Placed, Placed> shadowed) {
        var first = rule.getFirst();
        var path = FieldPath.of("spec", "rules").child(first.index());
        if (shadowed.keySet().containsAll(rule)) {
            report.add(
                    new Warning(
                            WarningCodes.UNREACHABLE_RULE,
                            first.document(),
                            path,
                            "Gets no request: "
                                    + words(Objects.requireNonNull(shadowed.get(first)), first)
                                    + " comes first and takes them all."));
            return;
        }
        for (Placed match : rule) {
            var cover = shadowed.get(match);
            if (cover != null) {
                report.add(
                        new Warning(
                                WarningCodes.SHADOWED_MATCH,
                                match.document(),
                                path.child("matches").child(match.position()),
                                "Never matches: "
                                        + words(cover, match)
                                        + " comes first and takes all of its requests."));
            }
        }
    }

    private static String words(Placed placed, Placed than) {
        return "rule "
                + Quoted.of(placed.rule())
                + (placed.document().equals(than.document()) ? "" : " of " + placed.document());
    }

    private Optional<Placed> covering(Match match, List<Placed> earlier) {
        if (report.size() >= MAX_WARNINGS) {
            return Optional.empty();
        }
        for (Placed placed : earlier) {
            if (++comparisons > MAX_COMPARISONS) {
                return Optional.empty();
            }
            if (covers(placed.match(), match)) {
                return Optional.of(placed);
            }
        }
        return Optional.empty();
    }

    private static boolean covers(Match wide, Match narrow) {
        return (wide.method().isEmpty() || wide.method().equals(narrow.method()))
                && covers(wide.path(), narrow.path())
                && narrow.headers().containsAll(wide.headers())
                && narrow.queryParams().containsAll(wide.queryParams());
    }

    private static boolean covers(PathMatch wide, PathMatch narrow) {
        return switch (wide) {
            case PathMatch.Prefix(var value) -> {
                var prefix = MatchOrder.trimmed(value);
                yield switch (narrow) {
                    case PathMatch.Prefix(var other) -> isBelow(prefix, MatchOrder.trimmed(other));
                    case PathMatch.Exact(var other) -> isBelow(prefix, other);
                    case PathMatch.Regex _ -> prefix.isEmpty();
                };
            }
            case PathMatch.Exact _, PathMatch.Regex _ -> wide.equals(narrow);
        };
    }

    private static boolean isBelow(String prefix, String path) {
        return path.equals(prefix) || path.startsWith(prefix + "/") || prefix.isEmpty();
    }
}
