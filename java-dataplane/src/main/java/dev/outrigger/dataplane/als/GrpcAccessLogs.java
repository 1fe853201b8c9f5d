// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.als;

import dev.outrigger.dataplane.accesslog.CustomTags;
import dev.outrigger.dataplane.accesslog.EntryLog;
import dev.outrigger.dataplane.ads.GrpcChannels;
import dev.outrigger.dataplane.ads.MainLoop;
import dev.outrigger.dataplane.config.AccessLogConfig.Sink;
import dev.outrigger.dataplane.config.XdsClusterConfig;
import dev.outrigger.dataplane.telemetry.StatsStore;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** All access logs that go to gRPC services. Main loop only. */
public final class GrpcAccessLogs implements EntryLog.Opener, AutoCloseable {
    private final MainLoop loop;
    private final GrpcChannels channels;
    private final Function<String, Optional<XdsClusterConfig>> clusters;
    private final Node node;
    private final StatsStore stats;
    private final Map<Sink.Grpc, GrpcAccessLog> logs = new HashMap<>();

    /**
     * @param clusters where a service is, by the name of its cluster, as of now
     */
    public GrpcAccessLogs(
            MainLoop loop,
            GrpcChannels channels,
            Function<String, Optional<XdsClusterConfig>> clusters,
            Node node,
            StatsStore stats) {
        this.loop = loop;
        this.channels = channels;
        this.clusters = clusters;
        this.node = node;
        this.stats = stats;
    }

    @Override
    public EntryLog open(Sink.Grpc config) {
        var log =
                logs.computeIfAbsent(
                        config,
                        c ->
                                new GrpcAccessLog(
                                        loop,
                                        new LogStream(channels, clusters, c),
                                        c,
                                        node,
                                        stats));
        boolean tcp = config.tcp();
        var tags = CustomTags.of(config.customTags());
        return context -> {
            var entry = tcp ? Entries.tcp(context, tags) : Entries.http(context, config, tags);
            loop.execute(() -> log.add(entry));
        };
    }

    /** Sends what waits and ends the streams. */
    @Override
    public void close() {
        logs.values().forEach(GrpcAccessLog::close);
    }
}
