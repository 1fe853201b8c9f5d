// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.state;

import dev.outrigger.dataplane.config.ClusterConfig;
import dev.outrigger.dataplane.config.EndpointAssignment;
import dev.outrigger.dataplane.config.ExtensionConfig;
import dev.outrigger.dataplane.config.ListenerConfig;
import dev.outrigger.dataplane.config.RouteTable;
import dev.outrigger.dataplane.config.RuntimeValue;
import dev.outrigger.dataplane.config.ScopeConfig;
import dev.outrigger.dataplane.config.SecretConfig;
import dev.outrigger.dataplane.config.VirtualHostConfig;
import dev.outrigger.dataplane.parse.Parsed;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * Bytes of dynamic resources to configuration. State sees no protobuf; this is the seam. Pure, any
 * thread.
 */
public interface ResourceParsers {
    Named<ClusterConfig> cluster(byte[] resource);

    Named<ListenerConfig> listener(byte[] resource);

    Named<RouteTable> routes(byte[] resource);

    Named<ScopeConfig> scope(byte[] resource);

    Named<VirtualHostConfig> virtualHost(byte[] resource);

    Named<EndpointAssignment> endpoints(byte[] resource);

    /** The configuration of a filter. */
    Named<ExtensionConfig> extension(byte[] resource);

    Named<SecretConfig> secret(byte[] resource);

    /** Where files that a secret names are replaced; of one that {@link #secret} accepts. */
    Set<Path> watchedDirectories(byte[] secret);

    /** Dotted key to value. */
    Named<Map<String, RuntimeValue>> runtime(byte[] resource);

    /**
     * @param name what the resource calls itself, also when it is rejected; empty when it could not
     *     even be decoded
     */
    record Named<C>(String name, Parsed<C> parsed) {}
}
