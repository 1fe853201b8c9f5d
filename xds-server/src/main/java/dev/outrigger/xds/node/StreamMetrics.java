// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.node;

import dev.outrigger.xds.resource.ResourceType;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/** Meters of the streams; names begin with {@code outrigger.xds}. Any thread. */
final class StreamMetrics {
    private final Map<ResourceType, Counter> responses;
    private final Map<ResourceType, Counter> resources;
    private final Map<ResourceType, Counter> acks;
    private final Map<ResourceType, Counter> nacks;
    private final Counter duplicateNodes;
    private final AtomicInteger streams;

    StreamMetrics(MeterRegistry meters) {
        responses = byType(meters, "outrigger.xds.responses", "Responses written");
        resources =
                byType(meters, "outrigger.xds.resources.sent", "Resources and removals written");
        acks = byType(meters, "outrigger.xds.acks", "Responses accepted by proxies");
        nacks = byType(meters, "outrigger.xds.nacks", "Responses refused by proxies");
        duplicateNodes =
                Counter.builder("outrigger.xds.duplicate.nodes")
                        .description("Streams whose node id another client was using")
                        .register(meters);
        streams =
                Objects.requireNonNull(
                        meters.gauge("outrigger.xds.streams", new AtomicInteger()), "gauge");
    }

    private static Map<ResourceType, Counter> byType(
            MeterRegistry meters, String name, String description) {
        var counters = new EnumMap<ResourceType, Counter>(ResourceType.class);
        for (ResourceType type : ResourceType.values()) {
            counters.put(
                    type,
                    Counter.builder(name)
                            .description(description)
                            .tag("type", type.shortName())
                            .register(meters));
        }
        return counters;
    }

    void opened() {
        streams.incrementAndGet();
    }

    void closed() {
        streams.decrementAndGet();
    }

    void duplicateNode() {
        duplicateNodes.increment();
    }

    void sent(ResourceType type, int count) {
        counter(responses, type).increment();
        counter(resources, type).increment(count);
    }

    void acknowledged(ResourceType type) {
        counter(acks, type).increment();
    }

    void rejected(ResourceType type) {
        counter(nacks, type).increment();
    }

    private static Counter counter(Map<ResourceType, Counter> counters, ResourceType type) {
        return Objects.requireNonNull(counters.get(type), "counter");
    }
}
