// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import dev.outrigger.dataplane.config.StatsSinkConfig;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Everything stats are sent to ({@code stats_sinks}). Main loop only. */
public final class StatsSinks implements AutoCloseable {
    private final List<StatsSink> sinks;

    private StatsSinks(List<StatsSink> sinks) {
        this.sinks = sinks;
    }

    /**
     * Opens them, before anything is counted.
     *
     * @param connections to a cluster's hosts by its name; asked when there is something to send
     * @throws IOException when one has no socket; none stays open
     */
    public static StatsSinks open(
            List<StatsSinkConfig> configs,
            StatsStore stats,
            Function<String, StatsConnection> connections)
            throws IOException {
        var sinks = new ArrayList<StatsSink>();
        try {
            for (StatsSinkConfig config : configs) {
                sinks.add(
                        switch (config) {
                            case StatsSinkConfig.Datagrams datagrams ->
                                    StatsdSink.open(datagrams, stats);
                            case StatsSinkConfig.Lines lines ->
                                    new TcpStatsdSink(
                                            lines, stats, () -> connections.apply(lines.cluster()));
                        });
            }
        } catch (IOException e) {
            sinks.forEach(StatsSink::close);
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
        sinks.forEach(StatsSink::flush);
    }

    @Override
    public void close() {
        sinks.forEach(StatsSink::close);
    }
}
