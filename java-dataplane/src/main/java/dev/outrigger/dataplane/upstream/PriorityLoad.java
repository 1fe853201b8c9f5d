// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

/**
 * The share of traffic each priority gets (LB2), in percent: first the healthy hosts of each, then
 * the degraded hosts of each; together 100, or 0 when there is nobody.
 *
 * <p>Read only once it is published; the arrays are never shared with anything that writes.
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record PriorityLoad(int[] healthy, int[] degraded) {
    public PriorityLoad {
        if (healthy.length != degraded.length) {
            throw new IllegalArgumentException(
                    "degraded: " + degraded.length + " (expected: " + healthy.length + ")");
        }
    }

    /** How many priorities there are. */
    public int priorities() {
        return healthy.length;
    }
}
