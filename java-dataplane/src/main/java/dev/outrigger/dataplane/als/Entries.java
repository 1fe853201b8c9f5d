// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.als;

import com.google.protobuf.UInt32Value;
import dev.outrigger.dataplane.accesslog.CustomTags;
import dev.outrigger.dataplane.accesslog.FormatContext;
import dev.outrigger.dataplane.config.AccessLogConfig.Sink;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.StreamInfo;
import io.envoyproxy.envoy.config.core.v3.RequestMethod;
import io.envoyproxy.envoy.data.accesslog.v3.AccessLogCommon;
import io.envoyproxy.envoy.data.accesslog.v3.ConnectionProperties;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPAccessLogEntry;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPRequestProperties;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPResponseProperties;
import io.envoyproxy.envoy.data.accesslog.v3.TCPAccessLogEntry;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What an exchange or a connection has to say, as an entry, with the fields Envoy fills. Pure; on
 * the event loop of what is logged.
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

    static TCPAccessLogEntry tcp(FormatContext context, CustomTags tags) {
        StreamInfo info = context.info();
        var common = CommonEntries.of(info);
        CommonEntries.ifPresent(context.connectionStreamId(), common::setStreamId);
        putTags(context, tags, common);
        return TCPAccessLogEntry.newBuilder()
                .setCommonProperties(common)
                .setConnectionProperties(
                        ConnectionProperties.newBuilder()
                                .setReceivedBytes(info.bytesReceived())
                                .setSentBytes(info.bytesSent()))
                .build();
    }

    static HTTPAccessLogEntry http(FormatContext context, Sink.Grpc config, CustomTags tags) {
        StreamInfo info = context.info();
        var common = CommonEntries.of(info);
        RequestHead request = context.request();
        if (request != null && context.hasStreamId()) {
            CommonEntries.ifPresent(header(request.headers(), "x-request-id"), common::setStreamId);
        }
        putTags(context, tags, common);
        return HTTPAccessLogEntry.newBuilder()
                .setProtocolVersion(protocol(info))
                .setRequest(request(request, info, config))
                .setCommonProperties(common)
                .setResponse(response(context, config))
                .build();
    }

    private static void putTags(
            FormatContext context, CustomTags tags, AccessLogCommon.Builder common) {
        tags.forEach(context, common::putCustomTags);
    }

    private static HTTPRequestProperties request(
            @Nullable RequestHead head, StreamInfo info, Sink.Grpc config) {
        var request =
                HTTPRequestProperties.newBuilder()
                        .setRequestBodyBytes(info.bytesReceived())
                        .setDownstreamHeaderBytesReceived(
                                info.downstreamBytes().headerBytesReceived())
                        .setUpstreamHeaderBytesSent(info.upstreamBytes().headerBytesSent());
        if (head == null) {
            return request.build();
        }
        HeaderBlock headers = head.headers();
        request.setRequestMethod(
                        METHODS.getOrDefault(head.methodText(), RequestMethod.METHOD_UNSPECIFIED))
                .setRequestHeadersBytes(head.headerBytes());
        CommonEntries.ifPresent(head.scheme(), request::setScheme);
        CommonEntries.ifPresent(Utf8.mended(head.authority()), request::setAuthority);
        CommonEntries.ifPresent(Utf8.mended(head.path()), request::setPath);
        CommonEntries.ifPresent(header(headers, "user-agent"), request::setUserAgent);
        CommonEntries.ifPresent(header(headers, "referer"), request::setReferer);
        CommonEntries.ifPresent(header(headers, "x-forwarded-for"), request::setForwardedFor);
        CommonEntries.ifPresent(header(headers, "x-request-id"), request::setRequestId);
        CommonEntries.ifPresent(header(headers, "x-envoy-original-path"), request::setOriginalPath);
        for (String name : config.requestHeaders()) {
            String value =
                    switch (name) {
                        case ":authority", "host" -> Utf8.mended(head.authority());
                        case ":path" -> Utf8.mended(head.path());
                        case ":method" -> head.methodText();
                        case ":scheme" -> head.scheme();
                        default -> joined(headers, name);
                    };
            put(name, value, request::putRequestHeaders);
        }
        return request.build();
    }

    private static HTTPResponseProperties response(FormatContext context, Sink.Grpc config) {
        StreamInfo info = context.info();
        ResponseHead head = context.response();
        var response =
                HTTPResponseProperties.newBuilder()
                        .setResponseBodyBytes(info.bytesSent())
                        .setDownstreamHeaderBytesSent(info.downstreamBytes().headerBytesSent())
                        .setUpstreamHeaderBytesReceived(info.upstreamBytes().headerBytesReceived());
        if (info.responseCode() > 0) {
            response.setResponseCode(UInt32Value.of(info.responseCode()));
        }
        CommonEntries.ifPresent(info.details(), response::setResponseCodeDetails);
        if (head != null) {
            response.setResponseHeadersBytes(
                    head.headers().byteSize() + ":status".length() + "200".length());
            for (String name : config.responseHeaders()) {
                put(
                        name,
                        name.equals(":status")
                                ? String.valueOf(info.responseCode())
                                : joined(head.headers(), name),
                        response::putResponseHeaders);
            }
        }
        HeaderBlock trailers = context.trailers();
        if (trailers != null) {
            for (String name : config.responseTrailers()) {
                put(name, joined(trailers, name), response::putResponseTrailers);
            }
        }
        return response.build();
    }

    /** A header without value is there all the same. */
    private static void put(
            String name, @Nullable String value, BiConsumer<String, String> setter) {
        if (value != null) {
            setter.accept(name, value);
        }
    }

    /** All values of the name. */
    private static @Nullable String joined(HeaderBlock headers, String name) {
        byte[] bytes = Ascii.bytes(name);
        int first = headers.find(bytes, 0);
        if (first < 0) {
            return null;
        }
        var all = new StringBuilder(value(headers, first));
        for (int i = headers.find(bytes, first + 1); i >= 0; i = headers.find(bytes, i + 1)) {
            all.append(',').append(value(headers, i));
        }
        return all.toString();
    }

    /** The first value of the name. */
    private static @Nullable String header(HeaderBlock headers, String name) {
        int entry = headers.find(Ascii.bytes(name), 0);
        return entry < 0 ? null : value(headers, entry);
    }

    private static String value(HeaderBlock headers, int entry) {
        return Utf8.mended(headers.data(), headers.valueOffset(entry), headers.valueLength(entry));
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
}
