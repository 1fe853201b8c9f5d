// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tcpproxy;

import dev.outrigger.dataplane.accesslog.AccessLog;
import dev.outrigger.dataplane.config.TcpProxyConfig;
import dev.outrigger.dataplane.config.TcpProxyConfig.BackOff;
import dev.outrigger.dataplane.config.TcpProxyConfig.TargetCluster;
import dev.outrigger.dataplane.telemetry.StatsStore;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A TCP proxy compiled: what its sessions share. Immutable. */
public final class TcpProxy {
    private final TcpProxyConfig config;
    private final TcpProxyStats stats;
    private final List<AccessLog> accessLogs;
    private final long totalWeight;
    private final @Nullable TunnelRequest tunnel;

    public TcpProxy(TcpProxyConfig config, StatsStore stats, List<AccessLog> accessLogs) {
        this.config = config;
        this.stats = new TcpProxyStats(stats, config.statPrefix());
        this.accessLogs = List.copyOf(accessLogs);
        this.tunnel = config.tunnel().map(TunnelRequest::new).orElse(null);
        this.totalWeight = config.clusters().stream().mapToLong(TargetCluster::weight).sum();
    }

    TcpProxyConfig config() {
        return config;
    }

    /** What asks for a tunnel through HTTP; {@code null} where there is none. */
    @Nullable TunnelRequest tunnel() {
        return tunnel;
    }

    TcpProxyStats stats() {
        return stats;
    }

    List<AccessLog> accessLogs() {
        return accessLogs;
    }

    /** Where the next attempt goes. */
    TargetCluster pick(RandomGenerator random) {
        List<TargetCluster> clusters = config.clusters();
        if (clusters.size() == 1) {
            return clusters.getFirst();
        }
        long left = random.nextLong(totalWeight);
        for (TargetCluster each : clusters) {
            left -= each.weight();
            if (left < 0) {
                return each;
            }
        }
        throw new IllegalStateException("weights add up to less than their sum");
    }

    /**
     * How long to wait before another attempt.
     *
     * @param retry from 1
     */
    long backOffMillis(int retry, RandomGenerator random) {
        if (config.backOff().isEmpty()) {
            return 0;
        }
        BackOff backOff = config.backOff().get();
        long base = Math.max(1, backOff.baseInterval().toMillis());
        int doublings = Math.min(retry - 1, 30);
        long bound = Math.min(base << doublings, Math.max(1, backOff.maxInterval().toMillis()));
        return random.nextLong(Math.max(1, bound));
    }
}
