// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.ads.MainLoop;
import dev.outrigger.dataplane.config.HealthCheckConfig;
import dev.outrigger.dataplane.config.HealthCheckConfig.Check;
import dev.outrigger.dataplane.config.HealthCheckConfig.Intervals;
import dev.outrigger.dataplane.runtime.RuntimeKeys;
import dev.outrigger.dataplane.runtime.RuntimeLayers;
import dev.outrigger.dataplane.runtime.RuntimeSnapshot;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import dev.outrigger.dataplane.telemetry.StatsStore.Gauge;
import dev.outrigger.dataplane.worker.WorkerContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Asks every host of one cluster how it is (5.8). Main loop only. */
final class HealthChecker {
    /** What a check did to what is thought of a host. */
    enum Transition {
        UNCHANGED,
        CHANGED,
        /** Another such result or more are needed. */
        CHANGE_PENDING
    }

    /** Told of every result. */
    interface Listener {
        void onChecked(Host host, Transition transition, boolean passed);
    }

    final HealthCheckConfig config;
    final Cluster cluster;
    final MainLoop loop;
    final StatsShard shard;
    final Counter attempt;
    final Counter success;
    final Counter failure;
    final Counter passiveFailure;
    final Counter networkFailure;
    final Counter verifyCluster;
    final Gauge healthy;
    final Gauge degraded;
    final UpstreamConnector connector;
    final WorkerContext mainContext;
    final List<EventLog> logs;
    private final RandomGenerator random;
    private final RuntimeLayers runtime;
    private final Listener listener;
    private final Map<Host, HealthCheckSession> sessions = new HashMap<>();

    HealthChecker(
            HealthCheckConfig config,
            Cluster cluster,
            ClusterEnvironment environment,
            Listener listener) {
        this.config = config;
        this.cluster = cluster;
        this.loop = environment.loop();
        this.shard = environment.mainShard();
        this.random = environment.random();
        this.runtime = environment.runtime();
        this.connector = environment.healthChecks();
        this.mainContext = environment.mainContext();
        this.listener = listener;
        this.logs = config.eventLogPaths().stream().map(EventLog::new).toList();
        ClusterStats stats = cluster.stats();
        attempt = stats.counter("health_check.attempt");
        success = stats.counter("health_check.success");
        failure = stats.counter("health_check.failure");
        passiveFailure = stats.counter("health_check.passive_failure");
        networkFailure = stats.counter("health_check.network_failure");
        verifyCluster = stats.counter("health_check.verify_cluster");
        healthy = stats.gauge("health_check.healthy");
        degraded = stats.gauge("health_check.degraded");
    }

    /** Begins with a host, unless it asks not to be checked. */
    void add(Host host) {
        if (isChecked(host) && !sessions.containsKey(host)) {
            HealthCheckSession session =
                    switch (config.check()) {
                        case Check.Http http ->
                                http.http2()
                                        ? new HttpOverHttp2HealthCheck(this, host, http)
                                        : new HttpHealthCheck(this, host, http);
                        case Check.Grpc grpc -> new GrpcHealthCheck(this, host, grpc);
                        case Check.Tcp tcp -> new TcpHealthCheck(this, host, tcp);
                    };
            sessions.put(host, session);
            session.start();
        }
    }

    static boolean isChecked(Host host) {
        return !host.placement().endpoint().healthCheck().disabled();
    }

    void remove(Host host) {
        HealthCheckSession session = sessions.remove(host);
        if (session != null) {
            session.close();
        }
    }

    void close() {
        for (Host host : List.copyOf(sessions.keySet())) {
            remove(host);
        }
    }

    /** A response of normal traffic failed the host. */
    void onPassiveFailure(Host host) {
        HealthCheckSession session = sessions.get(host);
        if (session != null) {
            session.setUnhealthy(HealthCheckSession.Failure.PASSIVE, false, 0);
        }
    }

    void onChecked(Host host, Transition transition, boolean passed) {
        listener.onChecked(host, transition, passed);
    }

    void log(HealthCheckEvent event) {
        if (!logs.isEmpty()) {
            String json = event.json(loop.currentTimeMillis());
            logs.forEach(log -> log.write(json));
        }
    }

    /** How long to wait after a result (HC3). */
    Duration interval(boolean passed, Transition transition) {
        Intervals intervals = config.intervals();
        boolean pending = transition == Transition.CHANGE_PENDING;
        Duration base;
        if (!cluster.hasHadTraffic()) {
            base = passed && !pending ? intervals.noTrafficHealthy() : intervals.noTraffic();
        } else if (passed) {
            base = pending ? intervals.healthyEdge() : intervals.interval();
        } else {
            base = pending ? intervals.unhealthyEdge() : intervals.unhealthy();
        }
        return withJitter(base.toMillis(), intervals.jitter());
    }

    Duration withJitter(long baseMillis, Duration jitter) {
        long millis = baseMillis;
        long share = baseMillis * config.intervals().jitterPercent() / 100;
        if (share > 0) {
            millis += random.nextLong(share);
        }
        if (jitter.toMillis() > 0) {
            millis += random.nextLong(jitter.toMillis());
        }
        RuntimeSnapshot now = runtime.snapshot();
        long longest = now.integer(RuntimeKeys.HEALTH_CHECK_MAX_INTERVAL, Long.MAX_VALUE);
        long shortest = now.integer(RuntimeKeys.HEALTH_CHECK_MIN_INTERVAL, 0);
        return Duration.ofMillis(Math.max(1, Math.max(Math.min(millis, longest), shortest)));
    }

    /** Whether the name a host says it has is looked at. */
    boolean verifiesCluster() {
        return runtime.snapshot()
                .featureEnabled(RuntimeKeys.HEALTH_CHECK_VERIFY_CLUSTER, 100, random);
    }

    /** Whether results are written down that change nothing. */
    boolean alwaysLogs(boolean passed) {
        return passed ? config.alwaysLogSuccess() : config.alwaysLogFailures();
    }

    @Nullable HealthCheckSession session(Host host) {
        return sessions.get(host);
    }
}
