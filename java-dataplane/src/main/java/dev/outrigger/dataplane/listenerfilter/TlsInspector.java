// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.listenerfilter;

import dev.outrigger.dataplane.listenerfilter.ClientHello.Outcome;
import dev.outrigger.dataplane.listenerfilter.ListenerFilter.Verdict;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import dev.outrigger.dataplane.telemetry.StatsStore.Histogram;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;

/**
 * {@code envoy.filters.listener.tls_inspector}: whether a connection begins with a ClientHello, and
 * what that says of server name and protocols (LF1). Takes nothing from the connection.
 */
final class TlsInspector implements ListenerFilter.Session {
    private static final int MAX_CLIENT_HELLO_BYTES = 16 * 1024;

    private final Stats stats;
    private final StatsShard shard;
    private final boolean ja3;

    /** Under Envoy's names. */
    static final class Stats {
        final Counter clientHelloTooLarge;
        final Counter tlsFound;
        final Counter tlsNotFound;
        final Counter alpnFound;
        final Counter alpnNotFound;
        final Counter sniFound;
        final Counter sniNotFound;
        final Histogram bytesProcessed;

        Stats(StatsStore store) {
            String p = "tls_inspector.";
            clientHelloTooLarge = store.counter(p + "client_hello_too_large");
            tlsFound = store.counter(p + "tls_found");
            tlsNotFound = store.counter(p + "tls_not_found");
            alpnFound = store.counter(p + "alpn_found");
            alpnNotFound = store.counter(p + "alpn_not_found");
            sniFound = store.counter(p + "sni_found");
            sniNotFound = store.counter(p + "sni_not_found");
            bytesProcessed = store.histogram(p + "bytes_processed");
        }
    }

    TlsInspector(Stats stats, StatsShard shard, boolean ja3) {
        this.stats = stats;
        this.shard = shard;
        this.ja3 = ja3;
    }

    @Override
    public Verdict onAccept(Channel channel, AcceptedSocket socket) {
        return Verdict.WAIT;
    }

    @Override
    public Verdict onData(ByteBuf data, AcceptedSocket socket) {
        int looked = Math.min(data.readableBytes(), MAX_CLIENT_HELLO_BYTES);
        Outcome outcome = ClientHello.parse(data.slice(data.readerIndex(), looked));
        return switch (outcome) {
            case Outcome.NeedMore() -> {
                if (data.readableBytes() >= MAX_CLIENT_HELLO_BYTES) {
                    shard.inc(stats.clientHelloTooLarge);
                    shard.record(stats.bytesProcessed, looked);
                    yield Verdict.CLOSE;
                }
                yield Verdict.WAIT;
            }
            case Outcome.Closed() -> Verdict.CLOSE;
            case Outcome.NotTls(int bytes) -> {
                shard.inc(stats.tlsNotFound);
                shard.record(stats.bytesProcessed, bytes);
                yield Verdict.CONTINUE;
            }
            case Outcome.Hello hello -> {
                found(hello, socket);
                yield Verdict.CONTINUE;
            }
        };
    }

    private void found(Outcome.Hello hello, AcceptedSocket socket) {
        shard.inc(stats.tlsFound);
        shard.record(stats.bytesProcessed, hello.bytes());
        socket.setTransportProtocol("tls");
        if (hello.serverName().isEmpty()) {
            shard.inc(stats.sniNotFound);
        } else {
            shard.inc(stats.sniFound);
            socket.setRequestedServerName(hello.serverName());
        }
        if (hello.applicationProtocols().isEmpty()) {
            shard.inc(stats.alpnNotFound);
        } else {
            shard.inc(stats.alpnFound);
            socket.setApplicationProtocols(hello.applicationProtocols());
        }
        if (ja3) {
            socket.setJa3(hello.ja3Hash());
        }
    }
}
