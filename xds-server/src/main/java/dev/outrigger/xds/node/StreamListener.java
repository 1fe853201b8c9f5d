// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.node;

import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.status.ProxyStatus.State;
import dev.outrigger.xds.resource.ResourceType;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What a stream tells about itself. Called by one thread at a time. */
public interface StreamListener {
    /** A response was written. */
    void sent(ResourceType type, int resources, int removed);

    /** The client accepted a response. */
    void acknowledged(ResourceType type);

    /** The client refused a response; called once for each. */
    void rejected(ResourceType type, Nack nack);

    /** How a type stands now; called whenever that changes. */
    void state(ResourceType type, TypeState state);

    /**
     * Everything the snapshot asks for has been written, or is in a state.
     *
     * @param edition which snapshot: see {@code Snapshot}
     */
    void evaluated(long edition, long revision, List<PolicyId> documents);

    /**
     * One type of one stream.
     *
     * @param version what the node's group has
     * @param acceptedVersion what the client accepted last; empty before the first time
     */
    record TypeState(State state, String version, String acceptedVersion) {}

    /**
     * A refusal.
     *
     * @param versions by name, the resources that the error names, or else all that were new in the
     *     response
     */
    record Nack(
            String version,
            String error,
            SortedMap<String, String> versions,
            SortedSet<PolicyId> policies) {
        public Nack {
            versions = Collections.unmodifiableSortedMap(new TreeMap<>(versions));
            policies = Collections.unmodifiableSortedSet(new TreeSet<>(policies));
        }

        /** The names of the resources. */
        public List<String> resources() {
            return List.copyOf(versions.keySet());
        }
    }
}
