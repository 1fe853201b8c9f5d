// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

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
 * @param maxFrameBytes the longest frame the peer may send
 * @param keepalive absent: the peer is never asked whether it is there
 * @param customSettings sent before the others
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
        int maxWindowUpdatesPerData,
        int maxFrameBytes,
        Optional<Keepalive> keepalive,
        List<CustomSetting> customSettings) {
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
                    10,
                    16_384,
                    Optional.empty(),
                    List.of());

    public Http2Options {
        customSettings = List.copyOf(customSettings);
    }

    /**
     * PINGs that find out whether the peer is still there.
     *
     * @param interval between them; zero for none
     * @param timeout after which an answer is no longer waited for
     * @param jitterPercent of the interval, added at random
     * @param idleInterval without a byte from the peer, after which a new stream is preceded by a
     *     PING; zero for never
     */
    public record Keepalive(
            Duration interval, Duration timeout, double jitterPercent, Duration idleInterval) {}

    /** A setting by its number. */
    public record CustomSetting(int identifier, int value) {}
}
