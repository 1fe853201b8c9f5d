// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.als;

import com.google.protobuf.Message;
import dev.outrigger.dataplane.ads.MainLoop;
import dev.outrigger.dataplane.config.AccessLogConfig.Sink;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPAccessLogEntry;
import io.envoyproxy.envoy.data.accesslog.v3.TCPAccessLogEntry;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsMessage;

/**
 * Entries for one service and log name: collected until there are enough bytes or the flush
 * interval has passed, then sent as one message. While the stream does not take more, a full buffer
 * loses entries. The first message of each stream says who speaks. Main loop only.
 */
final class GrpcAccessLog {
    private final MainLoop loop;
    private final LogStream stream;
    private final Sink.Grpc config;
    private final Node node;
    private final StatsShard shard;
    private final StatsStore.Counter written;
    private final StatsStore.Counter dropped;
    private final StatsStore.Counter flushed;
    private final StatsStore.Counter flushFailed;
    private StreamAccessLogsMessage.Builder message = StreamAccessLogsMessage.newBuilder();
    private long bytes;
    private int entries;
    private boolean flushPlanned;

    GrpcAccessLog(MainLoop loop, LogStream stream, Sink.Grpc config, Node node, StatsStore stats) {
        this.loop = loop;
        this.stream = stream;
        this.config = config;
        this.node = node;
        this.shard = stats.shard(0);
        this.written = stats.counter("access_logs.grpc_access_log.logs_written");
        this.dropped = stats.counter("access_logs.grpc_access_log.logs_dropped");
        this.flushed = stats.counter("access_logs.grpc_access_log.grpc_entries_flushed");
        this.flushFailed = stats.counter("access_logs.grpc_access_log.grpc_entries_flush_failed");
    }

    void add(Message entry) {
        if (!hasRoom()) {
            flush();
            if (!hasRoom()) {
                shard.inc(dropped);
                return;
            }
        }
        shard.inc(written);
        switch (entry) {
            case HTTPAccessLogEntry http -> message.getHttpLogsBuilder().addLogEntry(http);
            case TCPAccessLogEntry tcp -> message.getTcpLogsBuilder().addLogEntry(tcp);
            default -> throw new IllegalArgumentException(entry.getClass().getName());
        }
        bytes += entry.getSerializedSize();
        entries++;
        if (bytes >= config.bufferSizeBytes()) {
            flush();
        } else if (!flushPlanned) {
            flushPlanned = true;
            var _ = loop.schedule(config.bufferFlushInterval(), this::flushByTimer);
        }
    }

    void close() {
        flush();
        stream.close();
    }

    private boolean hasRoom() {
        return config.bufferSizeBytes() == 0 || bytes < config.bufferSizeBytes();
    }

    private void flushByTimer() {
        flushPlanned = false;
        flush();
        if (bytes > 0) {
            flushPlanned = true;
            var _ = loop.schedule(config.bufferFlushInterval(), this::flushByTimer);
        }
    }

    private void flush() {
        if (bytes == 0) {
            return;
        }
        switch (stream.prepare(this::flush)) {
            case NEW -> {
                message.setIdentifier(
                        StreamAccessLogsMessage.Identifier.newBuilder()
                                .setNode(node)
                                .setLogName(config.logName()));
                send();
            }
            case OPEN -> send();
            // What there is stays until the stream is there, or takes more.
            case BUSY -> {}
            // As in Envoy, what there is goes with a stream that cannot be made.
            case IMPOSSIBLE -> {
                shard.add(flushFailed, entries);
                clear();
            }
        }
    }

    private void send() {
        stream.send(message.build());
        shard.add(flushed, entries);
        clear();
    }

    private void clear() {
        message = StreamAccessLogsMessage.newBuilder();
        bytes = 0;
        entries = 0;
    }
}
