// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.ads;

import dev.outrigger.dataplane.config.GrpcXdsConfig;
import dev.outrigger.dataplane.config.XdsClusterConfig;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One bidirectional gRPC stream that is always either open, being opened or waiting for its
 * back-off (XD5). Main loop only.
 *
 * <p>Each attempt goes to the next address of the cluster on a connection of its own, which ends
 * with the stream.
 *
 * @param <Q> the request message
 * @param <R> the response message
 */
final class XdsStream<Q, R> {
    private static final Logger log = LoggerFactory.getLogger(XdsStream.class);

    private final MainLoop loop;
    private final GrpcXdsConfig api;
    private final XdsClusterConfig cluster;
    private final GrpcChannels channels;
    private final MethodDescriptor<Q, R> method;
    private final XdsProtocol<Q, R> protocol;
    private final Backoff backoff;
    private final StatsShard shard;
    private final StatsStore.Gauge connectedState;
    private final StatsStore.Gauge pendingRequests;
    private final StatsStore.Counter rateLimitEnforced;
    private final Identifier identifier;
    private final @Nullable TokenBucket bucket;
    private boolean waiting;
    private int nextAddress;
    private boolean started;
    private boolean closed;

    /** Counts streams, so that a late word of an ended one is not taken for the current one's. */
    private int generation;

    private @Nullable ManagedChannel channel;
    private @Nullable ClientCall<Q, R> call;

    XdsStream(
            MainLoop loop,
            GrpcXdsConfig api,
            XdsClusterConfig cluster,
            GrpcChannels channels,
            MethodDescriptor<Q, R> method,
            XdsProtocol<Q, R> protocol,
            RandomGenerator random,
            StatsStore stats,
            String statPrefix,
            Identifier identifier) {
        this.loop = loop;
        this.api = api;
        this.cluster = cluster;
        this.channels = channels;
        this.method = method;
        this.protocol = protocol;
        this.backoff = new Backoff(api.backoffBase(), api.backoffMax(), random);
        this.shard = stats.shard(0);
        this.connectedState = stats.gauge(statPrefix + "control_plane.connected_state");
        this.identifier = identifier;
        shard.set(connectedState, 0);
        this.pendingRequests = stats.gauge(statPrefix + "control_plane.pending_requests");
        shard.set(pendingRequests, 0);
        this.rateLimitEnforced = stats.counter(statPrefix + "control_plane.rate_limit_enforced");
        this.bucket =
                api.rateLimit().map(limit -> new TokenBucket(limit, loop.nanoTime())).orElse(null);
        stats.text(statPrefix + "control_plane.identifier", "");
    }

    /** Opens the stream the first time something is asked for. */
    void start() {
        if (!started) {
            started = true;
            connect();
        }
    }

    XdsProtocol<Q, R> protocol() {
        return protocol;
    }

    /** Sends whatever the protocol wants to send now, as far as the rate limit lets it. */
    void flush() {
        while (protocol.hasNext() && maySend()) {
            ClientCall<Q, R> current = call;
            protocol.next()
                    .ifPresent(request -> {
                        if (current != null) {
                            current.sendMessage(request);
                        }
                    });
        }
    }

    /** Whether there is a token; when not, the stream is flushed again once there is one. */
    private boolean maySend() {
        if (bucket == null || (!waiting && bucket.take(loop.nanoTime()))) {
            return true;
        }
        if (!waiting) {
            waiting = true;
            shard.inc(rateLimitEnforced);
            shard.set(pendingRequests, 1);
            loop.schedule(
                    bucket.untilNext(),
                    () -> {
                        waiting = false;
                        shard.set(pendingRequests, 0);
                        if (!closed) {
                            flush();
                        }
                    });
        }
        return false;
    }

    void close() {
        closed = true;
        end();
    }

    private void connect() {
        if (closed) {
            return;
        }
        channels.addresses(
                cluster,
                addresses -> {
                    if (closed) {
                        return;
                    }
                    if (addresses.isEmpty()) {
                        failed(Status.UNAVAILABLE.withDescription("no address"));
                        return;
                    }
                    open(addresses.get(Math.floorMod(nextAddress++, addresses.size())));
                });
    }

    private void open(InetSocketAddress address) {
        var opened = channels.open(cluster, api.authority(), address);
        channel = opened;
        var opening = opened.newCall(method, CallOptions.DEFAULT);
        call = opening;
        opening.start(new Listener(opening, ++generation), metadata());
        opening.request(1);
        shard.set(connectedState, 1);
        protocol.onStreamOpen();
        flush();
    }

    private Metadata metadata() {
        var metadata = new Metadata();
        for (var header : api.initialMetadata()) {
            metadata.put(
                    Metadata.Key.of(header.name(), Metadata.ASCII_STRING_MARSHALLER),
                    header.value());
        }
        return metadata;
    }

    private void failed(Status status) {
        shard.set(connectedState, 0);
        end();
        if (closed) {
            return;
        }
        var delay = backoff.next();
        log.warn(
                "xDS stream closed method={} cluster={} status={} message={} retryMillis={}",
                method.getFullMethodName(),
                cluster.name(),
                status.getCode().value(),
                status.getDescription() == null ? "" : status.getDescription(),
                delay.toMillis());
        protocol.onStreamFailure();
        loop.schedule(delay, this::connect);
    }

    private void end() {
        ManagedChannel ending = channel;
        channel = null;
        call = null;
        generation++;
        if (ending != null) {
            ending.shutdownNow();
        }
    }

    /** What a response says about its sender. */
    interface Identifier {
        void onResponse(Object response);
    }

    /** Hops to the main loop, which is the call's executor already unless a test says otherwise. */
    private final class Listener extends ClientCall.Listener<R> {
        private final ClientCall<Q, R> mine;
        private final int myGeneration;

        Listener(ClientCall<Q, R> mine, int generation) {
            this.mine = mine;
            this.myGeneration = generation;
        }

        @Override
        public void onMessage(R response) {
            if (generation != myGeneration) {
                return;
            }
            backoff.reset();
            identifier.onResponse(response);
            protocol.onResponse(response);
            flush();
            mine.request(1);
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            if (generation == myGeneration) {
                failed(status);
            }
        }
    }
}
