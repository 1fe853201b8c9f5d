// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.store.PolicySource;
import dev.outrigger.xds.node.Judge;
import dev.outrigger.xds.node.NodeIdentity;
import dev.outrigger.xds.node.ProxyRegistry;
import dev.outrigger.xds.node.ProxySession;
import dev.outrigger.xds.node.StreamListener;
import dev.outrigger.xds.reconcile.Translation.Translated;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.Snapshot;
import dev.outrigger.xds.snapshot.SnapshotFeed;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns every revision into a snapshot per node group, or keeps the group's last good one and says
 * why.
 *
 * <h2>Threading</h2>
 *
 * Two loops. This one has the groups and the nodes, tells the streams, and never does anything
 * long. The other translates, one set at a time; it is given the newest set when it is free, and
 * what came in between is skipped. The store's thread only leaves the newest set; streams only take
 * note.
 *
 * <h2>Two lanes</h2>
 *
 * Addresses of services never wait for a translation: they are laid over the last one as soon as
 * they are known, and over the next one when it is older than they are. See {@link
 * EndpointOverlay}.
 *
 * <h2>Order of a publication, and why</h2>
 *
 * <ol>
 *   <li>Nodes that belong to another group now are moved there, once the group has something for
 *       them.
 *   <li>Each group whose resources changed gets a snapshot. Others are not touched: no stream of
 *       theirs is told.
 *   <li>Tell the streams, before the revision counts as published: whoever waits for a revision
 *       must find that all of them have been told.
 *   <li>Published, if every group was good.
 * </ol>
 */
public final class Reconciler implements SnapshotFeed, Judge, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Reconciler.class);

    /** A burst is joined to at most ten rounds a second; the first change never waits. */
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(5);

    private static final Duration LONGEST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_ENDPOINT_PAUSE = Duration.ofMillis(20);

    private final EventLoop loop;
    private final EventLoop translating;
    private final AtomicReference<@Nullable PolicySet> waiting = new AtomicReference<>();
    private final ProxyRegistry registry;
    private final ReconcileMetrics metrics;
    private final Rollouts rollouts;
    private final PolicySource.Registration source;

    private volatile boolean isEnding;

    // Confined to the translating loop.
    private final Translation translation = new Translation();

    // Confined to the loop.
    private final NodeGroups groups;
    private final Lane full;
    private final Lane endpoints;
    private @Nullable PolicySet newest;
    private @Nullable Translated published;
    private boolean isTranslating;

    /**
     * When the oldest change came that no translation has begun with; negative if there is none.
     */
    private long waitingSince = -1;

    private long lastEdition;

    public Reconciler(
            PolicySource policies,
            ProxyRegistry registry,
            MeterRegistry meters,
            InstantSource clock,
            RolloutOptions rollout,
            RolloutMemory memory,
            RevisionUndo undo) {
        this(
                policies,
                registry,
                meters,
                clock,
                rollout,
                memory,
                undo,
                EventLoop.onThread("xds-reconcile"),
                EventLoop.onThread("xds-translate"));
    }

    @SuppressWarnings("this-escape") // The source calls back at once, and that only takes note.
    Reconciler(
            PolicySource policies,
            ProxyRegistry registry,
            MeterRegistry meters,
            InstantSource clock,
            RolloutOptions rollout,
            RolloutMemory memory,
            RevisionUndo undo,
            EventLoop loop,
            EventLoop translating) {
        this.registry = registry;
        this.loop = loop;
        this.translating = translating;
        this.metrics = new ReconcileMetrics(meters);
        this.rollouts =
                new Rollouts(
                        new RolloutSurroundings(rollout, clock, this::nextEdition, memory),
                        registry,
                        metrics,
                        undo);
        this.groups = new NodeGroups(registry, rollouts, this::nextEdition);
        registry.judgedBy(this);
        this.full = lane(LONGEST_PAUSE, this::translate);
        this.endpoints = lane(LONGEST_ENDPOINT_PAUSE, this::publishEndpoints);
        this.source = policies.onChange(this::onChange);
    }

    private Lane lane(Duration longestPause, Runnable round) {
        return new Lane(
                loop, new Debounce(SHORTEST_PAUSE, longestPause), () -> run("a round", round));
    }

    @Override
    public Registration watch(NodeIdentity node, Consumer<Snapshot> listener) {
        var watch = new Watch(node, listener);
        submit("a proxy joined", () -> join(watch));
        return () -> submit("a proxy left", () -> leave(watch));
    }

    /** The streams are about to be ended: that nodes leave says nothing about them. */
    public void prepareToClose() {
        isEnding = true;
    }

    @Override
    public void close() {
        source.close();
        loop.close();
        translating.close();
    }

    private void onChange(PolicySet policies) {
        if (waiting.getAndSet(policies) == null) {
            submit("policies changed", this::take);
        }
    }

    private void submit(String event, Runnable task) {
        loop.execute(() -> run(event, task));
    }

    private void run(String event, Runnable task) {
        try {
            task.run();
        } catch (Throwable bug) {
            // The edge of the loop: the last good snapshots stay, the loop lives.
            metrics.failed();
            log.error("reconciliation failed event={}", event, bug);
        }
    }

    private void take() {
        var policies = waiting.getAndSet(null);
        if (policies == null) {
            return;
        }
        boolean selection = newest == null || NodeGroups.mayMove(newest, policies);
        newest = policies;
        if (selection) {
            groups.select(policies);
        }
        if (waitingSince < 0) {
            waitingSince = loop.nanos();
        } else {
            metrics.joined();
        }
        if (published != null && !EndpointOverlay.of(published.policies(), policies).isEmpty()) {
            endpoints.request();
        }
        requestTranslation();
    }

    private void requestTranslation() {
        if (newest != null && !isTranslating && !isTranslated(newest)) {
            full.request();
        }
    }

    private void join(Watch watch) {
        if (!groups.join(watch)) {
            requestTranslation();
        }
    }

    private void leave(Watch watch) {
        var group = groups.leave(watch);
        if (!isEnding && group != null && group.rollout().isOnTrial()) {
            proceed(); // It may have been the last one to be waited for.
        }
    }

    private long nextEdition() {
        return ++lastEdition;
    }

    /** Has the newest set translated, unless that is done or under way. */
    private void translate() {
        var policies = newest;
        if (policies == null || isTranslating || isTranslated(policies)) {
            return;
        }
        isTranslating = true;
        var keys = new LinkedHashSet<>(groups.wanted());
        metrics.began(Duration.ofNanos(waitingSince < 0 ? 0 : loop.nanos() - waitingSince));
        waitingSince = -1;
        translating.execute(() -> {
            var sample = metrics.start();
            Translated translated;
            try {
                translated = translation.translate(policies, keys);
            } catch (Throwable bug) {
                log.error("translation failed revision={}", policies.revision(), bug);
                translated = Translated.unusable(policies, keys);
            }
            metrics.translated(sample);
            var result = translated;
            submit("translated", () -> publish(result));
        });
    }

    @SuppressWarnings("ReferenceEquality") // Sets are told apart by what they are, not hold.
    private boolean isTranslated(PolicySet policies) {
        return published != null
                && published.policies() == policies
                && published.groups().keySet().containsAll(groups.wanted());
    }

    private void publish(Translated translated) {
        isTranslating = false;
        published = translated;
        translated
                .groups()
                .forEach((key, content) -> {
                    var group = groups.group(key);
                    switch (content) {
                        case GroupContent.Consistent(var types) -> {
                            group.translated(translated.policies(), types);
                            group.rollout().recovered();
                        }
                        case GroupContent.Unusable(var problems) ->
                                rollouts.fail(group, translated.policies(), problems);
                    }
                });
        var changed = refresh();
        groups.moveAll();
        changed.forEach(this::tell);
        groups.dropDeserted();
        rollouts.stand(groups.all());
        metrics.published(
                groups.all().stream()
                        .map(Group::snapshot)
                        .filter(Objects::nonNull)
                        .map(Objects::requireNonNull)
                        .toList());
        finish(translated);
        requestTranslation(); // Of what came meanwhile, or for nodes it did not know.
    }

    private void publishEndpoints() {
        if (published != null) {
            refresh().forEach(this::tell);
            rollouts.stand(groups.all());
            finish(published);
        }
    }

    /** Everybody has been told; the revision counts if all was good. */
    private void finish(Translated translated) {
        var policies = Objects.requireNonNull(newest, "newest");
        if (groups.all().stream().anyMatch(group -> group.rollout().isOnTrial())) {
            return; // When the trial is over.
        }
        if (!translated.groups().values().stream()
                .allMatch(GroupContent.Consistent.class::isInstance)) {
            return;
        }
        // Newer addresses are in it already, and perhaps there is nothing else that is newer.
        var revision =
                EndpointOverlay.of(translated.policies(), policies).isAll()
                        ? policies.revision()
                        : translated.policies().revision();
        registry.published(revision);
        log.info(
                "snapshots published revision={} groups={} nodes={}",
                revision,
                groups.all().size(),
                groups.streams());
    }

    /** Gives each group that has something new its snapshot, and returns them. */
    private List<Group> refresh() {
        var overlays = new HashMap<Long, EndpointOverlay>();
        var changed = new ArrayList<Group>();
        for (Group group : groups.all()) {
            var base = group.lastGood();
            if (base != null) {
                // A group whose last good set is an old one gets new addresses all the same.
                var overlay =
                        overlays.computeIfAbsent(
                                base.policies().revision(), _ -> newerThan(base.policies()));
                if (refresh(group, base, overlay)) {
                    changed.add(group);
                }
            }
        }
        return changed;
    }

    private EndpointOverlay newerThan(PolicySet policies) {
        return EndpointOverlay.of(policies, Objects.requireNonNull(newest, "newest"));
    }

    private boolean refresh(Group group, Group.LastGood base, EndpointOverlay overlay) {
        var policies = overlay.isAll() && newest != null ? newest : base.policies();
        var before = group.rollout().newest();
        if (!group.rollout()
                .want(policies, overlay.over(base.types()), () -> groups.nodes(group))) {
            return false;
        }
        group.rollout()
                .newest()
                .ifPresent(snapshot -> metrics.changed(before.orElse(null), snapshot));
        if (group.rollout().isOnTrial()) {
            metrics.trial("began");
            long edition = group.rollout().edition();
            loop.schedule(
                    () -> run("a trial's time is up", () -> timeIsUp(group, edition)),
                    rollouts.options().trial());
            loop.schedule(() -> run("nodes may be back", this::proceed), Trial.RETURN);
        }
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
        var group = groups.of(session.node());
        if (group == null) {
            session.blame(type, nack, List.of());
            return;
        }
        var judgement = rollouts.judge(group, session, type, nack, groups::nodes);
        tell(group);
        rollouts.stand(groups.all());
        // After that it counts as answered, and whoever waits finds everything said.
        session.blame(type, nack, judgement.fields());
        if (published != null) {
            finish(published);
        }
    }

    /** Trials whose nodes have all accepted go on to the others. */
    private void proceed() {
        goOn(
                groups.all().stream()
                        .filter(group -> group.rollout().isOnTrial())
                        .filter(group -> rollouts.proceed(group, groups::nodes))
                        .toList());
    }

    private void timeIsUp(Group group, long edition) {
        goOn(rollouts.timeIsUp(group, edition) ? List.of(group) : List.of());
    }

    private void goOn(List<Group> further) {
        if (!further.isEmpty()) {
            further.forEach(this::tell);
            rollouts.stand(groups.all());
            if (published != null) {
                finish(published);
            }
        }
    }

    private void tell(Group group) {
        metrics.pushed(group.watches().size());
        group.watches().forEach(watch -> watch.tell(this::nextEdition));
    }
}
