// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.sidecar;

import dev.outrigger.policy.kind.service.ServiceSpec.Locality;
import dev.outrigger.policy.kind.service.ServiceSpec.Protocol;
import dev.outrigger.policy.model.PolicySpec;
import dev.outrigger.policy.model.ServiceRef;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which proxies are meant, what they listen on, and which hosts they receive.
 *
 * @param service whose sidecar this is; decides which policies with {@code consumers} apply;
 *     defaults to the service named like the selector's cluster
 * @param accessLogs of every listener
 * @param locality where its proxies run
 */
public record SidecarSpec(
        Selector selector,
        ServiceRef service,
        List<Inbound> inbound,
        Optional<Outbound> outbound,
        List<AccessLog> accessLogs,
        Optional<Locality> locality)
        implements PolicySpec {
    public SidecarSpec {
        inbound = List.copyOf(inbound);
        accessLogs = List.copyOf(accessLogs);
    }

    public SidecarSpec(
            Selector selector,
            ServiceRef service,
            List<Inbound> inbound,
            Optional<Outbound> outbound) {
        this(selector, service, inbound, outbound, List.of(), Optional.empty());
    }

    /**
     * Selects xDS clients; all given conditions must hold.
     *
     * @param cluster the node's {@code cluster}
     * @param labels string values of the node's {@code metadata}, top level
     */
    public record Selector(Optional<String> cluster, Map<String, String> labels) {
        public Selector {
            labels = Map.copyOf(labels);
        }

        /** Whether there can be a proxy that both select. */
        public boolean mayMeet(Selector other) {
            boolean sameCluster =
                    cluster.isEmpty() || other.cluster.isEmpty() || cluster.equals(other.cluster);
            return sameCluster
                    && labels.entrySet().stream()
                            .allMatch(label ->
                                    other.labels
                                            .getOrDefault(label.getKey(), label.getValue())
                                            .equals(label.getValue()));
        }
    }

    /**
     * A listener in front of the application.
     *
     * @param protocol what the application speaks
     * @param maxConnections those accepted at a time; what comes beyond is closed
     */
    public record Inbound(
            String name,
            String address,
            int listenPort,
            String appAddress,
            int appPort,
            Protocol protocol,
            Optional<Integer> maxConnections) {
        public Inbound(
                String name, String address, int listenPort, String appAddress, int appPort) {
            this(name, address, listenPort, appAddress, appPort, Protocol.HTTP, Optional.empty());
        }
    }

    /**
     * What the application may call.
     *
     * @param hosts host names or {@code *.suffix}; empty means every service
     */
    public record Outbound(
            List<OutboundListener> listeners, List<String> hosts, UnknownHosts unknownHosts) {
        public Outbound {
            listeners = List.copyOf(listeners);
            hosts = List.copyOf(hosts);
        }
    }

    /**
     * A listener for what the application calls.
     *
     * @param maxConnections those accepted at a time; what comes beyond is closed
     */
    public record OutboundListener(
            String name, String address, int port, Optional<Integer> maxConnections) {
        public OutboundListener(String name, String address, int port) {
            this(name, address, port, Optional.empty());
        }
    }

    /** What happens to a request for a host no service has. */
    public enum UnknownHosts {
        /** A 404 that says so. */
        REJECT,
        /** It goes where its Host header says. */
        PASSTHROUGH
    }
}
