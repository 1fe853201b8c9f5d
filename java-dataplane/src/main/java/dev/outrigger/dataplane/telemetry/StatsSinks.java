// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import dev.outrigger.dataplane.config.StatsSinkConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Everything stats are sent to ({@code stats_sinks}). Main loop only. */
public final class StatsSinks implements AutoCloseable {
    private final List<StatsdSink> sinks;

    private StatsSinks(List<StatsdSink> sinks) {
        this.sinks = sinks;
    }

    /**
     * Opens them, before anything is counted.
     *
     * @throws IOException when one has no socket; none stays open
     */
    public static StatsSinks open(List<StatsSinkConfig> configs, StatsStore stats)
            throws IOException {
        var sinks = new ArrayList<StatsdSink>();
        try {
            for (StatsSinkConfig config : configs) {
                sinks.add(StatsdSink.open(config, stats));
            }
        } catch (IOException e) {
            sinks.forEach(StatsdSink::close);
            throw e;
        }
        if (!sinks.isEmpty()) {
            stats.listen(
                    (histogram, value) -> sinks.forEach(sink -> sink.onRecorded(histogram, value)));
        }
        return new StatsSinks(sinks);
    }

    /** Sends what there is. */
    public void flush() {
        sinks.forEach(StatsdSink::flush);
    }

    @Override
    public void close() {
        sinks.forEach(StatsdSink::close);
    }
}
