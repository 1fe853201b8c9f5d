// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.aot;

import dev.outrigger.cli.client.ControlPlaneClient;
import dev.outrigger.cli.client.DocumentBundle;
import dev.outrigger.cli.client.DryRun;
import dev.outrigger.cli.net.HostPort;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Many proxies that join a control plane in training, follow changes and come back after a storm,
 * so that the control plane's AOT cache knows which code is hot when a real fleet does the same.
 * Bounded in time; a fleet that gets no answers just ends.
 */
public final class TrainingFleet implements AutoCloseable {
    private static final int PROXIES = 64;
    private static final int CHANGES = 120;
    private static final int CHANGES_BETWEEN_STORMS = 15;
    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final Duration ANSWER = Duration.ofSeconds(2);

    private final HostPort xds;
    private final ControlPlaneClient client;
    private final long end = System.nanoTime() + LIMIT.toNanos();
    private final List<TrainingProxy> proxies = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();

    private TrainingFleet(HostPort xds, HostPort rest) {
        this.xds = xds;
        this.client = ControlPlaneClient.of(rest.toString(), Duration.ofSeconds(10));
    }

    /** Runs the whole of it. */
    public static void run(HostPort xds, HostPort rest) {
        try (var fleet = new TrainingFleet(xds, rest)) {
            fleet.run();
        }
    }

    private void run() {
        for (int i = 0; i < PROXIES; i++) {
            proxies.add(new TrainingProxy("trainee-" + i, "trainee", Map.of("fleet", "training")));
        }
        client.awaitSync(apply(sidecar()), ANSWER);
        for (int i = 0; i < CHANGES && !isOver(); i++) {
            boolean isStorm = i % CHANGES_BETWEEN_STORMS == 0;
            if (isStorm) {
                disconnect();
            }
            long revision = apply(change(i));
            if (isStorm) {
                connect();
            }
            client.awaitSync(revision, ANSWER);
        }
    }

    private boolean isOver() {
        return System.nanoTime() - end > 0;
    }

    private void connect() {
        for (var proxy : proxies) {
            var channel =
                    Grpc.newChannelBuilderForAddress(
                                    xds.host(), xds.port(), InsecureChannelCredentials.create())
                            .build();
            channels.add(channel);
            proxy.connect(channel);
        }
    }

    private void disconnect() {
        proxies.forEach(TrainingProxy::disconnect);
        channels.forEach(ManagedChannel::shutdownNow);
        channels.clear();
    }

    @Override
    public void close() {
        disconnect();
        client.close();
    }

    private long apply(String documents) {
        return client.apply(
                        DocumentBundle.ofYaml("training", documents),
                        DryRun.OFF,
                        Optional.empty(),
                        Optional.empty())
                .path("revision")
                .asLong();
    }

    private static String sidecar() {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: Sidecar
        metadata: {name: trainee}
        spec:
          selector: {cluster: trainee, labels: {fleet: training}}
          outbound:
            listeners: [{name: http, address: 127.0.0.1, port: 15099, protocol: HTTP}]
        """;
    }

    /** Each touches clusters, endpoints and routes, or endpoints alone. */
    private static String change(int number) {
        String service =
                """
                apiVersion: outrigger.dev/v1alpha1
                kind: Service
                metadata: {name: trained}
                spec:
                  hostnames: [trained.local.service]
                  ports: [{name: http, port: 80, protocol: HTTP}]
                  endpoints: {static: [{address: 127.0.0.1, port: %d}]}
                """
                        .formatted(20000 + number);
        if (number % 2 == 1) {
            return service;
        }
        return service
                + """
                ---
                apiVersion: outrigger.dev/v1alpha1
                kind: TrafficPolicy
                metadata: {name: trained}
                spec:
                  targetRefs: [{kind: Service, name: trained}]
                  timeouts: {request: %dms}
                  circuitBreaker: {maxConnections: %d}
                """
                        .formatted(9000 + number, 1000 + number);
    }
}
