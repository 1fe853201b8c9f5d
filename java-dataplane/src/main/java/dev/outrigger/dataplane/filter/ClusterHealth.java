// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter;

/** How many hosts of a cluster there are and may be used; on an event loop. */
public interface ClusterHealth {
    /** Whether there is a cluster of that name. */
    boolean has(String cluster);

    int hosts(String cluster);

    int healthyHosts(String cluster);

    int degradedHosts(String cluster);
}
