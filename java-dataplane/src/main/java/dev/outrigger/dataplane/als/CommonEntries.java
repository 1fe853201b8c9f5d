// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.als;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import dev.outrigger.dataplane.message.DynamicMetadata;
import dev.outrigger.dataplane.message.StreamInfo;
import io.envoyproxy.envoy.data.accesslog.v3.AccessLogCommon;
import io.envoyproxy.envoy.data.accesslog.v3.AccessLogType;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What entries of exchanges and of connections have in common ({@code AccessLogCommon}), with the
 * fields Envoy fills. Pure; on the event loop of what is logged.
 */
@SuppressWarnings("deprecation") // intermediate_log_entry, which Envoy still sets
final class CommonEntries {
    private CommonEntries() {}

    /**
     * @param info of an exchange or connection that a client began
     */
    static AccessLogCommon.Builder of(StreamInfo info) {
        var common = AccessLogCommon.newBuilder().setStartTime(time(info.startMillis()));
        var connection = info.findConnection();
        if (connection != null) {
            common.setDownstreamRemoteAddress(AddressEntries.address(info.remoteAddress()))
                    .setDownstreamDirectRemoteAddress(
                            AddressEntries.address(connection.accepted().directRemoteAddress()))
                    .setDownstreamLocalAddress(AddressEntries.address(connection.localAddress()));
            TlsEntries.describe(connection, common);
        }
        common.setAccessLogType(type(info));
        if (isLast(info)) {
            common.setDuration(Durations.fromNanos(info.durationNanos()));
        } else {
            common.setIntermediateLogEntry(true);
        }
        times(info, common);
        upstream(info, common);
        bytes(info, common);
        ifPresent(info.routeName(), common::setRouteName);
        if (info.hasFlags()) {
            var flags = common.getResponseFlagsBuilder();
            info.flags().forEach(flag -> Flags.set(flags, flag));
        }
        DynamicMetadata metadata = info.findDynamicMetadata();
        if (metadata != null && !metadata.isEmpty()) {
            common.setMetadata(MetadataEntries.metadata(metadata));
        }
        return common;
    }

    private static void times(StreamInfo info, AccessLogCommon.Builder common) {
        since(info, info.requestEndNanos(), common::setTimeToLastRxByte);
        since(info, info.upstreamTxBeginNanos(), common::setTimeToFirstUpstreamTxByte);
        since(info, info.upstreamTxEndNanos(), common::setTimeToLastUpstreamTxByte);
        since(info, info.upstreamRxBeginNanos(), common::setTimeToFirstUpstreamRxByte);
        since(info, info.upstreamRxEndNanos(), common::setTimeToLastUpstreamRxByte);
        since(info, info.downstreamTxBeginNanos(), common::setTimeToFirstDownstreamTxByte);
        since(info, info.downstreamTxEndNanos(), common::setTimeToLastDownstreamTxByte);
    }

    private static void upstream(StreamInfo info, AccessLogCommon.Builder common) {
        String host = info.upstreamHost();
        if (host != null) {
            common.setUpstreamRemoteAddress(AddressEntries.address(host));
            ifPresent(info.upstreamCluster(), common::setUpstreamCluster);
        }
        String local = info.upstreamLocalAddress();
        if (local != null) {
            common.setUpstreamLocalAddress(AddressEntries.address(local));
        }
        ifPresent(info.transportFailure(), common::setUpstreamTransportFailureReason);
        if (info.attemptCount() > 0) {
            common.setUpstreamRequestAttemptCount(info.attemptCount());
        }
    }

    private static void bytes(StreamInfo info, AccessLogCommon.Builder common) {
        common.setDownstreamWireBytesSent(info.downstreamBytes().wireBytesSent())
                .setDownstreamWireBytesReceived(info.downstreamBytes().wireBytesReceived())
                .setUpstreamWireBytesSent(info.upstreamBytes().wireBytesSent())
                .setUpstreamWireBytesReceived(info.upstreamBytes().wireBytesReceived());
    }

    /** Whether it is over, so that its duration is known. */
    private static boolean isLast(StreamInfo info) {
        return switch (info.logType()) {
            case NOT_SET, DOWNSTREAM_END, UPSTREAM_END, TCP_CONNECTION_END -> true;
            case DOWNSTREAM_START,
                    DOWNSTREAM_PERIODIC,
                    DOWNSTREAM_TUNNEL_SUCCESSFULLY_ESTABLISHED,
                    UPSTREAM_POOL_READY,
                    UPSTREAM_PERIODIC,
                    TCP_UPSTREAM_CONNECTED,
                    TCP_PERIODIC ->
                    false;
        };
    }

    private static AccessLogType type(StreamInfo info) {
        return switch (info.logType()) {
            case NOT_SET -> AccessLogType.NotSet;
            case DOWNSTREAM_START -> AccessLogType.DownstreamStart;
            case DOWNSTREAM_PERIODIC -> AccessLogType.DownstreamPeriodic;
            case DOWNSTREAM_TUNNEL_SUCCESSFULLY_ESTABLISHED ->
                    AccessLogType.DownstreamTunnelSuccessfullyEstablished;
            case DOWNSTREAM_END -> AccessLogType.DownstreamEnd;
            case UPSTREAM_POOL_READY -> AccessLogType.UpstreamPoolReady;
            case UPSTREAM_PERIODIC -> AccessLogType.UpstreamPeriodic;
            case UPSTREAM_END -> AccessLogType.UpstreamEnd;
            case TCP_UPSTREAM_CONNECTED -> AccessLogType.TcpUpstreamConnected;
            case TCP_PERIODIC -> AccessLogType.TcpPeriodic;
            case TCP_CONNECTION_END -> AccessLogType.TcpConnectionEnd;
        };
    }

    private static Timestamp time(long millis) {
        return Timestamp.newBuilder()
                .setSeconds(Math.floorDiv(millis, 1000))
                .setNanos((int) Math.floorMod(millis, 1000L) * 1_000_000)
                .build();
    }

    private static void since(StreamInfo info, long nanos, Consumer<Duration> setter) {
        if (nanos >= 0) {
            setter.accept(Durations.fromNanos(nanos - info.startNanos()));
        }
    }

    static void ifPresent(@Nullable String value, Consumer<String> setter) {
        if (value != null && !value.isEmpty()) {
            setter.accept(value);
        }
    }
}
