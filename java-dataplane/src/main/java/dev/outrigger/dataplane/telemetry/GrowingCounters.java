// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import dev.outrigger.dataplane.telemetry.StatShape.Kind;
import dev.outrigger.dataplane.telemetry.StatsStore.Sample;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;

/** What counters grew by from one flush to the next, and where gauges stand. One thread. */
final class GrowingCounters {
    private final StatsStore stats;
    private final Map<String, Long> latched = new HashMap<>();

    /** Told of one metric. */
    @FunctionalInterface
    interface Receiver {
        /**
         * @param type statsd's letter
         */
        void take(String name, String value, char type);
    }

    GrowingCounters(StatsStore stats) {
        this.stats = stats;
    }

    /** Tells of all that were ever used, counters first. */
    void flush(Receiver receiver) {
        var counters = stats.sorted(EnumSet.of(Kind.COUNTER));
        for (Sample sample = counters.next(); sample != null; sample = counters.next()) {
            if (sample.used()) {
                long now = sample.scope().sum(sample.index());
                Long before = latched.put(sample.name(), now);
                // A smaller one is another counter of the same name, whose owner came back.
                long base = before == null || before > now ? 0 : before;
                receiver.take(sample.name(), Long.toString(now - base), 'c');
            }
        }
        var gauges = stats.sorted(EnumSet.of(Kind.GAUGE));
        for (Sample sample = gauges.next(); sample != null; sample = gauges.next()) {
            if (sample.used()) {
                receiver.take(sample.name(), sample.text(), 'g');
            }
        }
    }
}
