// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.status;

import dev.outrigger.policy.model.PolicyId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One xDS client as the control plane sees it. Immutable.
 *
 * @param id the node's {@code id}
 * @param cluster the node's {@code cluster}
 * @param userAgent the node's user agent and version, for example {@code envoy 1.40.0}
 * @param peer the remote address of the stream, or the last one when disconnected
 * @param since when the connection state last changed
 * @param sidecars the Sidecar and XdsResources documents that select it
 * @param types per resource type, keyed by type URL
 */
public record ProxyStatus(
        String id,
        String cluster,
        String userAgent,
        String peer,
        boolean connected,
        Instant since,
        List<PolicyId> sidecars,
        Map<String, TypeStatus> types) {
    public ProxyStatus {
        sidecars = List.copyOf(sidecars);
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
        NOT_SUBSCRIBED,
        DISCONNECTED
    }

    /**
     * @param version the version published for this proxy's group
     * @param acceptedVersion the last version the proxy accepted
     * @param since when this state began
     */
    public record TypeStatus(
            State state,
            String version,
            String acceptedVersion,
            Instant since,
            Optional<Rejection> rejection) {}

    /**
     * A NACK.
     *
     * @param error the proxy's own words
     * @param policies the documents whose content the refused resources came from
     */
    public record Rejection(
            String version,
            String error,
            Instant at,
            List<String> resources,
            List<PolicyId> policies) {
        public Rejection {
            resources = List.copyOf(resources);
            policies = List.copyOf(policies);
        }
    }
}
