// SPDX-License-Identifier: Apache-2.0
/**
 * Clusters, hosts, priorities, load balancing, connection pools, attempts, retry state, circuit
 * breakers.
 */
@NullMarked
package dev.outrigger.dataplane.upstream;

import org.jspecify.annotations.NullMarked;
