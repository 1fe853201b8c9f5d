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
import dev.outrigger.xds.snapshot.SnapshotFeed;
import dev.outrigger.xds.translate.XdsTranslator;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
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
    private final Map<NodeGroupKey, Group> groups = new HashMap<>();
    private final DerivedResources derived = new DerivedResources(translator);
    private @Nullable NodeGroupResolver resolver;
    private long lastEdition;

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
        boolean selection = derived.apply(policies);
        if (resolver == null || selection) {
            resolver = new NodeGroupResolver(policies);
            watches.forEach(this::regroup);
        }
        groups.values().removeIf(group -> group.watches.isEmpty());
        derived.retain(
                groups.keySet().stream()
                        .flatMap(key -> key.documents().stream())
                        .collect(Collectors.toSet()));
        boolean good = true;
        for (Group group : groups.values()) {
            good &= build(group);
            group.watches.forEach(watch -> tell(watch, group));
        }
        metrics.built(started, groups.values().stream().flatMap(Group::published).toList());
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
        }
    }

    /** Puts a node where it belongs now. */
    private Group regroup(Watch watch) {
        var key = Objects.requireNonNull(resolver, "resolver").resolve(watch.node);
        var group = groups.get(key);
        if (group == null) {
            group = new Group(key);
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

    @SuppressWarnings("ReferenceEquality") // What it was told is an object of its group.
    private void tell(Watch watch, Group group) {
        var snapshot = group.snapshot;
        if (snapshot == null || snapshot == watch.told) {
            return;
        }
        // Another group's may be older than what the node had: an edition never goes back.
        boolean isOlder = watch.toldEdition >= snapshot.edition();
        var edition = isOlder ? snapshot.withEdition(++lastEdition) : snapshot;
        watch.told = snapshot;
        watch.toldEdition = edition.edition();
        watch.listener.accept(edition);
    }

    /** Whether the group's snapshot is what the newest policies ask for. */
    private boolean build(Group group) {
        var previous = group.snapshot;
        List<ReferenceCheck.Problem> problems = List.of();
        try {
            group.resources.update(derived);
            if (!group.resources.isConsistent()) {
                problems = problems(group.key);
            }
            if (problems.isEmpty()) {
                if (previous == null || !group.resources.types().equals(previous.types())) {
                    group.snapshot =
                            new Snapshot(
                                    ++lastEdition,
                                    derived.policies().revision(),
                                    group.key.documents(),
                                    group.resources.types());
                }
                return true;
            }
        } catch (RuntimeException bug) {
            log.error("translation failed group={}", group.key.documents(), bug);
        }
        metrics.failed();
        log.error(
                "last good configuration kept revision={} group={} good={} problems={}",
                derived.policies().revision(),
                group.key.documents(),
                previous == null ? "none" : String.valueOf(previous.revision()),
                details(problems));
        return false;
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
        private @Nullable Snapshot snapshot;

        Group(NodeGroupKey key) {
            this.key = key;
            this.resources = new GroupResources(key);
        }

        Stream<Snapshot> published() {
            return Stream.ofNullable(snapshot);
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
