// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

import dev.outrigger.dataplane.message.ConnectTimes;
import dev.outrigger.dataplane.message.ConnectionInfo;
import dev.outrigger.dataplane.message.StreamInfo;
import dev.outrigger.dataplane.message.TlsInfo;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

/** {@code COMMON_DURATION}: the time between two points of an exchange. */
final class Durations {
    private static final long UNKNOWN = -1;

    private Durations() {}

    /**
     * @param argument {@code START:END} or {@code START:END:PRECISION}
     * @return negative where one of the points was not reached
     */
    static ToLongFunction<FormatContext> between(String argument) {
        if (argument.isEmpty()) {
            throw new IllegalArgumentException("COMMON_DURATION requires parameters");
        }
        String[] parts = argument.split(":", -1);
        if (parts.length < 2 || parts.length > 3) {
            throw new IllegalArgumentException(
                    "Invalid common duration configuration: " + argument + ".");
        }
        TimeUnit unit =
                switch (parts.length == 2 ? "ms" : parts[2]) {
                    case "ms" -> TimeUnit.MILLISECONDS;
                    case "us" -> TimeUnit.MICROSECONDS;
                    case "ns" -> TimeUnit.NANOSECONDS;
                    default ->
                            throw new IllegalArgumentException(
                                    "Invalid common duration precision: " + parts[2] + ".");
                };
        ToLongFunction<StreamInfo> start = point(parts[0]);
        ToLongFunction<StreamInfo> end = point(parts[1]);
        return context -> {
            long from = start.applyAsLong(context.info());
            long to = end.applyAsLong(context.info());
            return from == UNKNOWN || to == UNKNOWN || to < from
                    ? UNKNOWN
                    : unit.convert(to - from, TimeUnit.NANOSECONDS);
        };
    }

    private static ToLongFunction<StreamInfo> connecting(ToLongFunction<ConnectTimes> point) {
        return info -> {
            ConnectTimes times = info.connectTimes();
            return times == null ? UNKNOWN : point.applyAsLong(times);
        };
    }

    private static ToLongFunction<StreamInfo> handshake(ToLongFunction<TlsInfo> point) {
        return info -> {
            ConnectionInfo connection = info.findConnection();
            TlsInfo tls = connection == null ? null : connection.tls();
            return tls == null ? UNKNOWN : point.applyAsLong(tls);
        };
    }

    /** Envoy takes other names for points that filters set, which none here does. */
    private static ToLongFunction<StreamInfo> point(String name) {
        return switch (name) {
            case "DS_RX_BEG" -> StreamInfo::startNanos;
            case "DS_RX_END" -> StreamInfo::requestEndNanos;
            case "US_TX_BEG" -> StreamInfo::upstreamTxBeginNanos;
            case "US_TX_END" -> StreamInfo::upstreamTxEndNanos;
            case "US_RX_BEG" -> StreamInfo::upstreamRxBeginNanos;
            case "US_RX_END" -> StreamInfo::upstreamRxEndNanos;
            case "DS_TX_BEG" -> StreamInfo::downstreamTxBeginNanos;
            case "DS_TX_END" -> StreamInfo::downstreamTxEndNanos;
            case "US_CX_BEG" -> connecting(ConnectTimes::begun);
            case "US_CX_END" -> connecting(ConnectTimes::connected);
            case "US_HS_END" -> connecting(ConnectTimes::secured);
            case "DS_HS_BEG" -> handshake(TlsInfo::heardNanos);
            case "DS_HS_END" -> handshake(TlsInfo::securedNanos);
            default -> _ -> UNKNOWN;
        };
    }
}
