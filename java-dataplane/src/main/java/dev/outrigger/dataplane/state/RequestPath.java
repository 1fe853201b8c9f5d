// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.accesslog.EntryLog;
import dev.outrigger.dataplane.ads.NameResolver;
import dev.outrigger.dataplane.config.ActiveCluster;
import dev.outrigger.dataplane.config.ClusterConfig;
import dev.outrigger.dataplane.config.ListenerConfig;
import dev.outrigger.dataplane.config.ProxyConfig;
import dev.outrigger.dataplane.filter.OnDemandRoutes;
import dev.outrigger.dataplane.telemetry.StatsConnection;
import dev.outrigger.dataplane.tls.ClientTls;
import dev.outrigger.dataplane.tls.LoadedCertificates;
import dev.outrigger.dataplane.tls.TlsContexts;
import dev.outrigger.dataplane.worker.GlobalConnections;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What state and admin need of the request path. Every method is called on the main loop; the
 * implementation hands work to its event loops.
 */
public interface RequestPath {
    /**
     * Opens and binds the sockets of a new or moved listener without accepting yet, so that a taken
     * port is a rejection of the resource and not a surprise later. A no-op when the listener of
     * that name is bound to that address already.
     *
     * @throws IOException with a message in Envoy's words, for example {@code cannot bind
     *     '127.0.0.1:80': Address already in use}
     */
    void prepareListener(ListenerConfig listener) throws IOException;

    /**
     * Closes what {@link #prepareListener} opened for a listener that will not be applied after
     * all. Prepared listeners otherwise stay open while configurations without them are applied.
     */
    default void cancelListener(String name) {}

    /**
     * Makes a configuration the one new exchanges see. Listeners missing from it stop accepting at
     * once and drain; hosts present in both keep their pools and counters.
     */
    void apply(ProxyConfig config);

    /** How long connections of a listener that was replaced or removed live on; 0 for not. */
    default Duration drainTime() {
        return Duration.ZERO;
    }

    /** How many connections there are, for whoever else accepts some. */
    GlobalConnections connections();

    /** Accepts from now on: the server is initialised. Called once. */
    void startWorkers();

    /**
     * Stops accepting; connections that are open live on.
     *
     * @param inboundOnly only on listeners with inbound traffic direction
     * @param graceful drains connections first, and stops accepting after the drain time
     * @param keepListening with {@code graceful}: never stops accepting
     */
    void drainListeners(boolean inboundOnly, boolean graceful, boolean keepListening);

    /**
     * While health checks fail, connections are served, but every response begins the end of its
     * connection.
     */
    void failHealthChecks(boolean fail);

    /** The workers' event loops, to run tasks on. */
    default List<Executor> workerLoops() {
        return List.of();
    }

    /** What opens access logs that go to services; before the first configuration. */
    default void useEntryLogs(EntryLog.Opener opener) {}

    /** What looks up the names that requests bring; before the first configuration. */
    default void useNameResolver(NameResolver resolver) {}

    /** Whom requests ask for routes; before the first configuration. */
    default void useOnDemand(OnDemandRoutes.Source source) {}

    /** Opens access logs again by their names, for who has moved the files away. */
    default void reopenLogs() {}

    /** A connection for stats to a host of a cluster; any thread. */
    StatsConnection statsConnection(String cluster);

    /** Discovery has said again what the hosts of a cluster are, and nothing else. */
    default void repeatEndpoints(String cluster) {}

    List<ListenerView> listeners();

    List<ClusterView> clusters();

    /** What makes the TLS of connections, for those the process itself makes. */
    default Optional<TlsContexts> tlsContexts() {
        return Optional.empty();
    }

    /** The TLS toward a cluster's hosts; {@code null} where there is none. */
    default @Nullable ClientTls tlsOf(String cluster) {
        return null;
    }

    /** What each context of TLS works with now. */
    default List<LoadedCertificates> certificates() {
        return List.of();
    }

    /** Closes everything; returns when the event loops have ended. Not on an event loop. */
    void close();

    /**
     * A listener as it is bound; a configured port 0 appears as the port in use.
     *
     * @param localAddresses at least one
     */
    record ListenerView(String name, List<SocketAddress> localAddresses) {
        public ListenerView {
            localAddresses = List.copyOf(localAddresses);
        }

        /** The first one. */
        public SocketAddress localAddress() {
            return localAddresses.getFirst();
        }
    }

    /**
     * Checks the hosts of a version of a cluster that does not serve yet (WA1). Called again when
     * they change meanwhile.
     *
     * @param whenChecked called once, when every host was checked
     */
    default void warm(ActiveCluster cluster, Runnable whenChecked) {
        whenChecked.run();
    }

    /** A version that {@link #warm} began will not serve after all. */
    default void cancelWarm(ClusterConfig cluster) {}

    /**
     * A cluster with its live hosts, for {@code /clusters}.
     *
     * @param outlier present where hosts are compared
     * @param drops requests that reached no host
     */
    record ClusterView(
            String name, Optional<OutlierView> outlier, List<HostView> hosts, Drops drops) {
        public ClusterView {
            hosts = List.copyOf(hosts);
        }
    }

    /**
     * Requests that were dropped, since the cluster is known.
     *
     * @param overflowed by circuit breakers
     * @param overloaded as the control plane wants
     * @param category which kind of load the control plane wants dropped; empty for none
     */
    record Drops(long overflowed, long overloaded, String category) {
        public static final Drops NONE = new Drops(0, 0, "");
    }

    /** What outlier detection compared hosts with; -1 where it did not. */
    record OutlierView(
            double successRateAverage,
            double successRateThreshold,
            double localOriginSuccessRateAverage,
            double localOriginSuccessRateThreshold) {}

    /** Counters of one host as {@code /clusters} prints them. */
    record HostView(
            String address,
            String hostname,
            int priority,
            int weight,
            String region,
            String zone,
            String subZone,
            String healthFlags,
            boolean canary,
            double successRate,
            double localOriginSuccessRate,
            long cxActive,
            long cxConnectFail,
            long cxTotal,
            long rqActive,
            long rqPendingActive,
            long rqError,
            long rqSuccess,
            long rqTimeout,
            long rqTotal) {}
}
