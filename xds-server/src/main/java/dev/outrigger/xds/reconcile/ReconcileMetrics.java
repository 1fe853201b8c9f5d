// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.Snapshot;
import dev.outrigger.xds.snapshot.TypeResources;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Meters of the loops. Any thread. */
final class ReconcileMetrics {
    private final MeterRegistry meters;
    private final Timer age;
    private final Timer build;
    private final Counter failures;
    private final Counter joined;
    private final Counter pushes;
    private final AtomicLong groups;
    private final Map<ResourceType, AtomicLong> resources = new EnumMap<>(ResourceType.class);
    private final Map<ResourceType, Counter> changed = new EnumMap<>(ResourceType.class);

    ReconcileMetrics(MeterRegistry meters) {
        this.meters = meters;
        age =
                timer(
                        "outrigger.xds.queue.age",
                        "How long the oldest change had waited when a translation began");
        build = timer("outrigger.xds.snapshot.build", "From a policy set to all groups' resources");
        failures =
                counter(
                        "outrigger.xds.snapshot.failures",
                        "Times a group's last good snapshot was kept");
        joined =
                counter(
                        "outrigger.xds.revisions.joined",
                        "Revisions that went into one translation with others");
        pushes = counter("outrigger.xds.pushes", "Times a stream was told of a new snapshot");
        groups =
                Objects.requireNonNull(
                        meters.gauge("outrigger.xds.groups", new AtomicLong()), "gauge");
        for (ResourceType type : ResourceType.values()) {
            var tags = Tags.of("type", type.shortName());
            resources.put(
                    type,
                    Objects.requireNonNull(
                            meters.gauge("outrigger.xds.resources", tags, new AtomicLong()),
                            "gauge"));
            changed.put(
                    type,
                    Counter.builder("outrigger.xds.resources.changed")
                            .description("Resources of groups that were added, changed or removed")
                            .tags(tags)
                            .register(meters));
        }
    }

    private Timer timer(String name, String description) {
        return Timer.builder(name)
                .description(description)
                .publishPercentiles(0.5, 0.99)
                .register(meters);
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(meters);
    }

    /** A translation begins, of changes of which the oldest came so long ago. */
    void began(Duration oldest) {
        age.record(oldest);
    }

    Timer.Sample start() {
        return Timer.start(meters);
    }

    void translated(Timer.Sample sample) {
        sample.stop(build);
    }

    /** A revision came while another was waiting. */
    void joined() {
        joined.increment();
    }

    /** A group's nodes are told. */
    void pushed(int nodes) {
        pushes.increment(nodes);
    }

    /** A group has a new snapshot. */
    void changed(@Nullable Snapshot before, Snapshot after) {
        changed.forEach((type, counter) ->
                counter.increment(
                        after.type(type)
                                .changedSince(
                                        before == null ? TypeResources.EMPTY : before.type(type))
                                .size()));
    }

    void published(Collection<Snapshot> snapshots) {
        groups.set(snapshots.size());
        resources.forEach((type, gauge) ->
                gauge.set(
                        snapshots.stream()
                                .mapToLong(snapshot -> snapshot.type(type).size())
                                .sum()));
    }

    void failed() {
        failures.increment();
    }
}
