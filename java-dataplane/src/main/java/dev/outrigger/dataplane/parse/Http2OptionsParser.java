// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.BoolValue;
import com.google.protobuf.UInt32Value;
import dev.outrigger.dataplane.config.Http2Options;
import dev.outrigger.dataplane.config.Http2Options.CustomSetting;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.KeepaliveSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * {@code Http2ProtocolOptions} of a listener or a cluster; the defaults are {@link
 * Http2Options#DEFAULT}.
 */
final class Http2OptionsParser {
    private static final double DEFAULT_JITTER_PERCENT = 15;

    private static final SupportedFields KEEPALIVE =
            SupportedFields.of(KeepaliveSettings.class)
                    .obeyed("interval", "timeout", "connection_idle_interval")
                    .nested("interval_jitter", () -> LoadBalancingFields.PERCENT);

    private static final SupportedFields SETTING =
            SupportedFields.of(Http2ProtocolOptions.SettingsParameter.class)
                    .obeyed("identifier", "value");

    static final SupportedFields FIELDS =
            SupportedFields.of(Http2ProtocolOptions.class)
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
                    .nested("connection_keepalive", () -> KEEPALIVE)
                    .nested("custom_settings_parameters", () -> SETTING)
                    .noEffect("use_oghttp2_codec", "there is one codec");

    /** The identifiers of settings that mean something to us. */
    private static final int HEADER_TABLE_SIZE = 1;

    private static final int ENABLE_PUSH = 2;
    private static final int MAX_CONCURRENT_STREAMS = 3;
    private static final int INITIAL_WINDOW_SIZE = 4;
    private static final int MAX_FRAME_SIZE = 5;
    private static final int ENABLE_CONNECT_PROTOCOL = 8;

    private Http2OptionsParser() {}

    /**
     * @param forAll {@code stream_error_on_invalid_http_message} of the connection manager
     */
    @SuppressWarnings("deprecation") // control planes still send the older field
    static Http2Options parse(
            Http2ProtocolOptions proto, BoolValue forAll, String path, Findings findings) {
        List<CustomSetting> custom = customSettings(proto, path, findings);
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
                        unset.maxWindowUpdatesPerData()),
                custom(custom, MAX_FRAME_SIZE, unset.maxFrameBytes()),
                keepalive(proto, path + ".connection_keepalive", findings),
                custom);
    }

    private static Optional<Http2Options.Keepalive> keepalive(
            Http2ProtocolOptions options, String path, Findings findings) {
        if (!options.hasConnectionKeepalive()) {
            return Optional.empty();
        }
        KeepaliveSettings proto = options.getConnectionKeepalive();
        return Optional.of(
                new Http2Options.Keepalive(
                        Values.duration(proto.getInterval(), path + ".interval", findings),
                        Values.duration(proto.getTimeout(), path + ".timeout", findings),
                        proto.hasIntervalJitter()
                                ? proto.getIntervalJitter().getValue()
                                : DEFAULT_JITTER_PERCENT,
                        Values.duration(
                                proto.getConnectionIdleInterval(),
                                path + ".connection_idle_interval",
                                findings)));
    }

    /** What is sent of one identifier: there may be no two opinions about it. */
    private static List<CustomSetting> customSettings(
            Http2ProtocolOptions proto, String path, Findings findings) {
        var settings = new LinkedHashMap<Integer, CustomSetting>();
        var inconsistent = new ArrayList<String>();
        var collisions = new ArrayList<String>();
        String at = path + ".custom_settings_parameters";
        for (var each : proto.getCustomSettingsParametersList()) {
            int id = each.getIdentifier().getValue();
            var setting = new CustomSetting(id, each.getValue().getValue());
            CustomSetting before = settings.putIfAbsent(id, setting);
            if (before != null && !before.equals(setting)) {
                inconsistent.add(String.format(Locale.ROOT, "0x%02x", id));
            }
            switch (id) {
                case HEADER_TABLE_SIZE -> {
                    if (proto.hasHpackTableSize()) {
                        collisions.add("hpack_table_size");
                    }
                }
                case ENABLE_PUSH -> {
                    if (setting.value() == 1) {
                        findings.invalid(
                                at,
                                id,
                                "server push is not supported by Envoy and can not be enabled via"
                                        + " a SETTINGS parameter.");
                    }
                }
                case MAX_CONCURRENT_STREAMS -> {
                    if (proto.hasMaxConcurrentStreams()) {
                        collisions.add("max_concurrent_streams");
                    }
                }
                case INITIAL_WINDOW_SIZE -> {
                    if (proto.hasInitialStreamWindowSize()) {
                        collisions.add("initial_stream_window_size");
                    }
                }
                case ENABLE_CONNECT_PROTOCOL ->
                        findings.invalid(
                                at,
                                id,
                                "the \"allow_connect\" SETTINGS parameter must only be configured"
                                        + " through the named field");
                default -> {
                    // Anything else is between the peer and whoever configured it.
                }
            }
        }
        if (!inconsistent.isEmpty()) {
            findings.invalid(
                    at,
                    "",
                    "inconsistent HTTP/2 custom SETTINGS parameter(s) detected; identifiers = {"
                            + String.join(",", inconsistent)
                            + "}");
        }
        if (!collisions.isEmpty()) {
            findings.invalid(
                    at,
                    "",
                    "the {"
                            + String.join(",", collisions)
                            + "} HTTP/2 SETTINGS parameter(s) can not be configured through both"
                            + " named and custom parameters");
        }
        return List.copyOf(settings.values());
    }

    private static int custom(List<CustomSetting> settings, int id, int unset) {
        for (CustomSetting setting : settings) {
            if (setting.identifier() == id) {
                return setting.value();
            }
        }
        return unset;
    }

    private static int value(boolean present, UInt32Value value, int unset) {
        return present ? Values.clamp(value) : unset;
    }
}
