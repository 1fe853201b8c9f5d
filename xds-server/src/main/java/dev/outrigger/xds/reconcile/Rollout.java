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
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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
 * <h2>Memory</h2>
 *
 * What was refused, what is given instead and what is on trial is remembered, so that it is the
 * same after a restart.
 *
 * <p>Confined to the reconciler's thread.
 */
final class Rollout {
    private final NodeGroupKey key;
    private final RolloutSurroundings surroundings;
    private final Refusals refusals = new Refusals();
    private final Offers offers = new Offers();

    private volatile @Nullable Wanted wanted;
    private @Nullable Trial trial;
    private @Nullable Withheld failure;

    /** A trial of what is wanted has failed. */
    private boolean stopped;

    /** As another process left it, until the first content is wanted. */
    private @Nullable Remembered resumed;

    /** Whether there is anything in the memory. */
    private boolean saved;

    Rollout(NodeGroupKey key, RolloutSurroundings surroundings) {
        this.key = key;
        this.surroundings = surroundings;
    }

    /** For a group that an earlier process may have served. */
    static Rollout begin(NodeGroupKey key, RolloutSurroundings surroundings) {
        var rollout = new Rollout(key, surroundings);
        surroundings.memory().load(key).ifPresent(rollout::resume);
        return rollout;
    }

    private void resume(Remembered remembered) {
        saved = true;
        resumed = remembered;
        refusals.restore(remembered.refusals());
        remembered
                .good()
                .ifPresent(good ->
                        offers.add(
                                new Offers.Offer(
                                        new Snapshot(
                                                surroundings.editions().getAsLong(),
                                                good.revision(),
                                                key.documents(),
                                                good.content(),
                                                Map.of()),
                                        PolicySet.EMPTY,
                                        good.firstGiven().orElse(null))));
    }

    /** For another group that goes on from what this one was given. */
    Rollout successor(NodeGroupKey other) {
        var successor = begin(other, surroundings);
        if (successor.offers.newest() == null) {
            successor.offers.continueFrom(offers);
            if (trial != null) {
                successor.offers.add(trial.stable());
            }
        }
        return successor;
    }

    /** What the policies ask for, whether it is given or not. */
    private record Wanted(PolicySet policies, Map<ResourceType, TypeResources> content) {}

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
        boolean isSame = wanted != null && Offers.isSame(content(), content);
        var newest = new Wanted(policies, content);
        wanted = newest;
        if (isSame) {
            return false;
        }
        var before = resumed;
        stopped =
                before != null
                        && !before.stopped().isEmpty()
                        && before.stopped().equals(Offers.versions(content));
        refusals.retain(content);
        boolean changed = !stopped && offer(overlay(newest), nodes);
        resumed = null;
        remember();
        return changed;
    }

    /** What the policies ask for holds together again. */
    void recovered() {
        failure = null;
    }

    /** What is given, or tried. */
    Optional<Snapshot> newest() {
        return offers.snapshot();
    }

    /** The policies ask for something that cannot be given; what was given before stays. */
    void fail(Withheld why) {
        failure = why;
    }

    /** What the node is to have; empty if there is nothing yet that can be given. */
    Optional<Snapshot> snapshotFor(String node) {
        if (trial != null && !trial.first().contains(node)) {
            return Optional.of(trial.stable().snapshot());
        }
        return offers.snapshot();
    }

    /** Content was given to a node: from now on it can prove itself. */
    void given() {
        if (offers.given(surroundings.clock().instant())) {
            remember();
        }
    }

    /** The policies that the content was made of which was given before the refused one. */
    PolicySet policiesBefore(ResourceType type, Nack nack) {
        return offers.policiesBefore(type, nack);
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
        var now = surroundings.clock().instant();
        if (offers.isProven(type, nack, now.minus(surroundings.options().proof()))) {
            return Verdict.ALONE; // Others have it, and have had it for long.
        }
        boolean isNews =
                refusals.add(
                        new Refusal(
                                type,
                                nack.versions(),
                                nack.version(),
                                nack.error(),
                                asked.policies().revision(),
                                now,
                                fields,
                                new TreeSet<>(Set.of(node))));
        if (isNews) {
            if (trial != null) {
                stop(trial);
            } else if (!stopped) {
                offer(overlay(asked), nodes);
            }
        }
        remember();
        return isNews ? Verdict.WITHHELD : Verdict.KNOWN;
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
            if (surroundings.clock().instant().isBefore(trial.goneAfter())) {
                return false;
            }
            // Those who tried it have gone: others must, or nobody is left to wait for.
            trial = trial.by(first(nodes.get()));
            remember();
            return !trial.first().isEmpty();
        }
        if (!accepted.containsAll(present)) {
            return false;
        }
        trial = null;
        remember();
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
        remember();
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
            all.add(trial.withheld(asked.policies().revision()));
        }
        return all;
    }

    /** What the policies ask for, and for which documents; empty before the first time. */
    Map<ResourceType, TypeResources> content() {
        var asked = wanted;
        return asked == null ? Map.of() : asked.content();
    }

    private boolean offer(Map<ResourceType, TypeResources> content, Supplier<Set<String>> nodes) {
        var current = offers.newest();
        if (current != null
                && Offers.isSame(current.snapshot().types(), content)
                && current.snapshot().documents().equals(key.documents())) {
            return false;
        }
        var policies = policies().orElse(PolicySet.EMPTY);
        // What everybody has: also if a trial is replaced by a newer one.
        var stable = trial == null ? current : trial.stable();
        var snapshot =
                new Snapshot(
                        surroundings.editions().getAsLong(),
                        policies.revision(),
                        key.documents(),
                        content,
                        Map.of());
        offers.add(new Offers.Offer(offers.asNext(snapshot), policies, null));
        trial = stable == null ? null : trial(stable, nodes);
        return true;
    }

    /** Of the newest offer, if it is to be tried by some nodes first. */
    private @Nullable Trial trial(Offers.Offer stable, Supplier<Set<String>> nodes) {
        if (surroundings.options().canaryPercent().isEmpty()) {
            return null;
        }
        var before = resumed;
        var present = nodes.get();
        // After a restart nodes come one by one: that only one is there means nothing.
        if (present.size() < 2 && before == null) {
            return null;
        }
        var now = surroundings.clock().instant();
        return before == null || before.first().isEmpty()
                ? new Trial(stable, first(present), now, now)
                : new Trial(stable, before.first(), now, now.plus(Trial.RETURN));
    }

    /** Everybody has what most have had all along, until the policies ask for something else. */
    private void stop(Trial failed) {
        trial = null;
        stopped = true;
        offers.add(failed.stable().again(surroundings.editions().getAsLong()));
    }

    private Set<String> first(Set<String> nodes) {
        return Trial.share(nodes, surroundings.options().canaryPercent().orElse(100));
    }

    private Map<ResourceType, TypeResources> overlay(Wanted newest) {
        var refused = refusals.in(newest.content());
        return refused.isEmpty()
                ? newest.content()
                : Overlay.of(
                        newest.content(),
                        refused,
                        offers.lastGood(refusals)
                                .map(good -> good.snapshot().types())
                                .orElse(Map.of()));
    }

    /** Of no use to a process that does not end, so it costs no more than noting it. */
    private void remember() {
        if (refusals.isEmpty() && surroundings.options().canaryPercent().isEmpty()) {
            if (saved) {
                saved = false;
                surroundings.memory().forget(key);
            }
            return;
        }
        saved = true;
        var good = trial == null ? offers.lastGood(refusals) : Optional.of(trial.stable());
        surroundings
                .memory()
                .save(
                        key,
                        new Remembered(
                                refusals.all(),
                                stopped ? Offers.versions(content()) : List.of(),
                                good.map(offer ->
                                        new Remembered.Good(
                                                offer.snapshot().revision(),
                                                offer.firstGiven(),
                                                offer.snapshot().types())),
                                trial == null ? Set.of() : trial.first()));
    }

    private boolean wants(ResourceType type, Nack nack) {
        var content = content().getOrDefault(type, TypeResources.EMPTY);
        return nack.versions().entrySet().stream()
                .anyMatch(entry ->
                        content.find(entry.getKey())
                                .filter(resource -> resource.version().equals(entry.getValue()))
                                .isPresent());
    }
}
