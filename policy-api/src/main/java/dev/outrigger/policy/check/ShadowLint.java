// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.check;

import dev.outrigger.policy.document.FieldPath;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.kind.httproute.HttpRouteSpec;
import dev.outrigger.policy.kind.httproute.HttpRouteSpec.Match;
import dev.outrigger.policy.kind.httproute.HttpRouteSpec.PathMatch;
import dev.outrigger.policy.kind.httproute.HttpRouteSpec.Rule;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.model.ServiceRef;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Matches of which earlier ones leave nothing: the first match wins, within a document and among
 * the documents of one service, which come in the order of their identities. Only what is certain
 * is reported; of two expressions nothing is known but that they are the same.
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
                    .flatMap(document -> document.as(HttpRouteSpec.class))
                    .ifPresent(route -> parents.addAll(route.spec().parentRefs()));
        }
        if (parents.isEmpty()) {
            return;
        }
        var lint = new ShadowLint(report);
        var routes = set.all(HttpRouteSpec.class);
        for (ServiceRef parent : parents) {
            lint.service(
                    routes.stream()
                            .filter(route -> route.spec().parentRefs().contains(parent))
                            .toList(),
                    documents);
        }
    }

    /** Where a match stands. */
    private record Placed(PolicyId document, String rule, Match match) {}

    private void service(List<Policy<HttpRouteSpec>> routes, Set<PolicyId> documents) {
        var earlier = new ArrayList<Placed>();
        for (Policy<HttpRouteSpec> route : routes) {
            boolean isMeant = documents.contains(route.id());
            for (int r = 0; r < route.spec().rules().size(); r++) {
                var rule = route.spec().rules().get(r);
                if (isMeant) {
                    rule(route, r, rule, earlier);
                }
                rule.matches()
                        .forEach(match -> earlier.add(new Placed(route.id(), rule.name(), match)));
            }
        }
    }

    private void rule(Policy<?> document, int index, Rule rule, List<Placed> earlier) {
        var path = FieldPath.of("spec", "rules").child(index);
        var before = new ArrayList<>(earlier);
        var shadowed = new ArrayList<Optional<Placed>>();
        for (Match match : rule.matches()) {
            shadowed.add(covering(match, before));
            before.add(new Placed(document.id(), rule.name(), match));
        }
        if (shadowed.stream().allMatch(Optional::isPresent)) {
            report.add(
                    new Warning(
                            WarningCodes.UNREACHABLE_RULE,
                            document.id(),
                            path,
                            "Gets no request: "
                                    + words(shadowed.getFirst().orElseThrow(), document)
                                    + " comes first and takes them all."));
            return;
        }
        for (int m = 0; m < shadowed.size(); m++) {
            int position = m;
            shadowed.get(m)
                    .ifPresent(cover ->
                            report.add(
                                    new Warning(
                                            WarningCodes.SHADOWED_MATCH,
                                            document.id(),
                                            path.child("matches").child(position),
                                            "Never matches: "
                                                    + words(cover, document)
                                                    + " comes first and takes all of its requests.")));
        }
    }

    private static String words(Placed placed, Policy<?> document) {
        return "rule "
                + Quoted.of(placed.rule())
                + (placed.document().equals(document.id()) ? "" : " of " + placed.document());
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
                var prefix = trimmed(value);
                yield switch (narrow) {
                    case PathMatch.Prefix(var other) -> isBelow(prefix, trimmed(other));
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

    private static String trimmed(String path) {
        int end = path.length();
        while (end > 0 && path.charAt(end - 1) == '/') {
            end--;
        }
        return path.substring(0, end);
    }
}
