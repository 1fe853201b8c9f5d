// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.telemetry;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outrigger.dataplane.config.StatsSinkConfig;
import dev.outrigger.dataplane.config.StatsSinkConfig.Tags;
import dev.outrigger.dataplane.telemetry.StatsStore.Histogram;
import dev.outrigger.dataplane.telemetry.TagExtractor.Extracted;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends stats as statsd datagrams: with every flush what counters grew by and where gauges stand,
 * if they were ever used, and each observation of a histogram at once. Follows {@code
 * UdpStatsdSink} of Envoy. A datagram that cannot be sent is lost, as datagrams are.
 *
 * <p>Flushing: one thread. Observations: any thread.
 */
final class StatsdSink implements StatsSink {
    private static final Logger log = LoggerFactory.getLogger(StatsdSink.class);

    private final StatsSinkConfig.Datagrams config;
    private final StatsStore stats;
    private final DatagramChannel channel;
    private final GrowingCounters counters;
    private final StringBuilder pending = new StringBuilder();

    private StatsdSink(
            StatsSinkConfig.Datagrams config, StatsStore stats, DatagramChannel channel) {
        this.config = config;
        this.stats = stats;
        this.channel = channel;
        this.counters = new GrowingCounters(stats);
    }

    /**
     * @throws IOException when there is no socket
     */
    static StatsdSink open(StatsSinkConfig.Datagrams config, StatsStore stats) throws IOException {
        DatagramChannel channel =
                DatagramChannel.open(
                        config.address().getAddress().getAddress().length == 4
                                ? StandardProtocolFamily.INET
                                : StandardProtocolFamily.INET6);
        channel.configureBlocking(false);
        return new StatsdSink(config, stats, channel);
    }

    @Override
    public void flush() {
        counters.flush((name, value, type) -> add(message(name, value, "|" + type)));
        sendPending();
    }

    @Override
    public void onRecorded(Histogram histogram, long value) {
        if (histogram.isListed()) {
            send(message(histogram.name(), Long.toString(Math.max(0, value)), "|ms"));
        }
    }

    private String message(String name, String value, String type) {
        if (config.tags() == Tags.NONE) {
            return config.prefix() + '.' + name + ':' + value + type;
        }
        Extracted extracted = stats.rules().tags().extract(name);
        String plain = config.prefix() + '.' + extracted.family();
        String tags = tags(extracted);
        return config.tags() == Tags.AFTER_NAME
                ? plain + tags + ':' + value + type
                : plain + ':' + value + type + tags;
    }

    private String tags(Extracted extracted) {
        if (extracted.labels().isEmpty()) {
            return "";
        }
        boolean graphite = config.tags() == Tags.AFTER_NAME;
        String assign = graphite ? "=" : ":";
        return (graphite ? ";" : "|#")
                + extracted.labels().stream()
                        .map(label -> label.name() + assign + label.value())
                        .collect(Collectors.joining(graphite ? ";" : ","));
    }

    /** As many metrics share a datagram as fit into it. */
    private void add(String message) {
        int max = config.maxBytesPerDatagram();
        if (message.length() >= max) {
            send(message);
            return;
        }
        if (pending.length() + message.length() + 1 > max) {
            sendPending();
        } else if (!pending.isEmpty()) {
            pending.append('\n');
        }
        pending.append(message);
    }

    private void sendPending() {
        if (!pending.isEmpty()) {
            send(pending.toString());
            pending.setLength(0);
        }
    }

    private void send(String datagram) {
        try {
            int _ = channel.send(ByteBuffer.wrap(datagram.getBytes(UTF_8)), config.address());
        } catch (IOException e) {
            log.debug("stats datagram lost: {}", e.toString());
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            log.debug("stats socket not closed: {}", e.toString());
        }
    }
}
