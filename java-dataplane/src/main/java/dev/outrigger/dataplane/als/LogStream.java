// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.als;

import dev.outrigger.dataplane.ads.GrpcChannels;
import dev.outrigger.dataplane.config.AccessLogConfig.Sink;
import dev.outrigger.dataplane.config.XdsClusterConfig;
import io.envoyproxy.envoy.service.accesslog.v3.AccessLogServiceGrpc;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsMessage;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stream to an access log service, opened when it is first needed, and again when it is needed
 * after it broke. Main loop only.
 */
final class LogStream {
    private static final Logger log = LoggerFactory.getLogger(LogStream.class);

    private final GrpcChannels channels;
    private final Function<String, Optional<XdsClusterConfig>> clusters;
    private final Sink.Grpc config;
    private int nextAddress;

    /** Counts streams, so that a late word of an ended one is not taken for the current one's. */
    private int generation;

    private boolean looking;
    private boolean fresh;
    private @Nullable ManagedChannel channel;
    private @Nullable ClientCall<StreamAccessLogsMessage, StreamAccessLogsResponse> call;

    LogStream(
            GrpcChannels channels,
            Function<String, Optional<XdsClusterConfig>> clusters,
            Sink.Grpc config) {
        this.channels = channels;
        this.clusters = clusters;
        this.config = config;
    }

    /** Whether a message can be sent now. */
    enum Readiness {
        /** Yes, the first one of its stream. */
        NEW,
        OPEN,
        /** Not yet. */
        BUSY,
        /** No, and there is nothing to wait for. */
        IMPOSSIBLE
    }

    /**
     * Opens the stream if there is none.
     *
     * @param whenOpen called when that took time
     */
    Readiness prepare(Runnable whenOpen) {
        var current = call;
        if (current != null) {
            return fresh ? Readiness.NEW : current.isReady() ? Readiness.OPEN : Readiness.BUSY;
        }
        if (looking) {
            return Readiness.BUSY;
        }
        var cluster =
                config.service().google().or(() -> clusters.apply(config.service().clusterName()));
        if (cluster.isEmpty()) {
            return Readiness.IMPOSSIBLE;
        }
        looking = true;
        boolean[] now = {true};
        channels.addresses(
                cluster.get(),
                addresses -> {
                    looking = false;
                    open(cluster.get(), addresses);
                    if (!now[0] && call != null) {
                        whenOpen.run();
                    }
                });
        now[0] = false;
        return looking ? Readiness.BUSY : call == null ? Readiness.IMPOSSIBLE : Readiness.NEW;
    }

    void send(StreamAccessLogsMessage message) {
        fresh = false;
        var current = call;
        if (current != null) {
            current.sendMessage(message);
        }
    }

    void close() {
        var current = call;
        if (current != null) {
            current.halfClose();
        }
        if (channel != null) {
            channel.shutdown();
        }
    }

    private void open(XdsClusterConfig cluster, List<InetSocketAddress> addresses) {
        if (addresses.isEmpty()) {
            return;
        }
        var address = addresses.get(Math.floorMod(nextAddress++, addresses.size()));
        var opened = channels.open(cluster, config.service().authority(), address);
        var opening =
                opened.newCall(
                        AccessLogServiceGrpc.getStreamAccessLogsMethod(), CallOptions.DEFAULT);
        channel = opened;
        call = opening;
        fresh = true;
        opening.start(new Listener(opened, ++generation), metadata());
        opening.request(1);
    }

    private Metadata metadata() {
        var metadata = new Metadata();
        for (var header : config.service().initialMetadata()) {
            metadata.put(
                    Metadata.Key.of(header.name(), Metadata.ASCII_STRING_MARSHALLER),
                    header.value());
        }
        return metadata;
    }

    private final class Listener extends ClientCall.Listener<StreamAccessLogsResponse> {
        private final ManagedChannel its;
        private final int mine;

        Listener(ManagedChannel its, int mine) {
            this.its = its;
            this.mine = mine;
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            log.debug(
                    "access log stream closed cluster={} status={}",
                    config.service().clusterName(),
                    status);
            var _ = its.shutdownNow();
            if (generation == mine) {
                call = null;
                channel = null;
            }
        }
    }
}
