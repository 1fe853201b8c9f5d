// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.status.PolicyField;
import dev.outrigger.policy.status.Withheld;
import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.Snapshot;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;

/** Meters of the loop. Gauges may be read by any thread. */
final class ReconcileMetrics {
    private static final int MAX_DOCUMENTS = 100;

    private final MeterRegistry meters;
    private final Timer build;
    private final Counter failures;
    private final AtomicLong groups;
    private final MultiGauge documents;
    private final Map<ResourceType, AtomicLong> resources = new EnumMap<>(ResourceType.class);

    ReconcileMetrics(MeterRegistry meters) {
        this.meters = meters;
        documents =
                MultiGauge.builder("outrigger.xds.withheld.documents")
                        .description("Groups that are not given a document's newest content")
                        .register(meters);
        build =
                Timer.builder("outrigger.xds.snapshot.build")
                        .description("From a policy set to the snapshots of all groups")
                        .register(meters);
        failures =
                Counter.builder("outrigger.xds.snapshot.failures")
                        .description("Times a group's last good snapshot was kept")
                        .register(meters);
        groups =
                Objects.requireNonNull(
                        meters.gauge("outrigger.xds.groups", new AtomicLong()), "gauge");
        for (ResourceType type : ResourceType.values()) {
            resources.put(
                    type,
                    Objects.requireNonNull(
                            meters.gauge(
                                    "outrigger.xds.resources",
                                    Tags.of("type", type.shortName()),
                                    new AtomicLong()),
                            "gauge"));
        }
    }

    Timer.Sample start() {
        return Timer.start(meters);
    }

    void built(Timer.Sample sample, Collection<Snapshot> snapshots) {
        sample.stop(build);
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
    void withheld(List<List<Withheld>> groups) {
        var byDocument = new TreeMap<PolicyId, Integer>();
        groups.stream()
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

    void trialBegan() {
        meters.counter("outrigger.xds.trials", "event", "began").increment();
    }

    void trialEnded(String how) {
        meters.counter("outrigger.xds.trials", "event", how).increment();
    }

    void failed() {
        failures.increment();
    }
}
