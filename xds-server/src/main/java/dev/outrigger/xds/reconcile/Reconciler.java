// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.status.PolicyField;
import dev.outrigger.policy.status.Withheld;
import dev.outrigger.policy.store.PolicySource;
import dev.outrigger.xds.attribution.FieldAttribution;
import dev.outrigger.xds.node.GroupStanding;
import dev.outrigger.xds.node.Judge;
import dev.outrigger.xds.node.NodeGroupKey;
import dev.outrigger.xds.node.NodeGroupResolver;
import dev.outrigger.xds.node.NodeIdentity;
import dev.outrigger.xds.node.ProxyRegistry;
import dev.outrigger.xds.node.ProxySession;
import dev.outrigger.xds.node.StreamListener;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.ReferenceCheck;
import dev.outrigger.xds.snapshot.Snapshot;
import dev.outrigger.xds.snapshot.SnapshotFeed;
import dev.outrigger.xds.translate.XdsTranslator;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns every revision into a snapshot per node group, or keeps the group's last good one and says
 * why.
 *
 * <h2>Threading</h2>
 *
 * All state is confined to one thread. The store's thread only leaves the newest set; whatever came
 * in between is skipped. Streams are told on this thread and only take note.
 *
 * <h2>Order of one round, and why</h2>
 *
 * <ol>
 *   <li>Derive what hangs on the documents that changed, for groups that have a node. Others cost
 *       nothing.
 *   <li>Which node is in which group, if a document that selects nodes changed.
 *   <li>Check and build each group whose resources changed. Others are not touched: no stream of
 *       theirs is told.
 *   <li>Tell the streams, before the revision counts as published: whoever waits for a revision
 *       must find that all of them have been told.
 *   <li>Published, if every group was good.
 * </ol>
 */
public final class Reconciler implements SnapshotFeed, Judge, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Reconciler.class);
    private static final int DORMANT = 1_000;
    private static final int MAX_DETAILS = 20;

    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("xds-reconcile").daemon().factory());
    private final AtomicReference<@Nullable PolicySet> waiting = new AtomicReference<>();
    private final XdsTranslator translator = new XdsTranslator();
    private final ProxyRegistry registry;
    private final ReconcileMetrics metrics;
    private final RolloutOptions options;
    private final InstantSource clock;
    private final RevisionUndo undo;
    private final PolicySource.Registration source;

    // Confined to the thread.
    private final Set<Watch> watches = new LinkedHashSet<>();
    private final Map<NodeGroupKey, Group> groups = new HashMap<>();
    private final DerivedResources derived = new DerivedResources(translator);

    /** Of groups without nodes that must not forget what was refused. */
    private final Map<NodeGroupKey, Rollout> dormant = new LinkedHashMap<>();

    private @Nullable NodeGroupResolver resolver;
    private long lastEdition;
    private boolean isGood;

    @SuppressWarnings("this-escape") // The source calls back at once, and that only takes note.
    public Reconciler(
            PolicySource policies,
            ProxyRegistry registry,
            MeterRegistry meters,
            InstantSource clock,
            RolloutOptions options,
            RevisionUndo undo) {
        this.registry = registry;
        this.metrics = new ReconcileMetrics(meters);
        this.clock = clock;
        this.options = options;
        this.undo = undo;
        registry.judgedBy(this);
        this.source = policies.onChange(this::onChange);
    }

    @Override
    public Registration watch(NodeIdentity node, Consumer<Snapshot> listener) {
        var watch = new Watch(node, listener);
        submit("a proxy joined", () -> join(watch));
        return () -> submit("a proxy left", () -> leave(watch));
    }

    @Override
    public void close() {
        source.close();
        thread.shutdown();
    }

    private void onChange(PolicySet policies) {
        if (waiting.getAndSet(policies) == null) {
            submit("policies changed", this::reconcile);
        }
    }

    private void submit(String event, Runnable task) {
        try {
            thread.execute(() -> {
                try {
                    task.run();
                } catch (Throwable bug) {
                    // The edge of the loop: the last good snapshots stay, the loop lives.
                    metrics.failed();
                    log.error("reconciliation failed event={}", event, bug);
                }
            });
        } catch (RejectedExecutionException e) {
            log.debug("reconciler is closed event={}", event);
        }
    }

    private void reconcile() {
        var policies = waiting.getAndSet(null);
        if (policies == null) {
            return;
        }
        var started = metrics.start();
        boolean selection = derived.apply(policies);
        if (resolver == null || selection) {
            resolver = new NodeGroupResolver(policies);
            watches.forEach(this::regroup);
        }
        groups.values().removeIf(this::isDeserted);
        derived.retain(
                groups.keySet().stream()
                        .flatMap(key -> key.documents().stream())
                        .collect(Collectors.toSet()));
        boolean good = true;
        for (Group group : groups.values()) {
            good &= build(group);
            tellAll(group);
        }
        metrics.built(started, groups.values().stream().flatMap(Group::published).toList());
        isGood = good;
        if (publishIfDue()) {
            log.info(
                    "snapshots published revision={} groups={} nodes={}",
                    policies.revision(),
                    groups.size(),
                    watches.size());
        }
    }

    /** Every node has been given what the newest policies ask for, but for what is refused. */
    private boolean publishIfDue() {
        boolean isDue =
                isGood && groups.values().stream().noneMatch(group -> group.rollout.isOnTrial());
        if (isDue) {
            registry.published(derived.policies().revision());
        }
        return isDue;
    }

    private boolean isDeserted(Group group) {
        if (!group.watches.isEmpty()) {
            return false;
        }
        if (group.rollout.hasRefusals()) {
            dormant.put(group.key, group.rollout);
            if (dormant.size() > DORMANT) {
                dormant.remove(dormant.keySet().iterator().next());
            }
        }
        registry.forget(group.key);
        return true;
    }

    @Override
    public void refused(ProxySession session, ResourceType type, StreamListener.Nack nack) {
        submit("a proxy refused", () -> judge(session, type, nack));
    }

    @Override
    public void answered(String nodeId) {
        submit("a proxy answered", this::proceed);
    }

    private void judge(ProxySession session, ResourceType type, StreamListener.Nack nack) {
        var node = session.node();
        var group = resolver == null ? null : groups.get(resolver.resolve(node));
        if (group == null) {
            session.blame(type, nack, List.of());
            return;
        }
        var rollout = group.rollout;
        var fields =
                FieldAttribution.blame(
                        new FieldAttribution.Refused(
                                type, nack.resources(), nack.policies(), nack.error()),
                        rollout.policies().orElse(derived.policies()),
                        rollout.policiesBefore(type, nack));
        boolean wasOnTrial = rollout.isOnTrial();
        var verdict = rollout.refused(node.id(), type, nack, fields, group::nodes);
        if (wasOnTrial && !rollout.isOnTrial()) {
            metrics.trialEnded("refused");
        }
        stand(group);
        tellAll(group);
        // After that it counts as answered, and whoever waits finds everything said.
        session.blame(type, nack, fields);
        metrics.refused(type, fields);
        if (verdict == Rollout.Verdict.WITHHELD) {
            log.warn(
                    "refused content is withheld revision={} group={} node={} type={} resources={}"
                            + " fields={}",
                    derived.policies().revision(),
                    group.key.documents(),
                    node.id(),
                    type.shortName(),
                    nack.resources(),
                    fields);
            undo(group, node.id(), type, nack, fields);
        }
        watchTrials();
        publishIfDue();
    }

    /** The revision that brought it: the newest of those that last changed a document to blame. */
    private void undo(
            Group group,
            String node,
            ResourceType type,
            StreamListener.Nack nack,
            List<PolicyField> fields) {
        if (!options.rollback()) {
            return;
        }
        var policies = group.rollout.policies().orElse(derived.policies());
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

    /** Trials whose nodes have all accepted go on to the others. */
    private void proceed() {
        for (Group group : groups.values()) {
            var awaited = group.rollout.awaited();
            if (awaited.isEmpty()) {
                continue;
            }
            var accepted =
                    awaited.stream()
                            .filter(group::hasNewest)
                            .filter(registry::hasAnswered)
                            .toList();
            if (group.rollout.proceedIf(accepted, group::nodes)) {
                metrics.trialEnded(group.rollout.isOnTrial() ? "handed-on" : "accepted");
                stand(group);
                tellAll(group);
            }
        }
        watchTrials();
        publishIfDue();
    }

    private void timeIsUp(Group group, long edition) {
        if (group.rollout.timeIsUp(edition)) {
            metrics.trialEnded("time-up");
            log.warn(
                    "trial continued without every answer group={} after={}",
                    group.key.documents(),
                    options.trial());
            stand(group);
            tellAll(group);
            publishIfDue();
        }
    }

    private void beginTrial(Group group) {
        long edition = group.rollout.edition();
        metrics.trialBegan();
        watchTrials();
        thread.schedule(
                () -> submit("a trial's time is up", () -> timeIsUp(group, edition)),
                options.trial().toMillis(),
                TimeUnit.MILLISECONDS);
    }

    private void watchTrials() {
        if (options.canaryPercent().isPresent()) {
            registry.watchAnswers(
                    groups.values().stream()
                            .flatMap(group -> group.rollout.awaited().stream())
                            .collect(Collectors.toSet()));
        }
    }

    /** Lets everybody who asks know how the group stands. */
    private void stand(Group group) {
        var withheld = group.rollout.withheld();
        if (!withheld.equals(group.standing)) {
            group.standing = withheld;
            metrics.withheld(groups.values().stream().map(one -> one.rollout.withheld()).toList());
            registry.standing(group.key, new GroupStanding(withheld, group.rollout::isMadeOf));
        }
    }

    private void tellAll(Group group) {
        group.watches.forEach(watch -> tell(watch, group));
    }

    private void join(Watch watch) {
        watches.add(watch);
        if (resolver == null) {
            return; // Told when the first policies are there: emptiness must not be served before.
        }
        tell(watch, regroup(watch));
    }

    private void leave(Watch watch) {
        // The group's snapshot stays until the next revision: the proxy may be back in a moment.
        watches.remove(watch);
        if (watch.group != null) {
            watch.group.watches.remove(watch);
            if (watch.group.rollout.isOnTrial()) {
                proceed(); // It may have been the last one to be waited for.
            }
        }
    }

    /** Puts a node where it belongs now. */
    private Group regroup(Watch watch) {
        var key = Objects.requireNonNull(resolver, "resolver").resolve(watch.node);
        if (watch.group == null || !watch.group.key.equals(key)) {
            registry.grouped(watch.node.id(), key); // Before anything is said about the group.
        }
        var group = groups.get(key);
        if (group == null) {
            var remembered = dormant.remove(key);
            group = new Group(key, remembered == null ? rollout(key, watch.group) : remembered);
            groups.put(key, group);
            build(group);
        }
        if (watch.group != group) {
            if (watch.group != null) {
                watch.group.watches.remove(watch);
            }
            watch.group = group;
            group.watches.add(watch);
        }
        return group;
    }

    /** The first node brings along what it had: that is what one can go back to. */
    private Rollout rollout(NodeGroupKey key, @Nullable Group before) {
        return before == null
                ? new Rollout(key, options, clock, () -> ++lastEdition)
                : before.rollout.successor(key);
    }

    @SuppressWarnings("ReferenceEquality") // What it was told is an object of its group.
    private void tell(Watch watch, Group group) {
        var snapshot = group.rollout.snapshotFor(watch.node.id()).orElse(null);
        if (snapshot == null || snapshot == watch.told) {
            return;
        }
        group.rollout.given();
        // Another group's may be older than what the node had: an edition never goes back.
        boolean isOlder = watch.toldEdition >= snapshot.edition();
        var edition = isOlder ? snapshot.withEdition(++lastEdition) : snapshot;
        watch.told = snapshot;
        watch.toldEdition = edition.edition();
        watch.listener.accept(edition);
    }

    /** Whether the group's snapshot is what the newest policies ask for. */
    private boolean build(Group group) {
        List<ReferenceCheck.Problem> problems = List.of();
        var reason = Withheld.Reason.NOT_TRANSLATED;
        try {
            group.resources.update(derived);
            if (!group.resources.isConsistent()) {
                problems = problems(group.key);
            }
            if (problems.isEmpty()) {
                boolean isNews =
                        group.rollout.want(
                                derived.policies(), group.resources.types(), group::nodes);
                if (isNews && group.rollout.isOnTrial()) {
                    beginTrial(group);
                }
                stand(group);
                return true;
            }
            reason = Withheld.Reason.INCONSISTENT;
        } catch (RuntimeException bug) {
            log.error("translation failed group={}", group.key.documents(), bug);
        }
        metrics.failed();
        log.error(
                "last good configuration kept revision={} group={} good={} problems={}",
                derived.policies().revision(),
                group.key.documents(),
                group.published()
                        .map(Snapshot::revision)
                        .map(String::valueOf)
                        .findFirst()
                        .orElse("none"),
                details(problems));
        group.rollout.fail(withheld(reason, problems));
        stand(group);
        return false;
    }

    private Withheld withheld(Withheld.Reason reason, List<ReferenceCheck.Problem> problems) {
        var fields = new TreeSet<PolicyField>();
        problems.forEach(problem ->
                fields.addAll(
                        FieldAttribution.blame(
                                new FieldAttribution.Refused(
                                        problem.type(),
                                        List.of(problem.name()),
                                        problem.documents(),
                                        problem.detail()),
                                derived.policies(),
                                PolicySet.EMPTY)));
        return new Withheld(
                reason,
                derived.policies().revision(),
                clock.instant(),
                "",
                "",
                problems.stream().map(ReferenceCheck.Problem::name).distinct().toList(),
                problems.isEmpty()
                        ? "the control plane failed to translate it; its log says why"
                        : String.join(
                                "; ",
                                problems.stream()
                                        .limit(MAX_DETAILS)
                                        .map(ReferenceCheck.Problem::detail)
                                        .toList()),
                List.copyOf(fields),
                List.of());
    }

    /** What does not hold together, in words. */
    private List<ReferenceCheck.Problem> problems(NodeGroupKey key) {
        return ReferenceCheck.check(
                new GroupBuilder(derived.policies(), translator).resources(key));
    }

    private static List<String> details(List<ReferenceCheck.Problem> problems) {
        return problems.stream()
                .map(problem -> problem.detail() + " from " + problem.documents())
                .toList();
    }

    /** Nodes that are served the same. Confined to the reconciler's thread. */
    private static final class Group {
        private final NodeGroupKey key;
        private final GroupResources resources;
        private final Set<Watch> watches = new LinkedHashSet<>();
        private final Rollout rollout;
        private @Nullable List<Withheld> standing;

        Group(NodeGroupKey key, Rollout rollout) {
            this.key = key;
            this.resources = new GroupResources(key);
            this.rollout = rollout;
        }

        /** What a node without a say in it has. */
        Stream<Snapshot> published() {
            return rollout.snapshotFor("").stream();
        }

        Set<String> nodes() {
            return watches.stream().map(watch -> watch.node.id()).collect(Collectors.toSet());
        }

        /** Whether every stream of the node was told what is on trial. */
        @SuppressWarnings("ReferenceEquality") // What it was told is an object of its group.
        boolean hasNewest(String nodeId) {
            var newest = rollout.snapshotFor(nodeId).orElse(null);
            return watches.stream()
                    .filter(watch -> watch.node.id().equals(nodeId))
                    .allMatch(watch -> watch.told == newest);
        }
    }

    /** One stream's interest. Confined to the reconciler's thread. */
    private static final class Watch {
        private final NodeIdentity node;
        private final Consumer<Snapshot> listener;
        private @Nullable Group group;
        private @Nullable Snapshot told;
        private long toldEdition;

        Watch(NodeIdentity node, Consumer<Snapshot> listener) {
            this.node = node;
            this.listener = listener;
        }
    }
}
