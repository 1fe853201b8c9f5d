// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.lrs;

import com.google.protobuf.util.Durations;
import dev.outrigger.dataplane.ads.GrpcChannels;
import dev.outrigger.dataplane.ads.MainLoop;
import dev.outrigger.dataplane.config.GrpcXdsConfig;
import dev.outrigger.dataplane.config.XdsClusterConfig;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.load_stats.v3.LoadReportingServiceGrpc;
import io.envoyproxy.envoy.service.load_stats.v3.LoadStatsRequest;
import io.envoyproxy.envoy.service.load_stats.v3.LoadStatsResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code load_stats_config}: says hello on a stream, is told which clusters matter and how often,
 * and from then on reports what was done since the last report. A stream that ends is opened again
 * after five seconds, as in Envoy, and goes on with what was reported on the last one. Main loop
 * only.
 */
public final class LoadReporter implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LoadReporter.class);
    private static final Duration RETRY_DELAY = Duration.ofSeconds(5);
    private static final String SENDS_ALL = "envoy.lrs.supports_send_all_clusters";

    private final MainLoop loop;
    private final GrpcChannels channels;
    private final GrpcXdsConfig api;
    private final XdsClusterConfig cluster;
    private final Node node;
    private final LoadPeriod period;
    private final StatsShard shard;
    private final StatsStore.Counter requests;
    private final StatsStore.Counter responses;
    private final StatsStore.Counter errors;
    private final StatsStore.Counter retries;
    private int nextAddress;

    /** Counts streams, so that a late word of an ended one is not taken for the current one's. */
    private int generation;

    private boolean closed;

    /** How often the server wants to be told; {@code null} while it has said nothing. */
    private @Nullable Duration interval;

    private @Nullable ManagedChannel channel;
    private @Nullable ClientCall<LoadStatsRequest, LoadStatsResponse> call;
    private MainLoop.@Nullable Timer nextReport;

    /**
     * @param loads what the hosts of every cluster were sent since they are known
     */
    public LoadReporter(
            MainLoop loop,
            GrpcChannels channels,
            GrpcXdsConfig api,
            XdsClusterConfig cluster,
            Node node,
            LoadPeriod.Source loads,
            StatsStore stats) {
        this.loop = loop;
        this.channels = channels;
        this.api = api;
        this.cluster = cluster;
        this.node = node.toBuilder().addClientFeatures(SENDS_ALL).build();
        this.period = new LoadPeriod(loads);
        this.shard = stats.shard(0);
        this.requests = stats.counter("load_reporter.requests");
        this.responses = stats.counter("load_reporter.responses");
        this.errors = stats.counter("load_reporter.errors");
        this.retries = stats.counter("load_reporter.retries");
    }

    /** Opens the first stream. */
    public void start() {
        channels.addresses(cluster, this::open);
    }

    @Override
    public void close() {
        closed = true;
        end();
    }

    private void open(List<InetSocketAddress> addresses) {
        if (closed) {
            return;
        }
        if (addresses.isEmpty()) {
            failed(Status.UNAVAILABLE.withDescription("no address"));
            return;
        }
        var address = addresses.get(Math.floorMod(nextAddress++, addresses.size()));
        var opened = channels.open(cluster, api.authority(), address);
        var opening =
                opened.newCall(
                        LoadReportingServiceGrpc.getStreamLoadStatsMethod(), CallOptions.DEFAULT);
        channel = opened;
        call = opening;
        opening.start(new Listener(opening, ++generation), new Metadata());
        opening.request(1);
        report();
    }

    /** Says what happened since the last report; on the first stream that is only who speaks. */
    private void report() {
        send(
                LoadStatsRequest.newBuilder()
                        .setNode(node)
                        .addAllClusterStats(period.report(loop.nanoTime())));
        plan();
    }

    private void send(LoadStatsRequest.Builder report) {
        var current = call;
        if (current != null) {
            current.sendMessage(report.build());
            // Envoy counts what it sends as responses, and what it is sent as requests.
            shard.inc(responses);
        }
    }

    private void onResponse(LoadStatsResponse response) {
        shard.inc(requests);
        period.begin(
                response.getSendAllClusters(),
                response.getClustersList(),
                response.getReportEndpointGranularity(),
                loop.nanoTime());
        long millis = Math.max(1, Durations.toMillis(response.getLoadReportingInterval()));
        interval = Duration.ofMillis(millis);
        plan();
    }

    private void plan() {
        if (nextReport != null) {
            nextReport.cancel();
            nextReport = null;
        }
        if (interval != null && call != null) {
            nextReport = loop.schedule(interval, this::report);
        }
    }

    private void failed(Status status) {
        end();
        if (closed) {
            return;
        }
        if (!status.isOk()) {
            shard.inc(errors);
            log.warn(
                    "load reporter gRPC stream closed status={} message={} retryMillis={}",
                    status.getCode().value(),
                    status.getDescription() == null ? "" : status.getDescription(),
                    RETRY_DELAY.toMillis());
        }
        var _ =
                loop.schedule(
                        RETRY_DELAY,
                        () -> {
                            shard.inc(retries);
                            start();
                        });
    }

    private void end() {
        generation++;
        if (nextReport != null) {
            nextReport.cancel();
            nextReport = null;
        }
        ManagedChannel ending = channel;
        channel = null;
        call = null;
        if (ending != null) {
            var _ = ending.shutdownNow();
        }
    }

    private final class Listener extends ClientCall.Listener<LoadStatsResponse> {
        private final ClientCall<LoadStatsRequest, LoadStatsResponse> mine;
        private final int myGeneration;

        Listener(ClientCall<LoadStatsRequest, LoadStatsResponse> mine, int generation) {
            this.mine = mine;
            this.myGeneration = generation;
        }

        @Override
        public void onMessage(LoadStatsResponse response) {
            if (generation == myGeneration) {
                onResponse(response);
                mine.request(1);
            }
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            if (generation == myGeneration) {
                failed(status);
            }
        }
    }
}
