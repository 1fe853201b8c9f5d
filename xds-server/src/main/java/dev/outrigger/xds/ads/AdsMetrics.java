// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.xds.resource.ResourceType;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntSupplier;

/** Meters of the xDS server's transport; names begin with {@code outrigger.xds}. Any thread. */
final class AdsMetrics {
    /** Why a stream was ended by this side. */
    enum Ending {
        /** More streams than allowed. */
        LIMIT,
        /** It said something the protocol has no place for. */
        PROTOCOL,
        /** It asked for more than it may. */
        EXCEEDED,
        /** It did not read. */
        STALLED,
        /** It never said anything. */
        SILENT,
        /** A defect here. */
        FAILURE
    }

    private final Map<Ending, Counter> endings = new EnumMap<>(Ending.class);
    private final Map<ResourceType, Counter> bytes = new EnumMap<>(ResourceType.class);
    private final Map<ResourceType, Counter> oversize = new EnumMap<>(ResourceType.class);
    private final Counter late;
    private final Counter requests;

    /**
     * @param waiting streams that wait for admission
     */
    AdsMetrics(MeterRegistry meters, IntSupplier waiting) {
        for (Ending ending : Ending.values()) {
            endings.put(
                    ending,
                    Counter.builder("outrigger.xds.streams.ended")
                            .description("Streams that this side refused or ended")
                            .tag("reason", ending.name().toLowerCase(Locale.ROOT))
                            .register(meters));
        }
        for (ResourceType type : ResourceType.inOrder()) {
            bytes.put(
                    type,
                    Counter.builder("outrigger.xds.response.bytes")
                            .description("Bytes of responses written, before compression")
                            .baseUnit("bytes")
                            .tag("type", type.shortName())
                            .register(meters));
            oversize.put(
                    type,
                    Counter.builder("outrigger.xds.responses.oversize")
                            .description("Responses above 4 MiB, which clients may refuse")
                            .tag("type", type.shortName())
                            .register(meters));
        }
        late =
                Counter.builder("outrigger.xds.answers.late")
                        .description("Responses sent without the answer they should wait for")
                        .register(meters);
        requests =
                Counter.builder("outrigger.xds.requests")
                        .description("Requests read and worked off, answers included")
                        .register(meters);
        Gauge.builder("outrigger.xds.streams.waiting", waiting::getAsInt)
                .description("Streams that wait for admission")
                .strongReference(true)
                .register(meters);
    }

    void ended(Ending ending) {
        Objects.requireNonNull(endings.get(ending), "counter").increment();
    }

    void sent(ResourceType type, int sizeBytes) {
        Objects.requireNonNull(bytes.get(type), "counter").increment(sizeBytes);
    }

    void oversize(ResourceType type) {
        Objects.requireNonNull(oversize.get(type), "counter").increment();
    }

    void requested() {
        requests.increment();
    }

    void late(int answers) {
        late.increment(answers);
    }
}
