// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.store.PolicySource;
import dev.outrigger.xds.node.NodeGroupKey;
import dev.outrigger.xds.node.NodeGroupResolver;
import dev.outrigger.xds.node.NodeIdentity;
import dev.outrigger.xds.node.ProxyRegistry;
import dev.outrigger.xds.snapshot.ReferenceCheck;
import dev.outrigger.xds.snapshot.Snapshot;
import dev.outrigger.xds.snapshot.SnapshotBuilder;
import dev.outrigger.xds.snapshot.SnapshotFeed;
import dev.outrigger.xds.translate.XdsTranslator;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
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
 * All state is confined to one thread. The store's thread only leaves the newest set; whatever came
 * in between is skipped. Streams are told on this thread and only take note.
 *
 * <h2>Order of one round, and why</h2>
 *
 * <ol>
 *   <li>Which node is in which group: a revision may have changed a selector.
 *   <li>Translate, check, build each group that has a node. Groups without nodes cost nothing.
 *   <li>Tell the streams, before the revision counts as published: whoever waits for a revision
 *       must find that all of them have been told.
 *   <li>Published, if every group was good.
 * </ol>
 */
public final class Reconciler implements SnapshotFeed, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Reconciler.class);

    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().name("xds-reconcile").daemon().factory());
    private final AtomicReference<@Nullable PolicySet> waiting = new AtomicReference<>();
    private final XdsTranslator translator = new XdsTranslator();
    private final ProxyRegistry registry;
    private final ReconcileMetrics metrics;
    private final PolicySource.Registration source;

    // Confined to the thread.
    private final Set<Watch> watches = new LinkedHashSet<>();
    private final Map<NodeGroupKey, Snapshot> groups = new HashMap<>();
    private SnapshotBuilder snapshots = new SnapshotBuilder();
    private @Nullable Round round;

    /** What is derived from a policy set once for all groups. */
    private record Round(PolicySet policies, NodeGroupResolver resolver, GroupBuilder builder) {}

    @SuppressWarnings("this-escape") // The source calls back at once, and that only takes note.
    public Reconciler(PolicySource policies, ProxyRegistry registry, MeterRegistry meters) {
        this.registry = registry;
        this.metrics = new ReconcileMetrics(meters);
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
        var next =
                new Round(
                        policies,
                        new NodeGroupResolver(policies),
                        new GroupBuilder(policies, translator));
        round = next;
        snapshots = snapshots.successor();
        watches.forEach(watch -> watch.group = next.resolver().resolve(watch.node));
        var keys = new LinkedHashSet<NodeGroupKey>();
        watches.forEach(watch -> keys.add(watch.group));
        groups.keySet().retainAll(keys);
        boolean good = true;
        for (NodeGroupKey key : keys) {
            good &= build(key, next);
        }
        watches.forEach(this::tell);
        metrics.built(started, groups.values());
        if (good) {
            registry.published(policies.revision());
            log.info(
                    "snapshots published revision={} groups={} nodes={}",
                    policies.revision(),
                    groups.size(),
                    watches.size());
        }
    }

    private void join(Watch watch) {
        watches.add(watch);
        var current = round;
        if (current == null) {
            return; // Told when the first policies are there: emptiness must not be served before.
        }
        watch.group = current.resolver().resolve(watch.node);
        if (!groups.containsKey(watch.group)) {
            build(watch.group, current);
        }
        tell(watch);
    }

    private void leave(Watch watch) {
        // The group's snapshot stays until the next revision: the proxy may be back in a moment.
        watches.remove(watch);
    }

    private void tell(Watch watch) {
        var snapshot = groups.get(watch.group);
        if (snapshot != null && !snapshot.equals(watch.told)) {
            watch.told = snapshot;
            watch.listener.accept(snapshot);
        }
    }

    /** Whether the group's snapshot is that of the round's revision. */
    private boolean build(NodeGroupKey key, Round current) {
        var previous = Optional.ofNullable(groups.get(key));
        var problems = new ArrayList<ReferenceCheck.Problem>();
        try {
            var resources = current.builder().resources(key);
            problems.addAll(ReferenceCheck.check(resources));
            if (problems.isEmpty()) {
                groups.put(
                        key,
                        snapshots.build(
                                current.policies().revision(),
                                key.documents(),
                                resources,
                                previous));
                return true;
            }
        } catch (RuntimeException bug) {
            log.error("translation failed group={}", key.documents(), bug);
        }
        metrics.failed();
        log.error(
                "last good configuration kept revision={} group={} good={} problems={}",
                current.policies().revision(),
                key.documents(),
                previous.map(Snapshot::revision).map(String::valueOf).orElse("none"),
                details(problems));
        return false;
    }

    private static List<String> details(List<ReferenceCheck.Problem> problems) {
        return problems.stream()
                .map(problem -> problem.detail() + " from " + problem.documents())
                .toList();
    }

    /** One stream's interest. Confined to the reconciler's thread. */
    private static final class Watch {
        private final NodeIdentity node;
        private final Consumer<Snapshot> listener;
        private NodeGroupKey group = new NodeGroupKey(List.of());
        private @Nullable Snapshot told;

        Watch(NodeIdentity node, Consumer<Snapshot> listener) {
            this.node = node;
            this.listener = listener;
        }
    }
}
