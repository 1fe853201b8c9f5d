// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import dev.outrigger.dataplane.telemetry.StatsStore.Histogram;

/** Hears every observation the moment it is recorded, on the thread that records it. */
@FunctionalInterface
interface HistogramListener {
    void onRecorded(Histogram histogram, long value);
}
