// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.xds.resource.ResourceType;
import dev.outrigger.xds.snapshot.Snapshot;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/** Meters of the loop. Gauges may be read by any thread. */
final class ReconcileMetrics {
    private final MeterRegistry meters;
    private final Timer build;
    private final Counter failures;
    private final AtomicLong groups;
    private final Map<ResourceType, AtomicLong> resources = new EnumMap<>(ResourceType.class);

    ReconcileMetrics(MeterRegistry meters) {
        this.meters = meters;
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

    void failed() {
        failures.increment();
    }
}
