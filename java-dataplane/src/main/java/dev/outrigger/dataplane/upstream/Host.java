// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.EndpointAssignment.Endpoint;
import dev.outrigger.dataplane.config.EndpointAssignment.HealthStatus;
import dev.outrigger.dataplane.message.ConnectionInfo;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The live object behind an endpoint. Keyed by address within its cluster; survives configuration
 * swaps together with its connection pools and counters.
 *
 * <p>Threading: identity and health are readable by anyone; the pool of a worker is touched by that
 * worker only.
 */
public final class Host {
    private final InetSocketAddress address;
    private final String addressText;
    private final HostCounters[] counters;
    private final @Nullable ConnectionPool[] pools;
    private volatile Placement placement;

    /** What an assignment says about a host, and may change. */
    record Placement(Endpoint endpoint, int priority, String region, String zone, String subZone) {}

    Host(InetSocketAddress address, int workers, Placement placement) {
        this.address = address;
        this.addressText = ConnectionInfo.text(address);
        this.counters = new HostCounters[workers];
        this.pools = new ConnectionPool[workers * 2];
        this.placement = placement;
        for (int i = 0; i < workers; i++) {
            counters[i] = new HostCounters();
        }
    }

    public InetSocketAddress address() {
        return address;
    }

    /** {@code ip:port}. */
    public String addressText() {
        return addressText;
    }

    public String hostname() {
        return placement.endpoint().hostname();
    }

    public int weight() {
        return placement.endpoint().weight();
    }

    Placement placement() {
        return placement;
    }

    void setPlacement(Placement value) {
        placement = value;
    }

    /** Whether EDS calls the host usable (LB1). */
    boolean isHealthy() {
        HealthStatus status = placement.endpoint().healthStatus();
        return status == HealthStatus.UNKNOWN || status == HealthStatus.HEALTHY;
    }

    boolean isDegraded() {
        return placement.endpoint().healthStatus() == HealthStatus.DEGRADED;
    }

    /** Envoy's words for {@code /clusters}. */
    String healthFlags() {
        return switch (placement.endpoint().healthStatus()) {
            case UNKNOWN, HEALTHY -> "healthy";
            case UNHEALTHY, TIMEOUT -> "/failed_eds_health";
            case DRAINING -> "/eds_status_draining";
            case DEGRADED -> "/degraded_eds_health";
        };
    }

    HostCounters counters(int worker) {
        return counters[worker];
    }

    /** Counts how an attempt ended, for {@code /clusters}; on that worker's loop. */
    public void countResult(int worker, boolean success) {
        counters[worker].add(success ? HostCounters.RQ_SUCCESS : HostCounters.RQ_ERROR, 1);
    }

    /** Counts an attempt that took too long; on that worker's loop. */
    public void countTimeout(int worker) {
        counters[worker].add(HostCounters.RQ_TIMEOUT, 1);
    }

    /** The sum over all workers. */
    long total(int counter) {
        long sum = 0;
        for (HostCounters part : counters) {
            sum += part.value(counter);
        }
        return sum;
    }

    @Nullable ConnectionPool pool(int worker, boolean high) {
        return pools[worker * 2 + (high ? 1 : 0)];
    }

    void setPool(int worker, boolean high, ConnectionPool pool) {
        pools[worker * 2 + (high ? 1 : 0)] = pool;
    }

    @Override
    public String toString() {
        return addressText;
    }
}
