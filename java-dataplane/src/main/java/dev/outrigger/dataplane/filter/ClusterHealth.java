// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter;

/** What filters may know of clusters; on an event loop. */
public interface ClusterHealth {
    /** Whether there is a cluster of that name. */
    boolean has(String cluster);

    int hosts(String cluster);

    int healthyHosts(String cluster);

    int degradedHosts(String cluster);

    /**
     * The port of a host that a request names without one; 0 when the cluster does not go where
     * requests say, or there is no cluster of that name.
     */
    int dynamicForwardProxyPort(String cluster);
}
