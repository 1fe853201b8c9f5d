// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.sidecar;

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
 */
public record SidecarSpec(
        Selector selector,
        ServiceRef service,
        List<Inbound> inbound,
        Optional<Outbound> outbound,
        List<AccessLog> accessLogs)
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
        this(selector, service, inbound, outbound, List.of());
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
    }

    /** A listener in front of the application. */
    public record Inbound(
            String name, String address, int listenPort, String appAddress, int appPort) {}

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

    public record OutboundListener(String name, String address, int port) {}

    /**
     * What happens to a request for a host no service has. PASSTHROUGH follows with ORIGINAL_DST.
     */
    public enum UnknownHosts {
        REJECT
    }
}
