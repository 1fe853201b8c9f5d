// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.BoolValue;
import com.google.protobuf.UInt32Value;
import dev.outrigger.dataplane.config.Http2Options;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;

/** {@code Http2ProtocolOptions} of a listener; the defaults are {@link Http2Options#DEFAULT}. */
final class Http2OptionsParser {
    static final SupportedFields FIELDS =
            SupportedFields.of(Http2ProtocolOptions.class, "downstream")
                    .obeyed(
                            "hpack_table_size",
                            "max_concurrent_streams",
                            "initial_stream_window_size",
                            "initial_connection_window_size",
                            "allow_connect",
                            "max_outbound_frames",
                            "max_outbound_control_frames",
                            "max_consecutive_inbound_frames_with_empty_payload",
                            "max_inbound_priority_frames_per_stream",
                            "max_inbound_window_update_frames_per_data_frame_sent",
                            "stream_error_on_invalid_http_messaging",
                            "override_stream_error_on_invalid_http_message")
                    .noEffect("use_oghttp2_codec", "there is one codec");

    private Http2OptionsParser() {}

    /**
     * @param forAll {@code stream_error_on_invalid_http_message} of the connection manager
     */
    @SuppressWarnings("deprecation") // control planes still send the older field
    static Http2Options parse(Http2ProtocolOptions proto, BoolValue forAll) {
        Http2Options unset = Http2Options.DEFAULT;
        boolean streamErrors =
                proto.hasOverrideStreamErrorOnInvalidHttpMessage()
                        ? proto.getOverrideStreamErrorOnInvalidHttpMessage().getValue()
                        : proto.getStreamErrorOnInvalidHttpMessaging() || forAll.getValue();
        return new Http2Options(
                value(
                        proto.hasHpackTableSize(),
                        proto.getHpackTableSize(),
                        unset.headerTableBytes()),
                value(
                        proto.hasMaxConcurrentStreams(),
                        proto.getMaxConcurrentStreams(),
                        unset.maxConcurrentStreams()),
                value(
                        proto.hasInitialStreamWindowSize(),
                        proto.getInitialStreamWindowSize(),
                        unset.streamWindow()),
                value(
                        proto.hasInitialConnectionWindowSize(),
                        proto.getInitialConnectionWindowSize(),
                        unset.connectionWindow()),
                proto.getAllowConnect(),
                streamErrors,
                value(
                        proto.hasMaxOutboundFrames(),
                        proto.getMaxOutboundFrames(),
                        unset.maxOutboundFrames()),
                value(
                        proto.hasMaxOutboundControlFrames(),
                        proto.getMaxOutboundControlFrames(),
                        unset.maxOutboundControlFrames()),
                value(
                        proto.hasMaxConsecutiveInboundFramesWithEmptyPayload(),
                        proto.getMaxConsecutiveInboundFramesWithEmptyPayload(),
                        unset.maxConsecutiveEmptyFrames()),
                value(
                        proto.hasMaxInboundPriorityFramesPerStream(),
                        proto.getMaxInboundPriorityFramesPerStream(),
                        unset.maxPriorityFramesPerStream()),
                value(
                        proto.hasMaxInboundWindowUpdateFramesPerDataFrameSent(),
                        proto.getMaxInboundWindowUpdateFramesPerDataFrameSent(),
                        unset.maxWindowUpdatesPerData()));
    }

    private static int value(boolean present, UInt32Value value, int unset) {
        return present ? Values.clamp(value) : unset;
    }
}
