// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import dev.outrigger.dataplane.config.StatsSinkConfig;
import dev.outrigger.dataplane.telemetry.StatsStore.Histogram;
import java.util.function.Supplier;

/**
 * Sends stats as lines of statsd over TCP, names with their variable parts. Follows {@code
 * TcpStatsdSink} of Envoy, which has a connection for each thread: here all share one.
 */
final class TcpStatsdSink implements StatsSink {
    private final String prefix;
    private final GrowingCounters counters;
    private final Supplier<StatsConnection> connection;

    TcpStatsdSink(
            StatsSinkConfig.Lines config, StatsStore stats, Supplier<StatsConnection> connection) {
        this.prefix = config.prefix() + '.';
        this.counters = new GrowingCounters(stats);
        this.connection = connection;
    }

    @Override
    public void flush() {
        var lines = new StringBuilder();
        counters.flush((name, value, type) ->
                lines.append(prefix)
                        .append(name)
                        .append(':')
                        .append(value)
                        .append('|')
                        .append(type)
                        .append('\n'));
        if (!lines.isEmpty()) {
            connection.get().send(lines.toString());
        }
    }

    @Override
    public void onRecorded(Histogram histogram, long value) {
        if (histogram.isListed()) {
            connection.get().send(prefix + histogram.name() + ':' + Math.max(0, value) + "|ms\n");
        }
    }

    @Override
    public void close() {
        connection.get().close();
    }
}
