// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

/**
 * Bounds of what one stream may ask for and hold.
 *
 * @param resourceNames names a stream may subscribe to or claim to have, all types together
 * @param nodeBytes size of a node; Envoy's is about 61 kB
 * @param responseBytes where a delta response ends and the next begins; clients of gRPC refuse
 *     messages above 4 MiB
 * @param unacknowledged delta responses of one type a client may leave unanswered before it gets no
 *     more of them
 */
public record StreamLimits(
        int resourceNames, int nodeBytes, int responseBytes, int unacknowledged) {
    public static final StreamLimits DEFAULT =
            new StreamLimits(50_000, 256 * 1024, 3 * 1024 * 1024, 16);
}
