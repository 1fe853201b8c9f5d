// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.outrigger.dataplane.telemetry.StatsConnection;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import dev.outrigger.dataplane.tls.TlsTarget;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.ReferenceCountUtil;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Lines of stats on their way to a host of a cluster. Whoever does not keep up is disconnected, as
 * by Envoy, and what it lacks is lost; so is what is sent while no host is there. Lines: any
 * thread. The connection is the main loop's.
 */
final class StatsLines implements StatsConnection {
    private static final int MAX_BUFFERED_BYTES = 16 * 1024 * 1024;

    private final ClusterEnvironment environment;
    private final Clusters clusters;
    private final String name;
    private final Counter overflow;

    /** What the main loop has yet to take. */
    private final ConcurrentLinkedQueue<String> sent = new ConcurrentLinkedQueue<>();

    private final AtomicLong sentChars = new AtomicLong();
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private @Nullable Link link;
    private int turn;

    StatsLines(ClusterEnvironment environment, Clusters clusters, String name) {
        this.environment = environment;
        this.clusters = clusters;
        this.name = name;
        this.overflow = environment.stats().counter("statsd.cx_overflow");
    }

    @Override
    public void send(String lines) {
        if (sentChars.addAndGet(lines.length()) > MAX_BUFFERED_BYTES) {
            // The main loop is stuck, and knows it.
            sentChars.addAndGet(-lines.length());
            return;
        }
        sent.add(lines);
        if (scheduled.compareAndSet(false, true)) {
            environment.loop().execute(this::take);
        }
    }

    private void take() {
        scheduled.set(false);
        var all = new StringBuilder();
        for (String lines = sent.poll(); lines != null; lines = sent.poll()) {
            sentChars.addAndGet(-lines.length());
            all.append(lines);
        }
        if (!all.isEmpty()) {
            write(all);
        }
    }

    private void write(StringBuilder lines) {
        Link current = link;
        if (current != null && current.buffered() > MAX_BUFFERED_BYTES) {
            current.close();
            environment.mainShard().inc(overflow);
            return;
        }
        if (current == null) {
            current = connect();
        }
        if (current != null) {
            current.write(lines);
        }
    }

    private @Nullable Link connect() {
        Cluster cluster = clusters.find(name);
        Host host = cluster == null ? null : choose(cluster);
        if (cluster == null || host == null) {
            if (cluster != null) {
                environment.mainShard().inc(cluster.stats().cxNoneHealthy);
            }
            return null;
        }
        var config = cluster.config();
        var made = new Link(cluster.stats());
        link = made;
        environment
                .healthChecks()
                .connect(
                        host.address(),
                        host.newTransport(
                                environment.mainShard(),
                                config.connectTimeout(),
                                TlsTarget.of(host.hostname()),
                                null),
                        made,
                        config.connectTimeout(),
                        config.perConnectionBufferLimitBytes(),
                        config.sockets())
                .addListener(done -> made.onConnected(done.isSuccess()));
        return made;
    }

    /** The main loop has no load balancer: it takes one healthy host after the other. */
    private @Nullable Host choose(Cluster cluster) {
        Collection<Host> all = cluster.hosts();
        List<Host> healthy = all.stream().filter(Host::isHealthy).toList();
        List<Host> from = healthy.isEmpty() ? List.copyOf(all) : healthy;
        return from.isEmpty() ? null : from.get(Math.floorMod(turn++, from.size()));
    }

    @Override
    public void close() {
        environment
                .loop()
                .execute(() -> {
                    Link current = link;
                    if (current != null) {
                        current.close();
                    }
                });
    }

    private final class Link extends ChannelInboundHandlerAdapter {
        private final ClusterStats stats;
        private final StringBuilder waiting = new StringBuilder();
        private @Nullable Channel channel;
        private boolean connected;

        private Link(ClusterStats stats) {
            this.stats = stats;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            channel = context.channel();
        }

        void onConnected(boolean success) {
            if (!success) {
                forget();
                return;
            }
            connected = true;
            var lines = new StringBuilder(waiting);
            waiting.setLength(0);
            write(lines);
        }

        long buffered() {
            Channel to = channel;
            ChannelOutboundBuffer pending = to == null ? null : to.unsafe().outboundBuffer();
            return waiting.length() + (pending == null ? 0 : pending.totalPendingWriteBytes());
        }

        void write(StringBuilder lines) {
            Channel to = channel;
            if (!connected || to == null) {
                waiting.append(lines);
                return;
            }
            byte[] bytes = lines.toString().getBytes(ISO_8859_1);
            environment.mainShard().add(stats.cxTxBytes, bytes.length);
            to.writeAndFlush(Unpooled.wrappedBuffer(bytes), to.voidPromise());
        }

        void close() {
            forget();
            Channel to = channel;
            if (to != null) {
                to.close();
            }
        }

        private void forget() {
            if (link == this) {
                link = null;
            }
        }

        /** Nobody answers; what comes all the same is not wanted. */
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            forget();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            close();
        }
    }
}
