// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

import dev.outrigger.dataplane.upstream.LocalityKey;

/**
 * Where this proxy stands, and who hears what becomes of hosts.
 *
 * @param localCluster the cluster it is one of; empty when unknown
 * @param outlierLogPath a file that hears of ejections; empty for none
 */
public record Place(LocalityKey locality, String localCluster, String outlierLogPath) {
    public static final Place UNKNOWN = new Place(LocalityKey.NONE, "", "");
}
