// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import dev.outrigger.conformance.exchange.Scenario;
import dev.outrigger.conformance.stage.Delivery;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Makes a failing case small: takes out one thing after the other and keeps what fails in the same
 * way. Many candidates are played at once, since starting two proxies costs more than a small case.
 * Used by one thread.
 */
final class Shrinker {
    private static final int CANDIDATES_AT_ONCE = 24;
    private static final int MAX_ROUNDS = 40;

    private final Pair pair;
    private final Delivery delivery;
    private final Failure failure;
    private int rounds;

    Shrinker(Pair pair, Delivery delivery, Failure failure) {
        this.pair = pair;
        this.delivery = delivery;
        this.failure = failure;
    }

    /** The smallest case found that fails so; the case itself when none is smaller. */
    GeneratedCase shrink(GeneratedCase failing) throws IOException {
        var small = withFewerExchanges(failing);
        boolean smaller = true;
        while (smaller && rounds < MAX_ROUNDS) {
            var before = small;
            small = withLessConfiguration(small);
            small = withLessTraffic(small);
            smaller = !small.equals(before);
        }
        return small;
    }

    /** One exchange is mostly enough; if not, ever smaller shares are left out. */
    private GeneratedCase withFewerExchanges(GeneratedCase failing) throws IOException {
        var all = failing.scenarios();
        var singles = all.stream().map(each -> failing.withScenarios(List.of(each))).toList();
        var one = firstFailing(singles);
        if (one.isPresent()) {
            return one.get();
        }
        var small = failing;
        for (int share = Math.max(1, all.size() / 2); share >= 1 && rounds < MAX_ROUNDS; ) {
            var candidates = new ArrayList<GeneratedCase>();
            for (int from = 0; from < small.scenarios().size(); from += share) {
                var left = new ArrayList<>(small.scenarios());
                left.subList(from, Math.min(left.size(), from + share)).clear();
                if (!left.isEmpty()) {
                    candidates.add(small.withScenarios(left));
                }
            }
            var found = firstFailing(candidates);
            if (found.isPresent()) {
                small = found.get();
            } else {
                share /= 2;
            }
        }
        return small;
    }

    private GeneratedCase withLessConfiguration(GeneratedCase failing) throws IOException {
        var small = failing;
        var config = failing.config();
        var places =
                config.removable().stream()
                        .sorted(
                                Comparator.comparingInt(
                                        place -> config.without(place).json().length()))
                        .toList();
        var removed = new ArrayList<Node.Place>();
        for (int from = 0; from < places.size() && rounds < MAX_ROUNDS; ) {
            var some = new ArrayList<Node.Place>();
            for (; from < places.size() && some.size() < CANDIDATES_AT_ONCE; from++) {
                var place = places.get(from);
                if (removed.stream().noneMatch(each -> each.holds(place))) {
                    some.add(place);
                }
            }
            var before = List.copyOf(removed);
            var candidates = new ArrayList<GeneratedCase>();
            for (var place : some) {
                candidates.add(failing.withConfig(without(config, before, List.of(place))));
            }
            var stillFail = failing(candidates);
            var each = new ArrayList<Node.Place>();
            for (int i = 0; i < some.size(); i++) {
                if (stillFail.get(i)) {
                    each.add(some.get(i));
                }
            }
            small = taken(failing, config, removed, each).orElse(small);
        }
        return small;
    }

    /** All of them together if that fails, else the half of them, down to one. */
    private Optional<GeneratedCase> taken(
            GeneratedCase failing, Node config, List<Node.Place> removed, List<Node.Place> more)
            throws IOException {
        for (int count = more.size(); count > 0; count /= 2) {
            var some = more.subList(0, count);
            var candidate = failing.withConfig(without(config, removed, some));
            if (count == 1 || failing(List.of(candidate)).getFirst()) {
                removed.addAll(some);
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    /** From the last to the first, so that the places before stay where they are. */
    private static Node without(Node config, List<Node.Place> some, List<Node.Place> more) {
        var all = new ArrayList<>(some);
        all.addAll(more);
        var order = config.removable();
        var result = config;
        for (var place : order.reversed()) {
            boolean inside =
                    all.stream().anyMatch(each -> !each.equals(place) && each.holds(place));
            if (all.contains(place) && !inside) {
                result = result.without(place);
            }
        }
        return result;
    }

    private GeneratedCase withLessTraffic(GeneratedCase failing) throws IOException {
        var small = failing;
        while (rounds < MAX_ROUNDS) {
            var candidates = new ArrayList<GeneratedCase>();
            for (int i = 0; i < small.scenarios().size(); i++) {
                for (Scenario less : Smaller.than(small.scenarios().get(i))) {
                    var others = new ArrayList<>(small.scenarios());
                    others.set(i, less);
                    candidates.add(small.withScenarios(others));
                }
            }
            var found = firstFailing(candidates);
            if (found.isEmpty()) {
                break;
            }
            small = found.get();
        }
        return small;
    }

    private Optional<GeneratedCase> firstFailing(List<GeneratedCase> candidates)
            throws IOException {
        for (int from = 0; from < candidates.size() && rounds < MAX_ROUNDS; ) {
            int to = Math.min(candidates.size(), from + CANDIDATES_AT_ONCE);
            var some = candidates.subList(from, to);
            int first = failing(some).indexOf(true);
            if (first >= 0) {
                return Optional.of(some.get(first));
            }
            from = to;
        }
        return Optional.empty();
    }

    private List<Boolean> failing(List<GeneratedCase> candidates) throws IOException {
        rounds++;
        var whole = candidates.stream().filter(GeneratedCase::isWhole).toList();
        var outcomes = whole.isEmpty() ? List.<Pair.Outcome>of() : pair.play(whole, delivery);
        return candidates.stream()
                .map(each -> {
                    int index = whole.indexOf(each);
                    return index >= 0 && failure.isSeenIn(outcomes.get(index));
                })
                .toList();
    }
}
