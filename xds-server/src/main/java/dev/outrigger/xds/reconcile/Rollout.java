// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.status.PolicyField;
import dev.outrigger.policy.status.Withheld;
import dev.outrigger.xds.node.NodeGroupKey;
import dev.outrigger.xds.node.StreamListener.Nack;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.Snapshot;
import dev.outrigger.xds.snapshot.TypeResources;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the nodes of one group are given: the newest content that none of them has refused.
 *
 * <h2>A refusal</h2>
 *
 * of content that has not proved itself takes the refused resources back to what they were, for
 * every node of the group and for those to come. What the same change brought beside them stays.
 * The refused versions are not given to anybody again while the policies ask for them.
 *
 * <h2>A trial</h2>
 *
 * gives new content to a share of the nodes. When these have accepted it, or the time is up, the
 * others get it; when one of them refuses it, all of it is taken back until the policies change.
 *
 * <p>Confined to the reconciler's thread.
 */
final class Rollout {
    /** How far one can go back. Content shares whatever did not change, so each costs little. */
    private static final int HISTORY = 8;

    private final NodeGroupKey key;
    private final RolloutOptions options;
    private final InstantSource clock;
    private final LongSupplier editions;
    private final Refusals refusals = new Refusals();

    /** What was given, the newest last; that is what is given now. */
    private final Deque<Offer> offers = new ArrayDeque<>();

    private volatile @Nullable Wanted wanted;
    private @Nullable Trial trial;
    private @Nullable Withheld failure;

    /** A trial of what is wanted has failed. */
    private boolean stopped;

    Rollout(NodeGroupKey key, RolloutOptions options, InstantSource clock, LongSupplier editions) {
        this.key = key;
        this.options = options;
        this.clock = clock;
        this.editions = editions;
    }

    /** For another group that goes on from what this one was given. */
    Rollout successor(NodeGroupKey other) {
        var successor = new Rollout(other, options, clock, editions);
        successor.offers.addAll(offers);
        if (trial != null) {
            successor.offers.addLast(trial.stable());
        }
        return successor;
    }

    /** What the policies ask for, whether it is given or not. */
    private record Wanted(PolicySet policies, Map<ResourceType, TypeResources> content) {}

    /** Something that was given. */
    private static final class Offer {
        private final Snapshot snapshot;
        private final PolicySet policies;
        private @Nullable Instant firstGiven;

        Offer(Snapshot snapshot, PolicySet policies) {
            this.snapshot = snapshot;
            this.policies = policies;
        }
    }

    /**
     * @param stable what the other nodes have meanwhile
     * @param first the nodes that try the newest offer
     */
    private record Trial(Offer stable, Set<String> first, Instant since) {}

    /**
     * Takes in what the policies ask for; it refers only to itself.
     *
     * @param nodes the connected nodes of the group
     * @return whether some node is to be given something else than before
     */
    boolean want(
            PolicySet policies,
            Map<ResourceType, TypeResources> content,
            Supplier<Set<String>> nodes) {
        boolean isSame = wanted != null && isSame(content(), content);
        var newest = new Wanted(policies, content);
        wanted = newest;
        if (isSame) {
            return false;
        }
        stopped = false;
        refusals.retain(content);
        return offer(overlay(newest), nodes);
    }

    /** What the policies ask for holds together again. */
    void recovered() {
        failure = null;
    }

    /** What is given, or tried. */
    Optional<Snapshot> newest() {
        return Optional.ofNullable(offers.peekLast()).map(offer -> offer.snapshot);
    }

    private static boolean isSame(
            Map<ResourceType, TypeResources> one, Map<ResourceType, TypeResources> other) {
        for (ResourceType type : ResourceType.values()) {
            if (!one.getOrDefault(type, TypeResources.EMPTY)
                    .isSame(other.getOrDefault(type, TypeResources.EMPTY))) {
                return false;
            }
        }
        return true;
    }

    /** The policies ask for something that cannot be given; what was given before stays. */
    void fail(Withheld why) {
        failure = why;
    }

    /** What the node is to have; empty if there is nothing yet that can be given. */
    Optional<Snapshot> snapshotFor(String node) {
        if (trial != null && !trial.first().contains(node)) {
            return Optional.of(trial.stable().snapshot);
        }
        return Optional.ofNullable(offers.peekLast()).map(offer -> offer.snapshot);
    }

    /** Content was given to a node: from now on it can prove itself. */
    void given() {
        var newest = offers.peekLast();
        if (newest != null && newest.firstGiven == null) {
            newest.firstGiven = clock.instant();
        }
    }

    /** The policies that the content was made of which was given before the refused one. */
    PolicySet policiesBefore(ResourceType type, Nack nack) {
        return offers.stream()
                .filter(offer -> !holds(offer, type, nack))
                .reduce((_, later) -> later)
                .map(offer -> offer.policies)
                .orElse(PolicySet.EMPTY);
    }

    Optional<PolicySet> policies() {
        return Optional.ofNullable(wanted).map(Wanted::policies);
    }

    /**
     * A node refused a response.
     *
     * @param nodes the connected nodes of the group
     */
    Verdict refused(
            String node,
            ResourceType type,
            Nack nack,
            List<PolicyField> fields,
            Supplier<Set<String>> nodes) {
        var asked = wanted;
        if (asked == null || !wants(type, nack)) {
            return Verdict.OBSOLETE;
        }
        if (isProven(type, nack)) {
            return Verdict.ALONE; // Others have it, and have had it for long.
        }
        boolean isNews =
                refusals.add(
                        new Refusals.Refusal(
                                type,
                                Refusals.versions(nack.versions()),
                                nack.version(),
                                nack.error(),
                                asked.policies().revision(),
                                clock.instant(),
                                fields,
                                new TreeSet<>(Set.of(node))));
        if (!isNews) {
            return Verdict.KNOWN;
        }
        if (trial != null) {
            stop(trial);
        } else if (!stopped) {
            offer(overlay(asked), nodes);
        }
        return Verdict.WITHHELD;
    }

    /** What a refusal comes to. */
    enum Verdict {
        /** Of something that is no longer asked for. */
        OBSOLETE,
        /** Of something that others are content with: it stays. */
        ALONE,
        /** One more of the same. */
        KNOWN,
        /** Nobody is given it any more. */
        WITHHELD
    }

    /** The nodes whose answers a trial waits for. */
    Set<String> awaited() {
        return trial == null ? Set.of() : trial.first();
    }

    boolean isOnTrial() {
        return trial != null;
    }

    /**
     * Ends the trial if the nodes that try it first have accepted it.
     *
     * @param accepted those of them that have answered everything they were given
     * @return whether the others are to be given it now
     */
    boolean proceedIf(Collection<String> accepted, Supplier<Set<String>> nodes) {
        if (trial == null) {
            return false;
        }
        var present = new HashSet<>(trial.first());
        present.retainAll(nodes.get());
        if (present.isEmpty()) {
            // Those who tried it have gone: others must, or nobody is left to wait for.
            trial = new Trial(trial.stable(), first(nodes.get()), trial.since());
            return !trial.first().isEmpty();
        }
        if (!accepted.containsAll(present)) {
            return false;
        }
        trial = null;
        return true;
    }

    /**
     * Ends a trial whose time is up: nobody has refused it.
     *
     * @param edition of the snapshot that was on trial when the time began
     */
    boolean timeIsUp(long edition) {
        if (trial == null || edition() != edition) {
            return false;
        }
        trial = null;
        return true;
    }

    /** Of what is given, or tried; 0 before the first. */
    long edition() {
        return newest().map(Snapshot::edition).orElse(0L);
    }

    /** Whether something is remembered that a group without nodes must not forget. */
    boolean hasRefusals() {
        return !refusals.isEmpty();
    }

    /** Whether what is asked for holds anything of a document. Any thread. */
    boolean isMadeOf(PolicyId document) {
        var asked = wanted;
        return asked != null
                && asked.content().values().stream()
                        .flatMap(resources -> resources.byName().values().stream())
                        .anyMatch(resource -> resource.provenance().contains(document));
    }

    List<Withheld> withheld() {
        var all = new ArrayList<Withheld>(refusals.withheld());
        if (failure != null) {
            all.add(failure);
        }
        var asked = wanted;
        if (trial != null && asked != null) {
            all.add(
                    new Withheld(
                            Withheld.Reason.ON_TRIAL,
                            asked.policies().revision(),
                            trial.since(),
                            "",
                            "",
                            List.of(),
                            "tried first by " + trial.first().size() + " of the group's proxies",
                            List.of(),
                            List.copyOf(new TreeSet<>(trial.first()))));
        }
        return all;
    }

    /** What the policies ask for, and for which documents; empty before the first time. */
    Map<ResourceType, TypeResources> content() {
        var asked = wanted;
        return asked == null ? Map.of() : asked.content();
    }

    private boolean offer(Map<ResourceType, TypeResources> content, Supplier<Set<String>> nodes) {
        var current = offers.peekLast();
        if (current != null
                && isSame(current.snapshot.types(), content)
                && current.snapshot.documents().equals(key.documents())) {
            return false;
        }
        var policies = policies().orElse(PolicySet.EMPTY);
        // What everybody has: also if a trial is replaced by a newer one.
        var stable = trial == null ? current : trial.stable();
        add(
                new Offer(
                        new Snapshot(
                                editions.getAsLong(),
                                policies.revision(),
                                key.documents(),
                                content),
                        policies));
        trial =
                options.canaryPercent().isPresent() && stable != null && nodes.get().size() > 1
                        ? new Trial(stable, first(nodes.get()), clock.instant())
                        : null;
        return true;
    }

    private void add(Offer offer) {
        offers.addLast(offer);
        if (offers.size() > HISTORY) {
            offers.removeFirst();
        }
    }

    /** Everybody has what most have had all along, until the policies ask for something else. */
    private void stop(Trial failed) {
        trial = null;
        stopped = true;
        var stable = failed.stable();
        var again = new Offer(stable.snapshot.withEdition(editions.getAsLong()), stable.policies);
        again.firstGiven = stable.firstGiven;
        add(again);
    }

    /** By a hash of the id, so that they are the same ones after a restart, and no rank helps. */
    private Set<String> first(Set<String> nodes) {
        int percent = options.canaryPercent().orElse(100);
        int count = Math.max(1, nodes.size() * percent / 100);
        return Set.copyOf(
                nodes.stream()
                        .sorted(
                                Comparator.comparingInt((String id) -> id.hashCode() * 0x9E3779B9)
                                        .thenComparing(Comparator.naturalOrder()))
                        .limit(count)
                        .toList());
    }

    private Map<ResourceType, TypeResources> overlay(Wanted newest) {
        var refused = refusals.in(newest.content());
        return refused.isEmpty()
                ? newest.content()
                : Overlay.of(newest.content(), refused, lastGood());
    }

    /** The newest content that holds nothing refused. */
    private Map<ResourceType, TypeResources> lastGood() {
        for (Iterator<Offer> newestFirst = offers.descendingIterator(); newestFirst.hasNext(); ) {
            var content = newestFirst.next().snapshot.types();
            if (refusals.in(content).isEmpty()) {
                return content;
            }
        }
        return Map.of();
    }

    private boolean wants(ResourceType type, Nack nack) {
        var content = content().getOrDefault(type, TypeResources.EMPTY);
        return nack.versions().entrySet().stream()
                .anyMatch(entry ->
                        content.find(entry.getKey())
                                .filter(resource -> resource.version().equals(entry.getValue()))
                                .isPresent());
    }

    /** Whether all of it has been served for long enough. */
    private boolean isProven(ResourceType type, Nack nack) {
        var limit = clock.instant().minus(options.proof());
        for (Offer offer : offers) {
            var since = offer.firstGiven;
            if (since != null && since.isBefore(limit) && holds(offer, type, nack)) {
                return true;
            }
        }
        return false;
    }

    private static boolean holds(Offer offer, ResourceType type, Nack nack) {
        var content = offer.snapshot.type(type);
        return nack.versions().entrySet().stream()
                .allMatch(entry ->
                        content.find(entry.getKey())
                                .filter(resource -> resource.version().equals(entry.getValue()))
                                .isPresent());
    }
}
