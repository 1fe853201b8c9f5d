// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.status.PolicyField;
import dev.outrigger.policy.status.Withheld;
import dev.outrigger.xds.attribution.FieldAttribution;
import dev.outrigger.xds.node.GroupStanding;
import dev.outrigger.xds.node.NodeGroupKey;
import dev.outrigger.xds.node.ProxyRegistry;
import dev.outrigger.xds.node.ProxySession;
import dev.outrigger.xds.node.StreamListener.Nack;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.ReferenceCheck;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What follows from what proxies say, for all groups: whom to blame, what to withhold, when a trial
 * ends. Says it to the registry, the metrics and the log. Confined to the reconciler's loop.
 */
final class Rollouts {
    private static final Logger log = LoggerFactory.getLogger(Rollouts.class);

    /** Groups without nodes that are remembered for what they refused. */
    private static final int DORMANT = 1_000;

    private static final int MAX_DETAILS = 20;

    private final RolloutOptions options;
    private final InstantSource clock;
    private final RolloutSurroundings surroundings;
    private final ProxyRegistry registry;
    private final ReconcileMetrics metrics;
    private final RevisionUndo undo;
    private final Map<NodeGroupKey, Rollout> dormant = new LinkedHashMap<>();

    Rollouts(
            RolloutSurroundings surroundings,
            ProxyRegistry registry,
            ReconcileMetrics metrics,
            RevisionUndo undo) {
        this.options = surroundings.options();
        this.clock = surroundings.clock();
        this.surroundings = surroundings;
        this.registry = registry;
        this.metrics = metrics;
        this.undo = undo;
    }

    RolloutOptions options() {
        return options;
    }

    /**
     * For a group that gets nodes.
     *
     * @param before the group that a node of it was in: what that had is what one can go back to
     */
    Rollout begin(NodeGroupKey key, @Nullable Group before) {
        var remembered = dormant.remove(key);
        if (remembered != null) {
            return remembered;
        }
        return before == null ? Rollout.begin(key, surroundings) : before.rollout().successor(key);
    }

    /** A group has no nodes any more. */
    void end(Group group) {
        if (group.rollout().hasRefusals()) {
            dormant.put(group.key(), group.rollout());
            if (dormant.size() > DORMANT) {
                dormant.remove(dormant.keySet().iterator().next());
            }
        }
        registry.forget(group.key());
    }

    /** What a group's newest translation came to cannot be served. */
    void fail(Group group, PolicySet policies, List<ReferenceCheck.Problem> problems) {
        metrics.failed();
        group.rollout().fail(withheld(policies, problems));
        var base = group.lastGood();
        log.error(
                "last good configuration kept revision={} group={} good={} problems={}",
                policies.revision(),
                group.key().documents(),
                base == null ? "none" : String.valueOf(base.policies().revision()),
                problems.stream()
                        .map(problem -> problem.detail() + " from " + problem.documents())
                        .toList());
    }

    private Withheld withheld(PolicySet policies, List<ReferenceCheck.Problem> problems) {
        var fields = new TreeSet<PolicyField>();
        for (ReferenceCheck.Problem problem : problems) {
            fields.addAll(
                    FieldAttribution.blame(
                            new FieldAttribution.Refused(
                                    problem.type(),
                                    List.of(problem.name()),
                                    problem.documents(),
                                    problem.detail()),
                            policies,
                            PolicySet.EMPTY));
        }
        return new Withheld(
                problems.isEmpty() ? Withheld.Reason.NOT_TRANSLATED : Withheld.Reason.INCONSISTENT,
                policies.revision(),
                clock.instant(),
                "",
                "",
                problems.stream().map(ReferenceCheck.Problem::name).distinct().toList(),
                problems.isEmpty()
                        ? "the control plane failed to translate it; its log says why"
                        : problems.stream()
                                .limit(MAX_DETAILS)
                                .map(ReferenceCheck.Problem::detail)
                                .collect(Collectors.joining("; ")),
                List.copyOf(fields),
                List.of());
    }

    /** Lets everybody who asks know how the groups stand. */
    void stand(Collection<Group> groups) {
        boolean isNews = false;
        for (Group group : groups) {
            var withheld = group.rollout().withheld();
            if (group.stands(withheld)) {
                isNews = true;
                registry.standing(
                        group.key(), new GroupStanding(withheld, group.rollout()::isMadeOf));
            }
        }
        if (isNews) {
            metrics.withheld(groups.stream().map(group -> group.rollout().withheld()).toList());
        }
        if (options.canaryPercent().isPresent()) {
            registry.watchAnswers(
                    groups.stream()
                            .flatMap(group -> group.rollout().awaited().stream())
                            .collect(Collectors.toSet()));
        }
    }

    /** A judgement, to be told to the session once everybody else knows. */
    record Judgement(List<PolicyField> fields, Verdict verdict) {}

    /** Whose fault a refusal is, and whether others are kept from what was refused. */
    Judgement judge(
            Group group,
            ProxySession session,
            ResourceType type,
            Nack nack,
            Function<Group, Set<String>> nodes) {
        var rollout = group.rollout();
        var policies = rollout.policies().orElse(PolicySet.EMPTY);
        var fields =
                FieldAttribution.blame(
                        new FieldAttribution.Refused(
                                type, nack.resources(), nack.policies(), nack.error()),
                        policies,
                        rollout.policiesBefore(type, nack));
        boolean wasOnTrial = rollout.isOnTrial();
        var verdict =
                rollout.refused(session.node().id(), type, nack, fields, () -> nodes.apply(group));
        if (wasOnTrial && !rollout.isOnTrial()) {
            metrics.trial("refused");
        }
        metrics.refused(type, fields);
        if (verdict == Verdict.WITHHELD) {
            log.warn(
                    "refused content is withheld revision={} group={} node={} type={} resources={}"
                            + " fields={}",
                    policies.revision(),
                    group.key().documents(),
                    session.node().id(),
                    type.shortName(),
                    nack.resources(),
                    fields);
            undo(policies, session.node().id(), type, nack, fields);
        }
        return new Judgement(fields, verdict);
    }

    /** The revision that brought it: the newest of those that last changed a document to blame. */
    private void undo(
            PolicySet policies,
            String node,
            ResourceType type,
            Nack nack,
            List<PolicyField> fields) {
        if (!options.rollback()) {
            return;
        }
        fields.stream()
                .flatMap(field -> policies.find(field.document()).stream())
                .mapToLong(Policy::generation)
                .max()
                .ifPresent(revision ->
                        undo.undo(
                                revision,
                                "proxy "
                                        + node
                                        + " refused "
                                        + type.shortName()
                                        + " "
                                        + String.join(", ", nack.resources())
                                        + ": "
                                        + nack.error()));
    }

    /** Whether a trial has gone on to the others, or to other nodes. */
    boolean proceed(Group group, Function<Group, Set<String>> nodes) {
        var accepted =
                group.rollout().awaited().stream()
                        .filter(group::isUpToDate)
                        .filter(registry::hasAnswered)
                        .toList();
        if (!group.rollout().proceedIf(accepted, () -> nodes.apply(group))) {
            return false;
        }
        metrics.trial(group.rollout().isOnTrial() ? "handed-on" : "accepted");
        return true;
    }

    /** Whether a trial has gone on to the others, its time being up. */
    boolean timeIsUp(Group group, long edition) {
        if (!group.rollout().timeIsUp(edition)) {
            return false;
        }
        metrics.trial("time-up");
        log.warn(
                "trial continued without every answer group={} after={}",
                group.key().documents(),
                options.trial());
        return true;
    }
}
