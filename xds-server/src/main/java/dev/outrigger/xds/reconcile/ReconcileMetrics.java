// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.status.PolicyField;
import dev.outrigger.policy.status.Withheld;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.Snapshot;
import dev.outrigger.xds.snapshot.TypeResources;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Meters of the loops. Any thread. */
final class ReconcileMetrics {
    private static final int MAX_DOCUMENTS = 100;

    private final MeterRegistry meters;
    private final Timer age;
    private final Timer build;
    private final Counter failures;
    private final Counter joined;
    private final Counter pushes;
    private final AtomicLong groups;
    private final MultiGauge documents;
    private final Map<ResourceType, AtomicLong> resources = new EnumMap<>(ResourceType.class);
    private final Map<ResourceType, Counter> changed = new EnumMap<>(ResourceType.class);

    ReconcileMetrics(MeterRegistry meters) {
        this.meters = meters;
        documents =
                MultiGauge.builder("outrigger.xds.withheld.documents")
                        .description("Groups that are not given a document's newest content")
                        .register(meters);
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

    /** A refusal whose documents are known. */
    void refused(ResourceType type, List<PolicyField> fields) {
        // By kind only: the number of series must not grow with the documents.
        fields.stream()
                .map(field -> field.document().kind())
                .distinct()
                .forEach(kind ->
                        meters.counter(
                                        "outrigger.xds.refusals",
                                        "type",
                                        type.shortName(),
                                        "kind",
                                        kind)
                                .increment());
    }

    /** What is withheld now, group by group. */
    void withheld(List<List<Withheld>> all) {
        var byDocument = new TreeMap<PolicyId, Integer>();
        all.stream()
                .flatMap(List::stream)
                .filter(held -> held.reason().isFinal())
                .flatMap(held -> held.fields().stream().map(PolicyField::document).distinct())
                .forEach(id -> byDocument.merge(id, 1, Integer::sum));
        documents.register(
                byDocument.entrySet().stream()
                        .limit(MAX_DOCUMENTS)
                        .map(entry ->
                                MultiGauge.Row.of(
                                        Tags.of(
                                                "kind",
                                                entry.getKey().kind(),
                                                "namespace",
                                                entry.getKey().namespace(),
                                                "name",
                                                entry.getKey().name()),
                                        entry.getValue()))
                        .toList(),
                true);
    }

    /** Something happened to a trial. */
    void trial(String event) {
        meters.counter("outrigger.xds.trials", "event", event).increment();
    }

    void failed() {
        failures.increment();
    }
}
