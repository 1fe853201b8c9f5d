// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.listenerfilter;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.outrigger.dataplane.listenerfilter.ListenerFilter.Verdict;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.List;

/**
 * {@code envoy.filters.listener.http_inspector}: which HTTP a cleartext connection begins with,
 * told as if ALPN had said so (LF2). Reads as far as the end of the request line.
 */
final class HttpInspector implements ListenerFilter.Session {
    private static final int MAX_INSPECT_BYTES = 64 * 1024;
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1);

    private final Stats stats;
    private final StatsShard shard;

    /** Under Envoy's names. */
    static final class Stats {
        final Counter readError;
        final Counter http10;
        final Counter http11;
        final Counter http2;
        final Counter notFound;

        Stats(StatsStore store) {
            readError = store.counter("http_inspector.read_error");
            http10 = store.counter("http_inspector.http10_found");
            http11 = store.counter("http_inspector.http11_found");
            http2 = store.counter("http_inspector.http2_found");
            notFound = store.counter("http_inspector.http_not_found");
        }
    }

    HttpInspector(Stats stats, StatsShard shard) {
        this.stats = stats;
        this.shard = shard;
    }

    @Override
    public Verdict onAccept(Channel channel, AcceptedSocket socket) {
        return socket.transportProtocol().equals("raw_buffer") ? Verdict.WAIT : Verdict.CONTINUE;
    }

    @Override
    public Verdict onData(ByteBuf data, AcceptedSocket socket) {
        if (beginsLikePreface(data)) {
            if (data.readableBytes() < PREFACE.length) {
                return Verdict.WAIT;
            }
            return found(stats.http2, "h2c", socket);
        }
        int start = data.readerIndex();
        byte first = data.getByte(start);
        if (first == '\r' || first == '\n') {
            return notFound();
        }
        int end = data.indexOf(start, data.writerIndex(), (byte) '\n');
        int stop = end < 0 ? data.writerIndex() : end;
        String line = data.toString(start, stop - start, ISO_8859_1);
        if (end < 0) {
            if (!RequestLine.mayBecomeOne(line)) {
                return notFound();
            }
            if (data.readableBytes() >= MAX_INSPECT_BYTES) {
                shard.inc(stats.readError);
                return Verdict.CLOSE;
            }
            return Verdict.WAIT;
        }
        return switch (RequestLine.version(line)) {
            case NONE -> notFound();
            case HTTP_1_1 -> found(stats.http11, "http/1.1", socket);
            case OTHER -> found(stats.http10, "http/1.0", socket);
        };
    }

    private static boolean beginsLikePreface(ByteBuf data) {
        int length = Math.min(data.readableBytes(), PREFACE.length);
        for (int i = 0; i < length; i++) {
            if (data.getByte(data.readerIndex() + i) != PREFACE[i]) {
                return false;
            }
        }
        return true;
    }

    private Verdict found(Counter counter, String protocol, AcceptedSocket socket) {
        shard.inc(counter);
        socket.setApplicationProtocols(List.of(protocol));
        return Verdict.CONTINUE;
    }

    private Verdict notFound() {
        shard.inc(stats.notFound);
        return Verdict.CONTINUE;
    }
}
