// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.EndpointAssignment.Endpoint;
import dev.outrigger.dataplane.config.EndpointAssignment.HealthStatus;
import dev.outrigger.dataplane.config.Metadata;
import dev.outrigger.dataplane.config.MetadataValue;
import dev.outrigger.dataplane.config.ProxyProtocolConfig;
import dev.outrigger.dataplane.message.ConnectionInfo;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.tls.ClientTls;
import dev.outrigger.dataplane.tls.TlsTarget;
import io.netty.channel.ChannelHandler;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The live object behind an endpoint. Keyed by address within its cluster; survives updates of the
 * cluster's hosts together with its connection pools, counters and health.
 *
 * <p>Threading: identity, health and counters are readable by anyone; the pool of a worker is
 * touched by that worker only; health is changed by the main loop, but for the mark of an immediate
 * failure, which a worker may set.
 */
public final class Host {
    private static final VarHandle FLAGS = field("flags", int.class);
    private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(HostCounters[].class);

    private final Cluster cluster;
    private volatile InetSocketAddress address;
    private volatile String addressText;
    private final HostCounters[] counters;
    private final HostPools pools;
    private volatile Placement placement;

    @SuppressWarnings("UnusedVariable") // through FLAGS
    private volatile int flags;

    private volatile long lastHcPassNanos;
    private volatile @Nullable OutlierMonitor outlier;
    private volatile boolean used;
    private volatile TransportSockets.Socket socket;

    /** What an assignment says about a host, and may change. */
    public record Placement(Endpoint endpoint, int priority, LocalityKey locality, int weight) {
        /**
         * @param weight the locality's, 0 when unset
         */
        public Placement {}
    }

    Host(Cluster cluster, InetSocketAddress address, int workers, Placement placement) {
        this.cluster = cluster;
        this.address = address;
        this.addressText = ConnectionInfo.text(address);
        this.counters = new HostCounters[workers];
        this.pools = new HostPools(workers);
        this.placement = placement;
        this.socket = cluster.sockets().own();
        applyEds(placement.endpoint().healthStatus());
    }

    private static VarHandle field(String name, Class<?> type) {
        try {
            return MethodHandles.lookup().findVarHandle(Host.class, name, type);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The cluster it belongs to; of an aggregate cluster's hosts, the one behind it. */
    public Cluster cluster() {
        return cluster;
    }

    public InetSocketAddress address() {
        return address;
    }

    /** The name behind it has another address now: for new connections only; main loop. */
    void relocate(InetSocketAddress to) {
        address = to;
        addressText = ConnectionInfo.text(to);
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

    public Metadata metadata() {
        return placement.endpoint().metadata();
    }

    /** Whether its metadata calls it a canary. */
    public boolean isCanary() {
        return metadata().of(Metadata.LB).fields().get("canary")
                        instanceof MetadataValue.Bool(boolean value)
                && value;
    }

    /** Whether connections to it are encrypted. */
    public boolean isSecure() {
        return socket.tls() != null;
    }

    /** What its transport socket is; main loop. */
    void setSocket(TransportSockets.Socket value) {
        socket = value;
    }

    /** Whether it is told of the client a connection is made for. */
    boolean isToldOfClients() {
        return socket.proxyProtocol() != null;
    }

    /**
     * What stands in front of a new connection's codec; {@code null} for nothing.
     *
     * @param target what is asked for beside what the cluster says
     * @param proxied {@code null} for a connection of the proxy's own
     */
    @Nullable ChannelHandler newTransport(
            StatsShard shard,
            Duration connectTimeout,
            TlsTarget target,
            @Nullable ProxiedConnection proxied) {
        return newTransport(socket, shard, connectTimeout, target, proxied);
    }

    /** The same with another of the cluster's transport sockets. */
    @Nullable ChannelHandler newTransport(
            TransportSockets.Socket socket,
            StatsShard shard,
            Duration connectTimeout,
            TlsTarget target,
            @Nullable ProxiedConnection proxied) {
        ClientTls tls = socket.tls();
        ChannelHandler secured = tls == null ? null : tls.newHandler(target, shard, connectTimeout);
        ProxyProtocolConfig protocol = socket.proxyProtocol();
        if (protocol == null) {
            return secured;
        }
        var header = new ProxyHeaderHandler(protocol, proxied, shard, cluster.stats().cxTxBytes);
        return secured == null ? header : new Layers(header, secured);
    }

    /** To be tried after {@link #address} when connecting. */
    List<InetSocketAddress> additionalAddresses() {
        return placement.endpoint().additionalAddresses();
    }

    public Placement placement() {
        return placement;
    }

    public LocalityKey locality() {
        return placement.locality();
    }

    public int priority() {
        return placement.priority();
    }

    /** Takes what an assignment says now; main loop. */
    void setPlacement(Placement value) {
        placement = value;
        applyEds(value.endpoint().healthStatus());
    }

    private void applyEds(HealthStatus status) {
        int wanted =
                switch (status) {
                    case UNKNOWN, HEALTHY -> 0;
                    case UNHEALTHY, TIMEOUT -> HealthFlag.FAILED_EDS_HEALTH.bit();
                    case DRAINING -> HealthFlag.EDS_STATUS_DRAINING.bit();
                    case DEGRADED -> HealthFlag.DEGRADED_EDS_HEALTH.bit();
                };
        int before;
        do {
            before = (int) FLAGS.getVolatile(this);
        } while (!FLAGS.compareAndSet(this, before, (before & ~HealthFlag.EDS) | wanted));
    }

    int flags() {
        return (int) FLAGS.getVolatile(this);
    }

    public boolean has(HealthFlag flag) {
        return (flags() & flag.bit()) != 0;
    }

    public void set(HealthFlag flag) {
        int _ = (int) FLAGS.getAndBitwiseOr(this, flag.bit());
    }

    public void clear(HealthFlag flag) {
        int _ = (int) FLAGS.getAndBitwiseAnd(this, ~flag.bit());
    }

    /** Whether it may be chosen without a panic (LB1). */
    public boolean isHealthy() {
        return (flags() & (HealthFlag.UNHEALTHY | HealthFlag.DEGRADED)) == 0;
    }

    public boolean isDegraded() {
        int now = flags();
        return (now & HealthFlag.UNHEALTHY) == 0 && (now & HealthFlag.DEGRADED) != 0;
    }

    /** Whether it does not count at all, neither as healthy nor as unhealthy. */
    boolean isExcluded() {
        return (flags() & HealthFlag.EXCLUDED) != 0;
    }

    /** Envoy's words for {@code /clusters}. */
    public String healthFlags() {
        return HealthFlag.text(flags());
    }

    /** When it became healthy, monotonic; 0 when that is not known. */
    public long lastHcPassNanos() {
        return lastHcPassNanos;
    }

    public void setLastHcPassNanos(long nanos) {
        lastHcPassNanos = nanos == 0 ? 1 : nanos;
    }

    public @Nullable OutlierMonitor outlier() {
        return outlier;
    }

    public void setOutlier(OutlierMonitor monitor) {
        outlier = monitor;
    }

    /** The counters of one worker; made when first asked for, by that worker. */
    HostCounters counters(int worker) {
        HostCounters mine = counters[worker];
        if (mine == null) {
            mine = new HostCounters();
            CELL.setRelease(counters, worker, mine);
        }
        return mine;
    }

    /** Counts how an attempt ended, for {@code /clusters}; on that worker's loop. */
    public void countResult(int worker, boolean success) {
        counters(worker).add(success ? HostCounters.RQ_SUCCESS : HostCounters.RQ_ERROR, 1);
    }

    /** Counts an attempt that took too long; on that worker's loop. */
    public void countTimeout(int worker) {
        counters(worker).add(HostCounters.RQ_TIMEOUT, 1);
    }

    /** A response came: its status, for outlier detection. Any worker. */
    public void putHttpResponseCode(int code) {
        OutlierMonitor monitor = outlier;
        if (monitor != null) {
            monitor.putHttpResponseCode(code);
        }
    }

    /**
     * An attempt ended otherwise, for outlier detection. Any worker.
     *
     * @param code what the downstream was told, or 0
     */
    public void putResult(OutlierMonitor.Result result, int code) {
        OutlierMonitor monitor = outlier;
        if (monitor != null) {
            monitor.putResult(result, code);
        }
    }

    /** A response said that the host is to be taken out at once (HC4). Any worker. */
    public void failHealthCheckImmediately() {
        cluster.onImmediateHealthCheckFailure(this);
    }

    /** Marks it as in use, for kinds of clusters that drop the others. */
    void touch() {
        if (!used) {
            used = true;
        }
    }

    /** Whether it was in use since the last call. */
    boolean takeUsed() {
        boolean was = used;
        used = false;
        return was;
    }

    /** The sum over all workers. */
    public long total(int counter) {
        long sum = 0;
        for (int i = 0; i < counters.length; i++) {
            var part = (HostCounters) CELL.getAcquire(counters, i);
            if (part != null) {
                sum += part.value(counter);
            }
        }
        return sum;
    }

    /** Requests under way. */
    public long activeRequests() {
        return total(HostCounters.RQ_ACTIVE);
    }

    HostPools pools() {
        return pools;
    }

    @Override
    public String toString() {
        return addressText;
    }
}
