// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

import dev.outrigger.dataplane.accesslog.Operator.TextSource;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.ConnectionInfo;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.message.StreamInfo;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The command operators this proxy knows, by Envoy's names. */
final class Operators {
    private Operators() {}

    static Operator of(String name, String argument, int maxLength, String missing) {
        return switch (name) {
            case "START_TIME" ->
                    argument.isEmpty()
                            ? new Operator.StartTime()
                            : new Operator.Text(Timestamps.strftime(argument), maxLength, missing);
            case "RESPONSE_CODE" -> new Operator.Numeric(StreamInfo::responseCode, missing);
            case "BYTES_RECEIVED" -> new Operator.Numeric(StreamInfo::bytesReceived, missing);
            case "BYTES_SENT" -> new Operator.Numeric(StreamInfo::bytesSent, missing);
            case "DURATION" -> new Operator.Numeric(StreamInfo::durationMillis, missing);
            case "REQUEST_DURATION" ->
                    new Operator.Numeric(StreamInfo::requestDurationMillis, missing);
            case "RESPONSE_DURATION" ->
                    new Operator.Numeric(StreamInfo::responseDurationMillis, missing);
            case "RESPONSE_TX_DURATION" ->
                    new Operator.Numeric(StreamInfo::responseTxDurationMillis, missing);
            case "UPSTREAM_REQUEST_ATTEMPT_COUNT" ->
                    new Operator.Numeric(StreamInfo::attemptCount, missing);
            case "CONNECTION_ID" -> new Operator.Numeric(i -> i.connection().id(), missing);
            default -> new Operator.Text(text(name, argument), maxLength, missing);
        };
    }

    private static TextSource text(String name, String argument) {
        return switch (name) {
            case "REQ", "REQUEST_HEADER" -> requestHeader(argument);
            case "RESP", "RESPONSE_HEADER" -> responseHeader(argument);
            // HTTP/1 trailers are dropped, so there never are any.
            case "TRAILER", "RESPONSE_TRAILER" -> c -> null;
            case "PROTOCOL" -> c -> c.info().protocol();
            case "RESPONSE_FLAGS" -> c -> c.info().flagsText();
            case "RESPONSE_CODE_DETAILS" -> c -> c.info().details();
            case "UPSTREAM_HOST", "UPSTREAM_REMOTE_ADDRESS" -> c -> c.info().upstreamHost();
            case "UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT" ->
                    c -> withoutPort(c.info().upstreamHost());
            case "UPSTREAM_REMOTE_PORT" -> c -> port(c.info().upstreamHost());
            case "UPSTREAM_LOCAL_ADDRESS" -> c -> c.info().upstreamLocalAddress();
            case "UPSTREAM_CLUSTER", "UPSTREAM_CLUSTER_RAW" -> c -> c.info().upstreamCluster();
            case "UPSTREAM_TRANSPORT_FAILURE_REASON" -> c -> c.info().transportFailure();
            case "ACCESS_LOG_TYPE" -> c -> c.info().logType().text();
            case "LOCAL_REPLY_BODY" -> c -> c.info().localReplyBody();
            case "ROUTE_NAME" -> c -> c.info().routeName();
            case "HOSTNAME" -> hostname();
            case "ENVIRONMENT" -> environment(argument);
            case "VIRTUAL_CLUSTER_NAME" -> c -> c.info().virtualCluster();
            case "CONNECTION_TERMINATION_DETAILS",
                    "REQUESTED_SERVER_NAME",
                    "DOWNSTREAM_TRANSPORT_FAILURE_REASON",
                    "DOWNSTREAM_TLS_VERSION",
                    "DOWNSTREAM_TLS_CIPHER",
                    "DOWNSTREAM_PEER_URI_SAN",
                    "DOWNSTREAM_PEER_SUBJECT",
                    "TRACE_ID" ->
                    c -> null;
            case "DYNAMIC_METADATA" -> MetadataText.dynamic(argument);
            case "STREAM_ID" -> requestHeader("x-request-id");
            default -> address(name);
        };
    }

    private static TextSource address(String name) {
        return switch (name) {
            case "DOWNSTREAM_REMOTE_ADDRESS" -> c -> ConnectionInfo.text(c.info().remoteAddress());
            case "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT" ->
                    c -> ConnectionInfo.ip(c.info().remoteAddress());
            case "DOWNSTREAM_REMOTE_PORT" ->
                    c -> Integer.toString(c.info().remoteAddress().getPort());
            case "DOWNSTREAM_DIRECT_REMOTE_ADDRESS" -> c -> c.info().connection().remoteText();
            case "DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT" ->
                    c -> c.info().connection().remoteIp();
            case "DOWNSTREAM_DIRECT_REMOTE_PORT" ->
                    c -> Integer.toString(c.info().connection().remoteAddress().getPort());
            case "DOWNSTREAM_LOCAL_ADDRESS" -> c -> c.info().connection().localText();
            case "DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT" -> c -> c.info().connection().localIp();
            case "DOWNSTREAM_LOCAL_PORT" ->
                    c -> Integer.toString(c.info().connection().localAddress().getPort());
            default ->
                    throw new IllegalArgumentException(
                            "Not supported field in StreamInfo: " + name);
        };
    }

    /** {@code NAME} or {@code NAME?ALTERNATIVE}. */
    private static TextSource requestHeader(String argument) {
        String[] names = argument.toLowerCase(Locale.ROOT).split("\\?", 2);
        TextSource first = oneRequestHeader(names[0]);
        if (names.length == 1) {
            return first;
        }
        TextSource second = oneRequestHeader(names[1]);
        return context -> {
            String value = first.read(context);
            return value == null ? second.read(context) : value;
        };
    }

    private static TextSource oneRequestHeader(String name) {
        byte[] bytes = Ascii.bytes(name);
        return switch (name) {
            case ":method" -> c -> c.request() == null ? null : requireMethod(c.request());
            case ":path" -> c -> c.request() == null ? null : requirePath(c.request());
            case ":authority", "host" -> c -> authority(c.request());
            case ":scheme" -> c -> scheme(c.request());
            default -> c -> c.request() == null ? null : header(headers(c.request()), bytes);
        };
    }

    private static TextSource responseHeader(String argument) {
        String[] names = argument.toLowerCase(Locale.ROOT).split("\\?", 2);
        byte[] first = Ascii.bytes(names[0]);
        byte[] second = Ascii.bytes(names[names.length - 1]);
        if (names[0].equals(":status")) {
            return c -> c.response() == null ? null : status(c.response());
        }
        return c -> {
            ResponseHead response = c.response();
            if (response == null) {
                return null;
            }
            String value = header(response.headers(), first);
            return value == null ? header(response.headers(), second) : value;
        };
    }

    private static @Nullable String requireMethod(@Nullable RequestHead request) {
        return request == null || request.methodText().isEmpty() ? null : request.methodText();
    }

    private static @Nullable String requirePath(@Nullable RequestHead request) {
        return request == null || request.pathLength() == 0 ? null : request.path();
    }

    private static @Nullable String status(@Nullable ResponseHead response) {
        return response == null ? null : Integer.toString(response.status());
    }

    private static @Nullable String scheme(@Nullable RequestHead request) {
        return request == null ? null : request.scheme();
    }

    private static @Nullable HeaderBlock headers(@Nullable RequestHead request) {
        return request == null ? null : request.headers();
    }

    private static @Nullable String authority(@Nullable RequestHead request) {
        return request == null
                ? null
                : request.headers().text(dev.outrigger.dataplane.message.KnownHeader.HOST);
    }

    /** The value of the first line of this name; Envoy does not look at others. */
    private static @Nullable String header(@Nullable HeaderBlock headers, byte[] name) {
        if (headers == null) {
            return null;
        }
        int entry = headers.find(name, 0);
        if (entry < 0) {
            return null;
        }
        return headers.value(entry);
    }

    private static TextSource environment(String variable) {
        String value = System.getenv(variable);
        return context -> value;
    }

    private static TextSource hostname() {
        String name;
        try {
            name = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            name = null;
        }
        String known = name;
        return context -> known;
    }

    private static @Nullable String withoutPort(@Nullable String address) {
        return address == null ? null : address.substring(0, address.lastIndexOf(':'));
    }

    private static @Nullable String port(@Nullable String address) {
        return address == null ? null : address.substring(address.lastIndexOf(':') + 1);
    }
}
