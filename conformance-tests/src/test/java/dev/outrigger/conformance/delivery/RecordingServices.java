// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.delivery;

import com.google.protobuf.Duration;
import dev.outrigger.conformance.proxy.Eventually;
import io.envoyproxy.envoy.service.accesslog.v3.AccessLogServiceGrpc.AccessLogServiceImplBase;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsMessage;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsResponse;
import io.envoyproxy.envoy.service.load_stats.v3.LoadReportingServiceGrpc.LoadReportingServiceImplBase;
import io.envoyproxy.envoy.service.load_stats.v3.LoadStatsRequest;
import io.envoyproxy.envoy.service.load_stats.v3.LoadStatsResponse;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** An access log service and a load reporting service that keep what they are told. Any thread. */
final class RecordingServices implements AutoCloseable {
    private final List<StreamAccessLogsMessage> logs = new ArrayList<>();
    private final List<LoadStatsRequest> loads = new ArrayList<>();
    private final Server server;

    /**
     * @param credentials of the server: cleartext, or who may come
     */
    RecordingServices(ServerCredentials credentials) throws IOException {
        server =
                NettyServerBuilder.forAddress(
                                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                                credentials)
                        .addService(new Logs())
                        .addService(new Loads())
                        .build()
                        .start();
    }

    int port() {
        return server.getPort();
    }

    /** All messages, once what they hold satisfies the condition or the limit has passed. */
    List<StreamAccessLogsMessage> logs(
            Function<List<StreamAccessLogsMessage>, Boolean> enough, java.time.Duration limit) {
        var _ = Eventually.holds(limit, () -> enough.apply(logs()));
        return logs();
    }

    /** All reports likewise. */
    List<LoadStatsRequest> loads(
            Function<List<LoadStatsRequest>, Boolean> enough, java.time.Duration limit) {
        var _ = Eventually.holds(limit, () -> enough.apply(loads()));
        return loads();
    }

    private synchronized List<StreamAccessLogsMessage> logs() {
        return List.copyOf(logs);
    }

    private synchronized List<LoadStatsRequest> loads() {
        return List.copyOf(loads);
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private final class Logs extends AccessLogServiceImplBase {
        @Override
        public StreamObserver<StreamAccessLogsMessage> streamAccessLogs(
                StreamObserver<StreamAccessLogsResponse> responses) {
            return new Keeping<>(
                    message -> {
                        synchronized (RecordingServices.this) {
                            logs.add(message);
                        }
                    },
                    () -> {
                        responses.onNext(StreamAccessLogsResponse.getDefaultInstance());
                        responses.onCompleted();
                    });
        }
    }

    private final class Loads extends LoadReportingServiceImplBase {
        @Override
        public StreamObserver<LoadStatsRequest> streamLoadStats(
                StreamObserver<LoadStatsResponse> responses) {
            return new Keeping<>(
                    message -> {
                        boolean first;
                        synchronized (RecordingServices.this) {
                            first = loads.isEmpty();
                            loads.add(message);
                        }
                        if (first) {
                            responses.onNext(
                                    LoadStatsResponse.newBuilder()
                                            .addClusters("up")
                                            .addClusters("gone")
                                            .addClusters("idle")
                                            .addClusters("full")
                                            .setReportEndpointGranularity(true)
                                            .setLoadReportingInterval(
                                                    Duration.newBuilder().setNanos(300_000_000))
                                            .build());
                        }
                    },
                    responses::onCompleted);
        }
    }

    private record Keeping<Q>(Consumer<Q> keep, Runnable complete) implements StreamObserver<Q> {
        @Override
        public void onNext(Q message) {
            keep.accept(message);
        }

        @Override
        public void onError(Throwable t) {}

        @Override
        public void onCompleted() {
            complete.run();
        }
    }
}
