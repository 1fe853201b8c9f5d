// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

/**
 * What our side of a connection allows; {@code Http2ProtocolOptions} with Envoy's defaults.
 *
 * @param headerTableBytes SETTINGS_HEADER_TABLE_SIZE
 * @param maxConcurrentStreams the peer may have open
 * @param streamWindow bytes a peer may send on a stream before we took them
 * @param connectionWindow the same for all streams together
 * @param allowConnect whether extended CONNECT is taken (RFC 8441)
 * @param streamErrorOnInvalidMessage whether a bad message ends its stream instead of the
 *     connection
 * @param maxOutboundFrames waiting for a peer that does not read
 * @param maxOutboundControlFrames the same for PING, SETTINGS and RST_STREAM
 * @param maxConsecutiveEmptyFrames DATA and HEADERS without payload and end
 * @param maxPriorityFramesPerStream PRIORITY, which means nothing any more
 * @param maxWindowUpdatesPerData WINDOW_UPDATE for each DATA frame that was sent
 */
public record Http2Options(
        int headerTableBytes,
        int maxConcurrentStreams,
        int streamWindow,
        int connectionWindow,
        boolean allowConnect,
        boolean streamErrorOnInvalidMessage,
        int maxOutboundFrames,
        int maxOutboundControlFrames,
        int maxConsecutiveEmptyFrames,
        int maxPriorityFramesPerStream,
        int maxWindowUpdatesPerData) {
    private static final int MEBIBYTE = 1 << 20;

    /** What Envoy 1.36 and later use where nothing is configured. */
    public static final Http2Options DEFAULT =
            new Http2Options(
                    4096,
                    1024,
                    16 * MEBIBYTE,
                    24 * MEBIBYTE,
                    false,
                    false,
                    10_000,
                    1_000,
                    1,
                    100,
                    10);
}
