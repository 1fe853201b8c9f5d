// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.als;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import dev.outrigger.dataplane.accesslog.FormatContext;
import dev.outrigger.dataplane.config.AccessLogConfig.Sink;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.StreamInfo;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.RequestMethod;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.data.accesslog.v3.AccessLogCommon;
import io.envoyproxy.envoy.data.accesslog.v3.AccessLogType;
import io.envoyproxy.envoy.data.accesslog.v3.ConnectionProperties;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPAccessLogEntry;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPRequestProperties;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPResponseProperties;
import io.envoyproxy.envoy.data.accesslog.v3.TCPAccessLogEntry;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an exchange has to say, as an entry, with the fields Envoy fills. Pure; on the event loop of
 * what is logged.
 */
final class Entries {
    private static final Map<String, RequestMethod> METHODS =
            Map.of(
                    "GET", RequestMethod.GET,
                    "HEAD", RequestMethod.HEAD,
                    "POST", RequestMethod.POST,
                    "PUT", RequestMethod.PUT,
                    "DELETE", RequestMethod.DELETE,
                    "CONNECT", RequestMethod.CONNECT,
                    "OPTIONS", RequestMethod.OPTIONS,
                    "TRACE", RequestMethod.TRACE,
                    "PATCH", RequestMethod.PATCH);

    private Entries() {}

    static TCPAccessLogEntry tcp(FormatContext context) {
        StreamInfo info = context.info();
        return TCPAccessLogEntry.newBuilder()
                .setCommonProperties(common(info))
                .setConnectionProperties(
                        ConnectionProperties.newBuilder()
                                .setReceivedBytes(info.bytesReceived())
                                .setSentBytes(info.bytesSent()))
                .build();
    }

    static HTTPAccessLogEntry http(FormatContext context, Sink.Grpc config) {
        StreamInfo info = context.info();
        var common = common(info);
        RequestHead request = context.request();
        ResponseHead response = context.response();
        var entry = HTTPAccessLogEntry.newBuilder().setProtocolVersion(protocol(info));
        if (request != null) {
            String id = header(request.headers(), "x-request-id");
            if (id != null) {
                common.setStreamId(id);
            }
            entry.setRequest(request(request, info, config));
        }
        return entry.setCommonProperties(common)
                .setResponse(response(response, info, config))
                .build();
    }

    private static AccessLogCommon.Builder common(StreamInfo info) {
        var connection = info.connection();
        var common =
                AccessLogCommon.newBuilder()
                        .setDownstreamRemoteAddress(address(info.remoteAddress()))
                        .setDownstreamDirectRemoteAddress(address(connection.remoteAddress()))
                        .setDownstreamLocalAddress(address(connection.localAddress()))
                        .setStartTime(time(info.startMillis()))
                        .setAccessLogType(type(info))
                        .setDuration(Durations.fromMillis(info.durationMillis()));
        millis(info.requestDurationMillis()).ifSet(common::setTimeToLastRxByte);
        millis(info.responseDurationMillis()).ifSet(common::setTimeToFirstUpstreamRxByte);
        text(info.upstreamCluster()).ifSet(common::setUpstreamCluster);
        text(info.transportFailure()).ifSet(common::setUpstreamTransportFailureReason);
        text(info.routeName()).ifSet(common::setRouteName);
        if (info.upstreamHost() != null) {
            common.setUpstreamRemoteAddress(address(info.upstreamHost()));
        }
        if (info.upstreamLocalAddress() != null) {
            common.setUpstreamLocalAddress(address(info.upstreamLocalAddress()));
        }
        if (info.attemptCount() > 0) {
            common.setUpstreamRequestAttemptCount(info.attemptCount());
        }
        if (info.hasFlags()) {
            var flags = common.getResponseFlagsBuilder();
            info.flags().forEach(flag -> Flags.set(flags, flag));
        }
        return common;
    }

    private static HTTPRequestProperties request(
            RequestHead head, StreamInfo info, Sink.Grpc config) {
        HeaderBlock headers = head.headers();
        var request =
                HTTPRequestProperties.newBuilder()
                        .setRequestMethod(
                                METHODS.getOrDefault(
                                        head.methodText(), RequestMethod.METHOD_UNSPECIFIED))
                        .setScheme(head.scheme())
                        .setAuthority(head.authority())
                        .setPath(head.path())
                        .setRequestHeadersBytes(bytes(head))
                        .setRequestBodyBytes(info.bytesReceived());
        text(header(headers, "user-agent")).ifSet(request::setUserAgent);
        text(header(headers, "referer")).ifSet(request::setReferer);
        text(header(headers, "x-forwarded-for")).ifSet(request::setForwardedFor);
        text(header(headers, "x-request-id")).ifSet(request::setRequestId);
        text(header(headers, "x-envoy-original-path")).ifSet(request::setOriginalPath);
        for (String name : config.requestHeaders()) {
            String value =
                    switch (name) {
                        case ":authority", "host" -> head.authority();
                        case ":path" -> head.path();
                        case ":method" -> head.methodText();
                        case ":scheme" -> head.scheme();
                        default -> header(headers, name);
                    };
            text(value).ifSet(set -> request.putRequestHeaders(name, set));
        }
        return request.build();
    }

    private static HTTPResponseProperties response(
            @Nullable ResponseHead head, StreamInfo info, Sink.Grpc config) {
        var response = HTTPResponseProperties.newBuilder().setResponseBodyBytes(info.bytesSent());
        if (info.responseCode() > 0) {
            response.setResponseCode(UInt32Value.of(info.responseCode()));
        }
        text(info.details()).ifSet(response::setResponseCodeDetails);
        if (head != null) {
            response.setResponseHeadersBytes(
                    head.headers().byteSize() + ":status".length() + "200".length());
            for (String name : config.responseHeaders()) {
                String value =
                        name.equals(":status")
                                ? String.valueOf(info.responseCode())
                                : header(head.headers(), name);
                text(value).ifSet(set -> response.putResponseHeaders(name, set));
            }
        }
        return response.build();
    }

    /** With what Envoy keeps as headers: method, path, scheme and authority. */
    private static long bytes(RequestHead head) {
        return head.headers().byteSize()
                + ":method".length()
                + head.methodText().length()
                + ":path".length()
                + head.pathLength()
                + ":scheme".length()
                + head.scheme().length()
                + (":authority".length() - "host".length());
    }

    private static @Nullable String header(HeaderBlock headers, String name) {
        int entry = headers.find(Ascii.bytes(name), 0);
        if (entry < 0) {
            return null;
        }
        return new String(
                headers.data(),
                headers.valueOffset(entry),
                headers.valueLength(entry),
                StandardCharsets.ISO_8859_1);
    }

    private static HTTPAccessLogEntry.HTTPVersion protocol(StreamInfo info) {
        var protocol = info.protocol();
        return protocol == null
                ? HTTPAccessLogEntry.HTTPVersion.PROTOCOL_UNSPECIFIED
                : switch (protocol) {
                    case HTTP_1_0 -> HTTPAccessLogEntry.HTTPVersion.HTTP10;
                    case HTTP_1_1 -> HTTPAccessLogEntry.HTTPVersion.HTTP11;
                    case HTTP_2 -> HTTPAccessLogEntry.HTTPVersion.HTTP2;
                };
    }

    private static AccessLogType type(StreamInfo info) {
        for (AccessLogType type : AccessLogType.values()) {
            if (type.name().equals(info.logType().text())) {
                return type;
            }
        }
        return AccessLogType.NotSet;
    }

    private static Timestamp time(long millis) {
        return Timestamp.newBuilder()
                .setSeconds(Math.floorDiv(millis, 1000))
                .setNanos((int) Math.floorMod(millis, 1000L) * 1_000_000)
                .build();
    }

    private static Address address(InetSocketAddress address) {
        return socket(
                address.getAddress() == null
                        ? address.getHostString()
                        : address.getAddress().getHostAddress(),
                address.getPort());
    }

    /** {@code ip:port}, IPv6 in brackets. */
    private static Address address(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            return socket(text, 0);
        }
        String ip = text.substring(0, colon);
        if (ip.startsWith("[")) {
            ip = ip.substring(1, ip.length() - 1);
        }
        try {
            return socket(ip, Integer.parseInt(text.substring(colon + 1)));
        } catch (NumberFormatException e) {
            return socket(text, 0);
        }
    }

    private static Address socket(String ip, int port) {
        return Address.newBuilder()
                .setSocketAddress(SocketAddress.newBuilder().setAddress(ip).setPortValue(port))
                .build();
    }

    private static Maybe<Duration> millis(long millis) {
        return new Maybe<>(millis < 0 ? null : Durations.fromMillis(millis));
    }

    private static Maybe<String> text(@Nullable String text) {
        return new Maybe<>(text);
    }

    /** A field that is set only if there is something. */
    private record Maybe<T>(@Nullable T value) {
        void ifSet(java.util.function.Consumer<T> setter) {
            if (value != null) {
                setter.accept(value);
            }
        }
    }
}
