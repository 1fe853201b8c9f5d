// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.status;

import dev.outrigger.policy.model.PolicyId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One xDS client as the control plane sees it. Immutable.
 *
 * @param id the node's {@code id}
 * @param cluster the node's {@code cluster}
 * @param labels top-level texts of the node's metadata
 * @param userAgent the node's user agent and version, for example {@code envoy 1.40.0}
 * @param peer the remote address of the newest stream, or the last one when disconnected
 * @param since when the connection state last changed
 * @param sidecars the Sidecar and XdsResources documents that select it
 * @param types per resource type, keyed by type URL; of several connections, the one that is
 *     furthest behind
 * @param connections every client that is connected under this id, the newest last
 * @param withheld what it should have and is not given
 */
public record ProxyStatus(
        String id,
        String cluster,
        Map<String, String> labels,
        String userAgent,
        String peer,
        boolean connected,
        Instant since,
        List<PolicyId> sidecars,
        Map<String, TypeStatus> types,
        List<Connection> connections,
        List<Withheld> withheld) {
    public ProxyStatus {
        connections = List.copyOf(connections);
        withheld = List.copyOf(withheld);
        sidecars = List.copyOf(sidecars);
        labels = Map.copyOf(labels);
        types = Map.copyOf(types);
    }

    /** State of one type on one proxy. */
    public enum State {
        /** Everything it subscribed to was accepted in its latest version. */
        SYNCED,
        /** Sent, not answered yet. */
        PENDING,
        /** The latest version was refused; the last good one is in use. */
        REJECTED,
        /** A later version is withheld; the last good one is in use, and was accepted. */
        HELD,
        NOT_SUBSCRIBED,
        DISCONNECTED
    }

    /**
     * @param version the version published for this proxy's group
     * @param acceptedVersion the last version the proxy accepted
     * @param since when this state began
     * @param age how long ago that was
     */
    public record TypeStatus(
            State state,
            String version,
            String acceptedVersion,
            Instant since,
            Duration age,
            Optional<Rejection> rejection) {}

    /**
     * One client, by its remote address.
     *
     * @param streams how many it has: one if aggregated, one for each type otherwise
     */
    public record Connection(String peer, Instant since, int streams) {}

    /**
     * A NACK.
     *
     * @param error the proxy's own words
     * @param policies the documents to blame
     * @param fields where in them; some of the documents may be missing here
     */
    public record Rejection(
            String version,
            String error,
            Instant at,
            List<String> resources,
            List<PolicyId> policies,
            List<PolicyField> fields) {
        public Rejection {
            fields = List.copyOf(fields);
            resources = List.copyOf(resources);
            policies = List.copyOf(policies);
        }
    }
}
