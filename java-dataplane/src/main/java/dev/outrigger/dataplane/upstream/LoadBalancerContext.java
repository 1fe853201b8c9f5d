// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.MetadataCriteria;
import dev.outrigger.dataplane.config.MetadataValue;
import dev.outrigger.dataplane.message.ConnectionInfo;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request tells the load balancer of its cluster; Envoy's word for it. Asked on the worker's
 * event loop while a host is chosen, and never kept. Every answer has a default, so a context says
 * only what it knows.
 */
public interface LoadBalancerContext {
    /** A context that knows nothing. */
    LoadBalancerContext NONE = new LoadBalancerContext() {};

    /** Whether the route's hash policies gave a hash; without one a random value is used (LB14). */
    default boolean hasHash() {
        return false;
    }

    /** The hash of the route's hash policies; asked only when {@link #hasHash} says so. */
    default long hash() {
        return 0;
    }

    /** The route's merged {@code metadata_match}, for subsets (SB1). */
    default @Nullable MetadataCriteria metadataCriteria() {
        return null;
    }

    /** Whether a retry host predicate rejects this host, so that another is to be chosen. */
    default boolean shouldSelectAnotherHost(Host host) {
        return false;
    }

    /** {@code host_selection_retry_max_attempts}: how often a rejected host is chosen anew. */
    default int hostSelectionRetryCount() {
        return 0;
    }

    /**
     * The load the priorities get for this attempt, when a retry priority is configured. The hosts
     * tell what there is, {@link HostSet#loadWithout} does the arithmetic.
     */
    default PriorityLoad determinePriorityLoad(HostSet hosts, PriorityLoad original) {
        return original;
    }

    /** Tells which priority the host was chosen from. */
    default void onHostChosen(Host host, int priority) {}

    /** The {@code ip:port} of a host to be preferred over the balancer's choice, if any (LB17). */
    default @Nullable String overrideHost() {
        return null;
    }

    /** Whether no other host than {@link #overrideHost} may be taken. */
    default boolean overrideHostStrict() {
        return false;
    }

    /** A request header by its lower-case name, for ORIGINAL_DST (CL6). */
    default @Nullable String requestHeader(String name) {
        return null;
    }

    /**
     * A value of the request's dynamic metadata, for ORIGINAL_DST (CL6).
     *
     * @param path the filter's name, then the keys of its structs
     */
    default @Nullable MetadataValue requestMetadata(List<String> path) {
        return null;
    }

    /** The destination the connection had before it was redirected, if it was (CL6). */
    default @Nullable InetSocketAddress originalDestination() {
        return null;
    }

    /** Whether the downstream connection speaks HTTP/2, for clusters that do as it does (CP6). */
    default boolean isDownstreamHttp2() {
        return false;
    }

    /** The downstream connection, for hosts that are told of it. */
    default @Nullable ConnectionInfo connection() {
        return null;
    }

    /** What identifies the downstream connection, for clusters that pool by it (CP1). */
    default @Nullable Object downstreamConnection() {
        return null;
    }
}
