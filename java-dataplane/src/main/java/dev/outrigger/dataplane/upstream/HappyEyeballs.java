// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.ClusterConfig;
import dev.outrigger.dataplane.config.ClusterConfig.UpstreamSockets.FirstFamily;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.tls.TlsTarget;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connects to the first of a host's addresses that answers: one after the other, families taking
 * turns, each with a head start of 300 ms over the next (RFC 8305, as in Envoy). Confined to the
 * event loop.
 */
final class HappyEyeballs {
    private static final long HEAD_START_MILLIS = 300;

    private final UpstreamConnector connector;
    private final Host host;
    private final StatsShard shard;
    private final TlsTarget target;
    private final @Nullable ProxiedConnection proxied;
    private final ClusterConfig config;
    private final ChannelHandler handler;
    private final ArrayDeque<InetSocketAddress> left;
    private final List<Channel> trying = new ArrayList<>();
    private final Promise<Void> result;
    private final HostCounters counters;
    private boolean tried;

    private HappyEyeballs(
            UpstreamConnector connector,
            Host host,
            StatsShard shard,
            TlsTarget target,
            @Nullable ProxiedConnection proxied,
            ClusterConfig config,
            ChannelHandler handler,
            List<InetSocketAddress> addresses,
            HostCounters counters) {
        this.counters = counters;
        this.connector = connector;
        this.host = host;
        this.shard = shard;
        this.target = target;
        this.proxied = proxied;
        this.config = config;
        this.handler = handler;
        this.left = new ArrayDeque<>(addresses);
        this.result = connector.eventLoop().newPromise();
    }

    static Future<Void> connect(
            UpstreamConnector connector,
            Host host,
            StatsShard shard,
            TlsTarget target,
            @Nullable ProxiedConnection proxied,
            ChannelHandler handler,
            ClusterConfig config,
            HostCounters counters) {
        var addresses = new ArrayList<InetSocketAddress>();
        addresses.add(host.address());
        addresses.addAll(host.additionalAddresses());
        var sorted =
                sort(
                        addresses,
                        config.sockets().firstFamily(),
                        config.sockets().firstFamilyCount());
        var attempt =
                new HappyEyeballs(
                        connector, host, shard, target, proxied, config, handler, sorted, counters);
        attempt.next();
        return attempt.result;
    }

    /** The first family's first addresses, then one of each in turn. */
    static List<InetSocketAddress> sort(
            List<InetSocketAddress> addresses, FirstFamily first, int firstCount) {
        boolean v6First =
                switch (first) {
                    case DEFAULT -> addresses.getFirst().getAddress() instanceof Inet6Address;
                    case V4 -> false;
                    case V6 -> true;
                };
        var ours = new ArrayDeque<InetSocketAddress>();
        var others = new ArrayDeque<InetSocketAddress>();
        for (InetSocketAddress each : addresses) {
            (each.getAddress() instanceof Inet6Address == v6First ? ours : others).add(each);
        }
        var sorted = new ArrayList<InetSocketAddress>();
        while (!ours.isEmpty() || !others.isEmpty()) {
            for (int i = 0; i < firstCount && !ours.isEmpty(); i++) {
                sorted.add(ours.removeFirst());
            }
            if (!others.isEmpty()) {
                sorted.add(others.removeFirst());
            }
        }
        return sorted;
    }

    private void next() {
        InetSocketAddress address = left.pollFirst();
        if (address == null || result.isDone()) {
            return;
        }
        if (tried) {
            // The first address is counted by whoever wants the connection.
            shard.inc(host.cluster().stats().cxTotal);
            counters.add(HostCounters.CX_TOTAL, 1);
        }
        tried = true;
        ChannelFuture connecting =
                connector.connect(
                        address,
                        host.newTransport(shard, config.connectTimeout(), target, proxied),
                        new Waiting(),
                        config.connectTimeout(),
                        config.perConnectionBufferLimitBytes(),
                        config.sockets());
        trying.add(connecting.channel());
        connecting.addListener(_ -> onDone(connecting));
        if (!left.isEmpty()) {
            var _ =
                    connector
                            .eventLoop()
                            .schedule(this::next, HEAD_START_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void onDone(ChannelFuture connected) {
        trying.remove(connected.channel());
        if (result.isDone()) {
            connected.channel().close();
        } else if (connected.isSuccess()) {
            trying.forEach(Channel::close);
            trying.clear();
            left.clear();
            // The handler sees a connection that has just become active.
            connected.channel().pipeline().addLast(handler);
            connected.channel().pipeline().fireChannelActive();
            connected.channel().config().setAutoRead(true);
            result.setSuccess(null);
        } else if (left.isEmpty() && trying.isEmpty()) {
            result.setFailure(connected.cause());
        } else {
            next();
        }
    }

    /** Holds the place of the real handler until it is known which connection is used. */
    private static final class Waiting extends ChannelInboundHandlerAdapter {
        private boolean seen;

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            ctx.channel().config().setAutoRead(false);
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            if (seen) {
                ctx.fireChannelActive();
            }
            seen = true;
        }
    }
}
