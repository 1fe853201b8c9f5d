// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import dev.outrigger.dataplane.telemetry.StatsStore.Histogram;

/** What stats are sent to. Flushing and closing: main loop. Observations: any thread. */
interface StatsSink extends AutoCloseable {
    /** Sends what counters grew by and where gauges stand. */
    void flush();

    /** A histogram has observed a value. */
    void onRecorded(Histogram histogram, long value);

    @Override
    void close();
}
