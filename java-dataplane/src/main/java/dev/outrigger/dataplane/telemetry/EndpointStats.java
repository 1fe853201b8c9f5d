// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import java.util.List;
import java.util.function.Consumer;

/**
 * What one host counts, shown beside the stats although it is none of them ({@code
 * per_endpoint_stats}): Envoy makes them from the host when they are asked for.
 *
 * @param cluster its stat name
 * @param address {@code ip:port} or a path
 * @param hostname may be empty
 * @param counters in the order of {@link #COUNTERS}
 * @param gauges in the order of {@link #GAUGES}
 */
public record EndpointStats(
        String cluster, String address, String hostname, List<Long> counters, List<Long> gauges) {
    public static final List<String> COUNTERS =
            List.of(
                    "cx_connect_fail",
                    "cx_total",
                    "rq_error",
                    "rq_success",
                    "rq_timeout",
                    "rq_total");
    public static final List<String> GAUGES =
            List.of("cx_active", "rq_active", "rq_pending_active", "healthy");

    public EndpointStats {
        counters = List.copyOf(counters);
        gauges = List.copyOf(gauges);
        if (counters.size() != COUNTERS.size() || gauges.size() != GAUGES.size()) {
            throw new IllegalArgumentException(
                    counters.size()
                            + " counters and "
                            + gauges.size()
                            + " gauges (expected: 6, 4)");
        }
    }

    /** One of its values. */
    record Value(String name, boolean counter, long value) {
        StatsQuery.Type type() {
            return counter ? StatsQuery.Type.COUNTERS : StatsQuery.Type.GAUGES;
        }
    }

    /** Its values in the order in which they are printed. */
    void each(Consumer<Value> consumer) {
        for (int i = 0; i < COUNTERS.size(); i++) {
            consumer.accept(new Value(COUNTERS.get(i), true, counters.get(i)));
        }
        for (int i = 0; i < GAUGES.size(); i++) {
            consumer.accept(new Value(GAUGES.get(i), false, gauges.get(i)));
        }
    }

    /** As the text formats have it, where a colon would end a name. */
    String fullName(Value value) {
        return "cluster." + cluster + ".endpoint." + address.replace(':', '_') + '.' + value.name();
    }
}
