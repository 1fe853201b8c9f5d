// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import dev.outrigger.dataplane.config.ClusterConfig.DnsLookupFamily;
import dev.outrigger.dataplane.config.PipeAddress;
import dev.outrigger.dataplane.config.XdsClusterConfig;
import dev.outrigger.dataplane.telemetry.StatsStore;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.epoll.EpollChannelOption;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;

/** HTTP/2 connections for gRPC whose I/O and callbacks both run on the main loop. */
public final class NettyChannels implements GrpcChannels {
    /** Envoy has none; this one only keeps a broken server from filling the heap. */
    private static final int MAX_MESSAGE_BYTES = 256 << 20;

    private static final List<String> HTTP2 = List.of("h2");

    private final NettyMainLoop loop;
    private final NameResolver resolver;
    private final ClusterTls tls;
    private final StatsStore stats;

    /** For as long as there is who speaks to the target. */
    private final Map<XdsClusterConfig, GoogleGrpcStreams> google = new WeakHashMap<>();

    /** For who only looks up addresses. */
    NettyChannels(NettyMainLoop loop, NameResolver resolver, ClusterTls tls) {
        this(loop, resolver, tls, new StatsStore(1));
    }

    public NettyChannels(
            NettyMainLoop loop, NameResolver resolver, ClusterTls tls, StatsStore stats) {
        this.stats = stats;
        this.loop = loop;
        this.resolver = resolver;
        this.tls = tls;
    }

    @Override
    public void addresses(XdsClusterConfig cluster, AddressesConsumer then) {
        if (!cluster.resolveNames()) {
            then.accept(cluster.addresses());
            return;
        }
        var found = new Collected(cluster.addresses().size(), then);
        for (int i = 0; i < cluster.addresses().size(); i++) {
            int place = i;
            var address = cluster.addresses().get(i);
            resolver.resolve(
                    address.getHostString(),
                    DnsLookupFamily.AUTO,
                    answer -> found.add(place, answer, address.getPort()));
        }
    }

    @Override
    public ManagedChannel open(
            XdsClusterConfig cluster, String authority, InetSocketAddress address) {
        var builder =
                NettyChannelBuilder.forAddress(loop.socketAddress(address))
                        .eventLoopGroup(loop.eventLoop())
                        .channelFactory(() -> socket(cluster, address))
                        .executor(loop.eventLoop())
                        .offloadExecutor(loop.eventLoop())
                        .overrideAuthority(authority)
                        .withOption(
                                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                                (int) cluster.connectTimeout().toMillis())
                        .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                        .disableRetry()
                        // Of TLS the channel takes care itself, as on every other connection.
                        .usePlaintext();
        cluster.googleStatPrefix()
                .ifPresent(prefix ->
                        builder.intercept(
                                google.computeIfAbsent(
                                        cluster, _ -> new GoogleGrpcStreams(stats, prefix))));
        cluster.http2Keepalive()
                .ifPresent(keepalive ->
                        builder.keepAliveTime(
                                        keepalive.interval().toMillis(), TimeUnit.MILLISECONDS)
                                .keepAliveTimeout(
                                        keepalive.timeout().toMillis(), TimeUnit.MILLISECONDS)
                                .keepAliveWithoutCalls(true));
        if (!PipeAddress.isPipe(address)) {
            cluster.tcpKeepalive().ifPresent(keepalive -> tcpKeepalive(builder, keepalive));
        }
        return builder.build();
    }

    private Channel socket(XdsClusterConfig cluster, InetSocketAddress to) {
        Channel made = new ReflectiveChannelFactory<>(loop.socketType(to)).newChannel();
        ChannelHandler handler = tls.newHandler(cluster, HTTP2);
        if (handler != null) {
            made.pipeline().addLast(handler);
        }
        return made;
    }

    /** Times need epoll; elsewhere the operating system's stay. */
    private void tcpKeepalive(
            NettyChannelBuilder builder, XdsClusterConfig.TcpKeepalive keepalive) {
        builder.withOption(ChannelOption.SO_KEEPALIVE, true);
        if (!loop.isEpoll()) {
            return;
        }
        keepalive.probes().ifPresent(n -> builder.withOption(EpollChannelOption.TCP_KEEPCNT, n));
        keepalive
                .time()
                .ifPresent(t ->
                        builder.withOption(
                                EpollChannelOption.TCP_KEEPIDLE, Math.toIntExact(t.toSeconds())));
        keepalive
                .interval()
                .ifPresent(t ->
                        builder.withOption(
                                EpollChannelOption.TCP_KEEPINTVL, Math.toIntExact(t.toSeconds())));
    }

    /** Waits for every name; those that failed contribute nothing. */
    private static final class Collected {
        private final List<List<InetSocketAddress>> places;
        private final AddressesConsumer then;
        private int missing;

        Collected(int count, AddressesConsumer then) {
            this.places = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                places.add(List.of());
            }
            this.missing = count;
            this.then = then;
            if (count == 0) {
                then.accept(List.of());
            }
        }

        void add(int place, NameResolver.Answer answer, int port) {
            if (answer instanceof NameResolver.Answer.Found(var addresses, _, _)) {
                places.set(
                        place,
                        addresses.stream().map(a -> new InetSocketAddress(a, port)).toList());
            }
            if (--missing == 0) {
                then.accept(places.stream().flatMap(List::stream).toList());
            }
        }
    }
}
