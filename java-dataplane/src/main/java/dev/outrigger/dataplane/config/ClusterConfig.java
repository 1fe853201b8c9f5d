// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * {@code envoy.config.cluster.v3.Cluster} with its defaults resolved.
 *
 * @param statName {@code alt_stat_name} or the name, {@code :} not yet replaced
 * @param loadAssignment the inline assignment; for the DNS kinds its addresses are unresolved
 *     names; empty for EDS
 * @param healthChecks at most one: as in Envoy
 * @param health how health and hosts that go away are treated
 * @param tls absent: cleartext
 * @param proxyProtocol absent: hosts are not told of clients
 * @param transportSocketMatches tried in order before the cluster's own transport socket
 * @param waitForWarmOnInit whether start-up waits for this cluster's first hosts
 * @param metadata read by formats and filters
 * @param addedViaApi false for clusters of the bootstrap
 */
public record ClusterConfig(
        String name,
        String statName,
        Discovery discovery,
        EndpointAssignment loadAssignment,
        LoadBalancingConfig loadBalancing,
        Duration connectTimeout,
        int perConnectionBufferLimitBytes,
        CircuitBreakers circuitBreakers,
        UpstreamHttp http,
        UpstreamSockets sockets,
        List<HealthCheckConfig> healthChecks,
        Optional<OutlierDetectionConfig> outlierDetection,
        HealthPolicy health,
        Optional<UpstreamTlsConfig> tls,
        Optional<ProxyProtocolConfig> proxyProtocol,
        List<TransportSocketMatch> transportSocketMatches,
        TrackedStats trackedStats,
        Preconnect preconnect,
        boolean poolPerDownstreamConnection,
        boolean waitForWarmOnInit,
        Metadata metadata,
        boolean addedViaApi,
        long contentHash) {

    public ClusterConfig {
        healthChecks = List.copyOf(healthChecks);
        transportSocketMatches = List.copyOf(transportSocketMatches);
    }

    /** What SDS is asked for before this can serve. */
    public List<ResourceReference> secrets() {
        var ofTls =
                Stream.concat(
                                tls.stream(),
                                transportSocketMatches.stream()
                                        .flatMap(match -> match.tls().stream()))
                        .flatMap(each -> each.common().secrets().stream());
        var ofFilters =
                http.filters().stream().flatMap(filter -> filter.config().secrets().stream());
        return Stream.concat(ofTls, ofFilters).distinct().toList();
    }

    /** The cache of names it takes its hosts from, if it does. */
    public Optional<DnsCacheConfig> dnsCache() {
        return discovery instanceof Discovery.DynamicForwardProxy(var cache)
                ? Optional.of(cache)
                : Optional.empty();
    }

    /** Of pooled connections; zero for none. */
    public Duration idleTimeout() {
        return http.idleTimeout();
    }

    /** 0 for no limit. */
    public int maxRequestsPerConnection() {
        return http.maxRequestsPerConnection();
    }

    /** Where hosts come from. */
    public sealed interface Discovery {
        record Static() implements Discovery {}

        /**
         * Every address of every name is a host, or, when {@code logical}, the first address of the
         * one name is where new connections go (CL2, CL3).
         */
        record Dns(DnsOptions options, boolean logical) implements Discovery {}

        /**
         * @param serviceName the EDS resource's name
         */
        record Eds(String serviceName, ConfigSourceConfig source) implements Discovery {}

        /**
         * The request or its connection says where to go (CL6).
         *
         * @param httpHeader the header that names a destination, in lower case; empty for none
         * @param metadataKey filter and path of the request metadata that names a destination
         * @param portOverride replaces the destination's port
         * @param cleanupInterval how often hosts nobody uses are dropped
         */
        record OriginalDst(
                String httpHeader,
                List<String> metadataKey,
                OptionalInt portOverride,
                Duration cleanupInterval)
                implements Discovery {
            public OriginalDst {
                metadataKey = List.copyOf(metadataKey);
            }
        }

        /** The host a request names, once its name is looked up. */
        record DynamicForwardProxy(DnsCacheConfig cache) implements Discovery {}

        /** The priorities of other clusters, one after the other. */
        record Aggregate(List<String> clusters) implements Discovery {
            public Aggregate {
                clusters = List.copyOf(clusters);
            }
        }
    }

    /**
     * How names are looked up.
     *
     * @param refreshRate how often names are resolved again
     * @param failureRefreshRate back-off after a failure; absent: {@code refreshRate}
     * @param jitter added to every delay, at random
     * @param allAddressesInSingleEndpoint every address of a name belongs to one host
     */
    public record DnsOptions(
            Duration refreshRate,
            Optional<DnsBackoff> failureRefreshRate,
            Duration jitter,
            boolean respectDnsTtl,
            DnsLookupFamily lookupFamily,
            boolean allAddressesInSingleEndpoint,
            DnsResolverOptions resolver) {}

    public record DnsBackoff(Duration baseInterval, Duration maxInterval) {}

    /**
     * Which name servers are asked, and how.
     *
     * @param nameServers empty for the system's
     * @param asFallback whether they are asked only where the system has none
     * @param overTcp whether every question goes over TCP
     * @param rotate whether each question begins with another server
     * @param queryTimeout of one question to one server
     * @param tries how often each server is asked
     * @param systemResolver whether the system's own resolver does all of it
     */
    public record DnsResolverOptions(
            List<InetSocketAddress> nameServers,
            boolean asFallback,
            boolean noDefaultSearchDomain,
            boolean overTcp,
            boolean rotate,
            Duration queryTimeout,
            int tries,
            boolean systemResolver) {
        private static final Duration QUERY_TIMEOUT = Duration.ofSeconds(5);

        /** The system's name servers, each asked once. */
        public static final DnsResolverOptions DEFAULT =
                new DnsResolverOptions(
                        List.of(), false, false, false, false, QUERY_TIMEOUT, 1, false);

        /** The system's resolver. */
        public static final DnsResolverOptions SYSTEM =
                new DnsResolverOptions(
                        List.of(), false, false, false, false, QUERY_TIMEOUT, 1, true);

        public DnsResolverOptions {
            nameServers = List.copyOf(nameServers);
        }
    }

    public enum DnsLookupFamily {
        AUTO,
        V4_ONLY,
        V6_ONLY,
        V4_PREFERRED,
        ALL
    }

    /**
     * Per priority (CB1).
     *
     * @param perHostMaxConnections absent for no limit
     */
    public record CircuitBreakers(
            Thresholds defaultPriority,
            Thresholds highPriority,
            Optional<Long> perHostMaxConnections) {
        /** Without a limit per host. */
        public CircuitBreakers(Thresholds defaultPriority, Thresholds highPriority) {
            this(defaultPriority, highPriority, Optional.empty());
        }
    }

    /**
     * @param maxConnectionPools unsigned 32 bits; the largest value for no limit
     * @param retryBudget replaces {@code maxRetries} when present
     * @param trackRemaining whether gauges tell what is left
     */
    public record Thresholds(
            long maxConnections,
            long maxPendingRequests,
            long maxRequests,
            long maxRetries,
            long maxConnectionPools,
            Optional<RetryBudget> retryBudget,
            boolean trackRemaining) {
        public static final long NO_LIMIT = 0xFFFF_FFFFL;

        public static final Thresholds DEFAULT =
                new Thresholds(1024, 1024, 1024, 3, Optional.empty());

        /** Without a limit on pools and without remaining gauges. */
        public Thresholds(
                long maxConnections,
                long maxPendingRequests,
                long maxRequests,
                long maxRetries,
                Optional<RetryBudget> retryBudget) {
            this(
                    maxConnections,
                    maxPendingRequests,
                    maxRequests,
                    maxRetries,
                    NO_LIMIT,
                    retryBudget,
                    false);
        }
    }

    public record RetryBudget(double budgetPercent, int minRetryConcurrency) {
        /** What counts where only the runtime asks for a budget. */
        public static final RetryBudget DEFAULT = new RetryBudget(20, 3);
    }

    /**
     * {@code common_http_protocol_options} and the options of each protocol of the upstream side.
     *
     * @param idleTimeout of pooled connections; zero means none; default 1 h
     * @param maxConnectionDuration zero for none
     * @param maxRequestsPerConnection 0 for no limit
     * @param filters between the router and the codec, without the codec
     * @param hasFilters whether those are used, be they none, in place of the router's
     */
    public record UpstreamHttp(
            UpstreamProtocol protocol,
            Duration idleTimeout,
            Duration maxConnectionDuration,
            int maxRequestsPerConnection,
            int maxHeadersCount,
            int maxResponseHeadersKb,
            int maxHttp2ResponseHeadersKb,
            Http1UpstreamConfig http1,
            Http2Options http2,
            PeerNaming peerNaming,
            List<HttpFilterEntry> filters,
            boolean hasFilters) {
        public static final UpstreamHttp DEFAULT =
                new UpstreamHttp(
                        UpstreamProtocol.HTTP1,
                        Duration.ofHours(1),
                        Duration.ZERO,
                        0,
                        100,
                        80,
                        60,
                        Http1UpstreamConfig.DEFAULT,
                        Http2Options.DEFAULT,
                        PeerNaming.NONE,
                        List.of(),
                        false);

        public UpstreamHttp {
            filters = List.copyOf(filters);
        }
    }

    /**
     * {@code upstream_http_protocol_options}: what a connection's TLS takes from the request.
     *
     * @param overrideHeader in lower case; instead of the host where a request has it; empty for
     *     none
     */
    public record PeerNaming(boolean autoSni, boolean autoSanValidation, String overrideHeader) {
        public static final PeerNaming NONE = new PeerNaming(false, false, "");

        /** Whether anything is taken. */
        public boolean isUsed() {
            return autoSni || autoSanValidation;
        }
    }

    /** What connections to a cluster's hosts speak (CP6). */
    public enum UpstreamProtocol {
        HTTP1,
        HTTP2,
        /** What the request came in. */
        DOWNSTREAM,
        /** What the TLS handshake chooses. */
        AUTO
    }

    /**
     * @param bindAddresses the source addresses to choose from by the family of the destination
     * @param tcpKeepalive absent for none
     * @param firstFamilyCount how many addresses of the first family are tried before the other
     *     family's turn
     * @param options set before connecting
     * @param freebind absent: as the system has it
     */
    public record UpstreamSockets(
            List<InetSocketAddress> bindAddresses,
            Optional<XdsClusterConfig.TcpKeepalive> tcpKeepalive,
            FirstFamily firstFamily,
            int firstFamilyCount,
            List<SocketOptionConfig> options,
            Optional<Boolean> freebind) {
        public static final UpstreamSockets DEFAULT =
                new UpstreamSockets(
                        List.of(),
                        Optional.empty(),
                        FirstFamily.DEFAULT,
                        1,
                        List.of(),
                        Optional.empty());

        public UpstreamSockets {
            bindAddresses = List.copyOf(bindAddresses);
            options = List.copyOf(options);
        }

        /** Which address family happy eyeballs begins with. */
        public enum FirstFamily {
            DEFAULT,
            V4,
            V6
        }
    }

    /**
     * @param ignoreOnRemoval hosts that are gone from discovery go at once, healthy or not
     * @param ignoreNewHostsUntilFirstHc new hosts do not count before their first check
     * @param closeOnHostSetChange drains every pool when hosts come or go
     */
    public record HealthPolicy(
            boolean ignoreOnRemoval,
            boolean ignoreNewHostsUntilFirstHc,
            boolean closeOnHostSetChange) {
        public static final HealthPolicy DEFAULT = new HealthPolicy(false, false, false);
    }

    /**
     * One of {@code transport_socket_matches}.
     *
     * @param match of the {@code envoy.transport_socket_match} metadata
     * @param tls absent: cleartext
     * @param proxyProtocol absent: hosts are not told of clients
     */
    public record TransportSocketMatch(
            String name,
            MetadataCriteria match,
            Optional<UpstreamTlsConfig> tls,
            Optional<ProxyProtocolConfig> proxyProtocol) {}

    /** Which histograms are kept besides. */
    public record TrackedStats(
            boolean timeoutBudgets, boolean requestResponseSizes, boolean perEndpoint) {
        public static final TrackedStats NONE = new TrackedStats(false, false, false);
    }

    /** How many connections there should be for each stream, from 1.0. */
    public record Preconnect(double perUpstreamRatio, double predictiveRatio) {
        public static final Preconnect DEFAULT = new Preconnect(1.0, 1.0);
    }
}
