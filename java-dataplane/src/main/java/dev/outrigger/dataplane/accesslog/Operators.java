// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

import dev.outrigger.dataplane.accesslog.Operator.TextSource;
import dev.outrigger.dataplane.message.ConnectionInfo;
import dev.outrigger.dataplane.message.EnvironmentVariables;
import dev.outrigger.dataplane.message.Protocol;
import dev.outrigger.dataplane.message.TlsInfo;
import dev.outrigger.dataplane.message.WireText;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The command operators this proxy knows, by Envoy's names; those of heads are another class's. */
final class Operators {
    /** What may follow a name. */
    private static final Set<String> PARAMETERS_OPTIONAL =
            Set.of(
                    "DOWNSTREAM_DIRECT_LOCAL_ADDRESS_WITHOUT_PORT",
                    "DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT",
                    "DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT",
                    "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT",
                    "DOWNSTREAM_PEER_CERT_V_END",
                    "DOWNSTREAM_PEER_CERT_V_START",
                    "EMIT_TIME",
                    "EMIT_TIME_LOCAL",
                    "GRPC_STATUS",
                    "REQUESTED_SERVER_NAME",
                    "RESPONSE_CODE_DETAILS",
                    "START_TIME",
                    "START_TIME_LOCAL",
                    "UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT",
                    "UPSTREAM_PEER_CERT_V_END",
                    "UPSTREAM_PEER_CERT_V_START",
                    "UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT");

    private static final Set<String> PARAMETERS_AND_LENGTH_OPTIONAL =
            Set.of("PATH", "QUERY_PARAMS");

    private static final Set<String> PARAMETERS_REQUIRED =
            Set.of(
                    "COALESCE",
                    "DYNAMIC_METADATA",
                    "ENVIRONMENT",
                    "METADATA",
                    "QUERY_PARAM",
                    "REQ",
                    "REQUEST_HEADER",
                    "RESP",
                    "RESPONSE_HEADER",
                    "RESPONSE_TRAILER",
                    "STREAM_INFO_REQ",
                    "TRAILER",
                    "XFCC_VALUE");

    private static final Set<String> PARAMETERS_REQUIRED_NO_LENGTH =
            Set.of(
                    "CLUSTER_METADATA",
                    "COMMON_DURATION",
                    "FILTER_STATE",
                    "UPSTREAM_FILTER_STATE",
                    "UPSTREAM_METADATA");

    /** About tracing, QUIC and trailers, none of which a stream here has. */
    private static final Set<String> NEVER =
            Set.of(
                    "CONNECTION_TERMINATION_DETAILS",
                    "DOWNSTREAM_LOCAL_CLOSE_REASON",
                    "FILTER_STATE",
                    "ROUNDTRIP_DURATION",
                    "SPAN_ID",
                    "TLS_JA4_FINGERPRINT",
                    "TRACE_ID",
                    "UPSTREAM_FILTER_STATE",
                    "UPSTREAM_LOCAL_CLOSE_REASON");

    /** What becomes of an end that was not orderly is known to a connection's own log only. */
    private static final String CLOSED_NORMALLY = "Normal";

    /**
     * An operator as written.
     *
     * @param argument empty for none
     * @param length -1 for none
     * @param missing written in place of a missing value
     */
    record Command(String name, String argument, int length, String missing) {
        int maxLength() {
            return length < 0 ? Integer.MAX_VALUE : length;
        }

        Operator text(TextSource source) {
            return new Operator.Text(source, maxLength(), missing);
        }

        Operator number(ToLongFunction<FormatContext> source) {
            return new Operator.Numeric(source, missing);
        }
    }

    private static @Nullable String protocol(FormatContext context) {
        Protocol protocol = context.info().protocol();
        return protocol == null ? null : protocol.text();
    }

    private static long handshakeMillis(@Nullable ConnectionInfo connection) {
        TlsInfo tls = connection == null ? null : connection.tls();
        return tls == null || tls.handshakeNanos() < 0 ? -1 : tls.handshakeNanos() / 1_000_000;
    }

    private Operators() {}

    /**
     * @throws IllegalArgumentException for a name not known and for what may not follow it
     */
    static Operator of(Command command) {
        return find(command)
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                "Not supported field in StreamInfo: " + command.name));
    }

    /**
     * The operator, or nothing where the name is not known.
     *
     * @throws IllegalArgumentException for what may not follow the name
     */
    static Optional<Operator> find(Command command) {
        Operator known = heads(command);
        if (known == null) {
            known = stream(command);
        }
        if (known == null) {
            known = upstream(command);
        }
        if (known == null) {
            known = ofConnection(connection(command));
        }
        if (known == null) {
            known = TlsOperators.of(command);
        }
        if (known == null) {
            known = WireOperators.find(command);
        }
        if (known == null && NEVER.contains(command.name)) {
            known = command.text(_ -> null);
        }
        if (known != null) {
            check(command);
        }
        return Optional.ofNullable(known);
    }

    private static void check(Command command) {
        String name = command.name;
        boolean parameters = !command.argument.isEmpty();
        boolean length = command.length >= 0;
        boolean required =
                PARAMETERS_REQUIRED.contains(name) || PARAMETERS_REQUIRED_NO_LENGTH.contains(name);
        if (required && !parameters) {
            throw new IllegalArgumentException(name + " requires parameters");
        }
        if (PARAMETERS_REQUIRED.contains(name) || PARAMETERS_AND_LENGTH_OPTIONAL.contains(name)) {
            return;
        }
        if (required || PARAMETERS_OPTIONAL.contains(name)) {
            if (length) {
                throw new IllegalArgumentException(
                        name + " does not allow length to be specified.");
            }
            return;
        }
        if (parameters || length) {
            throw new IllegalArgumentException(name + " does not take any parameters or length");
        }
    }

    private static @Nullable Operator heads(Command command) {
        String argument = command.argument;
        return switch (command.name) {
            case "STREAM_INFO_REQ" -> command.text(HeadOperators.request(argument));
            // Its length is taken and not obeyed (observed).
            case "XFCC_VALUE" ->
                    new Operator.Text(XfccValue.of(argument), Integer.MAX_VALUE, command.missing);
            case "REQ", "REQUEST_HEADER" -> command.text(HeadOperators.request(argument));
            case "RESP", "RESPONSE_HEADER" -> command.text(HeadOperators.response(argument));
            case "TRAILER", "RESPONSE_TRAILER" -> command.text(HeadOperators.trailer(argument));
            case "PATH" -> command.text(HeadOperators.path(argument));
            case "QUERY_PARAM" -> command.text(QueryOperators.one(WireText.of(argument)));
            case "QUERY_PARAMS" -> command.text(QueryOperators.all(argument));
            case "REQUEST_HEADERS_BYTES" -> command.number(HeadOperators::requestBytes);
            case "RESPONSE_HEADERS_BYTES" -> command.number(HeadOperators::responseBytes);
            case "RESPONSE_TRAILERS_BYTES" -> command.number(HeadOperators::trailerBytes);
            case "GRPC_STATUS" -> HeadOperators.grpcStatus(command);
            case "GRPC_STATUS_NUMBER" -> command.number(HeadOperators::grpcStatus);
            case "STREAM_ID" -> command.text(HeadOperators.streamId());
            default -> null;
        };
    }

    private static @Nullable Operator stream(Command command) {
        return switch (command.name) {
            case "START_TIME" ->
                    command.argument.isEmpty()
                            ? new Operator.StartTime()
                            : time(command, ZoneOffset.UTC, c -> c.info().startMillis());
            case "START_TIME_LOCAL" ->
                    time(command, ZoneId.systemDefault(), c -> c.info().startMillis());
            case "EMIT_TIME" -> time(command, ZoneOffset.UTC, Operators::emitted);
            case "EMIT_TIME_LOCAL" -> time(command, ZoneId.systemDefault(), Operators::emitted);
            case "RESPONSE_CODE" -> command.number(c -> c.info().responseCode());
            case "BYTES_RECEIVED" -> command.number(c -> c.info().bytesReceived());
            case "BYTES_SENT" -> command.number(c -> c.info().bytesSent());
            case "DURATION" -> command.number(c -> c.info().durationMillis());
            case "REQUEST_DURATION" -> command.number(c -> c.info().requestDurationMillis());
            case "RESPONSE_DURATION" -> command.number(c -> c.info().responseDurationMillis());
            case "RESPONSE_TX_DURATION" -> command.number(c -> c.info().responseTxDurationMillis());
            case "UPSTREAM_REQUEST_ATTEMPT_COUNT" -> command.number(c -> c.info().attemptCount());
            case "DOWNSTREAM_HANDSHAKE_DURATION" ->
                    command.number(c -> handshakeMillis(c.info().findConnection()));
            case "CONNECTION_ID" -> command.number(Operators::connectionId);
            case "COALESCE" -> Coalesce.of(command);
            // Only QUIC knows what was sent again.
            case "BYTES_RETRANSMITTED", "PACKETS_RETRANSMITTED" -> command.number(_ -> 0);
            case "PROTOCOL" -> command.text(Operators::protocol);
            case "RESPONSE_FLAGS" -> command.text(c -> c.info().flagsText());
            case "RESPONSE_FLAGS_LONG" -> command.text(c -> c.info().flagsLongText());
            case "CUSTOM_FLAGS" -> command.text(_ -> "");
            case "RESPONSE_CODE_DETAILS" -> command.text(c -> c.info().details());
            case "ACCESS_LOG_TYPE" -> command.text(c -> c.info().logType().text());
            case "LOCAL_REPLY_BODY" -> command.text(c -> c.info().localReplyBody());
            case "ROUTE_NAME" -> name(command, c -> c.info().routeName());
            case "ROUTE_RESOLUTION_COUNT" -> command.number(c -> c.info().routeResolutions());
            case "ROUTE_RESOLUTION_TIME_US" ->
                    command.number(c -> c.info().routeResolutionMicros());
            case "VIRTUAL_CLUSTER_NAME" -> name(command, c -> c.info().virtualCluster());
            case "DYNAMIC_METADATA" ->
                    new Operator.Metadata(
                            MetadataText.dynamic(command.argument),
                            command.maxLength(),
                            command.missing);
            case "METADATA" ->
                    new Operator.Metadata(
                            MetadataText.ofKind(command.argument),
                            command.maxLength(),
                            command.missing);
            case "UNIQUE_ID" -> command.text(FormatContext::uniqueId);
            case "COMMON_DURATION" -> command.number(Durations.between(command.argument));
            case "REQUEST_TX_DURATION" -> command.number(Durations.between("DS_RX_BEG:US_TX_END"));
            case "HOSTNAME" -> command.text(hostname());
            case "ENVIRONMENT" -> command.text(environment(command.argument));
            default -> null;
        };
    }

    private static long connectionId(FormatContext context) {
        ConnectionInfo connection = context.info().findConnection();
        return connection == null ? 0 : connection.id();
    }

    /** When the line is written, which is when the exchange ends. */
    private static long emitted(FormatContext context) {
        return context.info().startMillis() + context.info().durationMillis();
    }

    private static Operator time(
            Command command, ZoneId zone, ToLongFunction<FormatContext> millis) {
        String pattern = command.argument;
        if (pattern.isEmpty()) {
            pattern =
                    zone.equals(ZoneOffset.UTC) ? "%Y-%m-%dT%H:%M:%E3SZ" : "%Y-%m-%dT%H:%M:%E3S%z";
        }
        if (pattern.indexOf('\n') >= 0 || pattern.contains("%n")) {
            throw new IllegalArgumentException(
                    "Invalid header configuration. Format string contains newline.");
        }
        Timestamps.Formatter formatter = Timestamps.strftime(WireText.of(pattern), zone);
        return command.text(context -> formatter.text(millis.applyAsLong(context)));
    }

    private static @Nullable Operator upstream(Command command) {
        return switch (command.name) {
            case "UPSTREAM_HOST" -> command.text(c -> c.info().upstreamHost());
            case "UPSTREAM_HOST_NAME" -> name(command, c -> c.info().upstreamHostName());
            case "UPSTREAM_HOST_NAME_WITHOUT_PORT" ->
                    name(command, c -> withoutPort(c.info().upstreamHostName()));
            case "UPSTREAM_HOST_NAMES_ATTEMPTED" ->
                    name(command, c -> c.info().upstreamHostNamesAttempted());
            case "UPSTREAM_HOST_NAMES_ATTEMPTED_WITHOUT_PORT" ->
                    name(command, c -> withoutPorts(c.info().upstreamHostNamesAttempted()));
            case "UPSTREAM_CONNECTION_POOL_READY_DURATION" ->
                    command.number(c -> c.info().poolReadyMillis());
            case "UPSTREAM_METADATA" -> metadata(command, MetadataKind.UPSTREAM_HOST);
            case "CLUSTER_METADATA" -> metadata(command, MetadataKind.CLUSTER);
            case "UPSTREAM_HOSTS_ATTEMPTED" -> command.text(c -> c.info().upstreamHostsAttempted());
            case "UPSTREAM_HOSTS_ATTEMPTED_WITHOUT_PORT" ->
                    command.text(c -> withoutPorts(c.info().upstreamHostsAttempted()));
            case "UPSTREAM_REMOTE_ADDRESS" -> command.text(c -> c.info().upstreamRemoteAddress());
            case "UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT" ->
                    withoutPort(command, c -> c.info().upstreamRemoteAddress());
            case "UPSTREAM_REMOTE_PORT" ->
                    command.number(c -> port(c.info().upstreamRemoteAddress()));
            // Only addresses inside a process have one.
            case "UPSTREAM_REMOTE_ADDRESS_ENDPOINT_ID" ->
                    command.text(c -> c.info().upstreamRemoteAddress() == null ? null : "");
            case "UPSTREAM_LOCAL_ADDRESS" -> command.text(c -> c.info().upstreamLocalAddress());
            case "UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT" ->
                    withoutPort(command, c -> c.info().upstreamLocalAddress());
            case "UPSTREAM_LOCAL_PORT" ->
                    command.number(c -> port(c.info().upstreamLocalAddress()));
            case "UPSTREAM_PROTOCOL" ->
                    command.text(c -> {
                        Protocol spoken = c.info().upstreamProtocol();
                        return spoken == null ? null : spoken.text();
                    });
            case "UPSTREAM_CONNECTION_ID" ->
                    command.number(c -> Math.max(0, c.info().upstreamConnectionId()));
            // Envoy keeps no more than the latest attempt's (observed).
            case "UPSTREAM_CONNECTION_IDS_ATTEMPTED" ->
                    command.text(c -> upstreamConnection(c.info().upstreamConnectionId()));
            case "UPSTREAM_DETECTED_CLOSE_TYPE" ->
                    command.text(c -> c.info().isUpstreamTried() ? CLOSED_NORMALLY : null);
            case "UPSTREAM_CLUSTER", "UPSTREAM_CLUSTER_RAW" ->
                    name(command, c -> c.info().upstreamCluster());
            case "UPSTREAM_TRANSPORT_FAILURE_REASON" ->
                    command.text(c -> joined(c.info().transportFailure()));
            default -> null;
        };
    }

    /** What the configuration calls something. */
    private static Operator name(Command command, TextSource configured) {
        return command.text(context -> WireText.ofNullable(configured.read(context)));
    }

    private static Operator metadata(Command command, MetadataKind kind) {
        return new Operator.Metadata(
                MetadataText.of(kind, command.argument), command.maxLength(), command.missing);
    }

    private static @Nullable String upstreamConnection(long id) {
        return id < 0 ? null : Long.toString(id);
    }

    private static @Nullable Operator connection(Command command) {
        Function<FormatContext, InetSocketAddress> remote = c -> c.info().remoteAddress();
        return switch (command.name) {
            case "DOWNSTREAM_REMOTE_ADDRESS" ->
                    command.text(c -> ConnectionInfo.text(remote.apply(c)));
            case "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT" ->
                    masked(command, c -> ConnectionInfo.ip(remote.apply(c)));
            case "DOWNSTREAM_REMOTE_PORT" -> command.number(c -> remote.apply(c).getPort());
            case "DOWNSTREAM_DIRECT_REMOTE_ADDRESS" ->
                    command.text(c -> ConnectionInfo.text(directRemote(c)));
            case "DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT" ->
                    masked(command, c -> ConnectionInfo.ip(directRemote(c)));
            case "DOWNSTREAM_DIRECT_REMOTE_PORT" -> command.number(c -> directRemote(c).getPort());
            case "DOWNSTREAM_LOCAL_ADDRESS" -> command.text(c -> c.info().connection().localText());
            case "DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT" ->
                    masked(command, c -> c.info().connection().localIp());
            case "DOWNSTREAM_LOCAL_PORT" ->
                    command.number(c -> c.info().connection().localAddress().getPort());
            case "DOWNSTREAM_DIRECT_LOCAL_ADDRESS" ->
                    command.text(c -> ConnectionInfo.text(directLocal(c)));
            case "DOWNSTREAM_DIRECT_LOCAL_ADDRESS_WITHOUT_PORT" ->
                    masked(command, c -> ConnectionInfo.ip(directLocal(c)));
            case "DOWNSTREAM_DIRECT_LOCAL_PORT" -> command.number(c -> directLocal(c).getPort());
            case "REQUESTED_SERVER_NAME" ->
                    command.text(
                            c -> orNull(c.info().connection().accepted().requestedServerName()));
            case "TLS_JA3_FINGERPRINT" ->
                    command.text(c -> orNull(c.info().connection().accepted().ja3()));
            case "FILTER_CHAIN_NAME" ->
                    name(command, c -> orNull(c.info().connection().accepted().filterChainName()));
            case "LISTENER_NAME" ->
                    name(command, c -> orNull(c.info().connection().accepted().listenerName()));
            case "DOWNSTREAM_DETECTED_CLOSE_TYPE" -> command.text(_ -> CLOSED_NORMALLY);
            // Only addresses inside a process have one.
            case "DOWNSTREAM_LOCAL_ADDRESS_ENDPOINT_ID",
                    "DOWNSTREAM_DIRECT_LOCAL_ADDRESS_ENDPOINT_ID" ->
                    command.text(_ -> "");
            default -> null;
        };
    }

    /** What speaks of a connection has nothing to say without one. */
    private static @Nullable Operator ofConnection(@Nullable Operator operator) {
        if (operator instanceof Operator.Text(var source, int maxLength, String missing)) {
            return new Operator.Text(
                    c -> c.info().findConnection() == null ? null : source.read(c),
                    maxLength,
                    missing);
        }
        if (operator instanceof Operator.Numeric(var source, String missing)) {
            return new Operator.Numeric(
                    c -> c.info().findConnection() == null ? -1 : source.applyAsLong(c), missing);
        }
        return operator;
    }

    private static Operator withoutPort(Command command, TextSource address) {
        return masked(command, context -> withoutPort(address.read(context)));
    }

    private static InetSocketAddress directRemote(FormatContext context) {
        return context.info().connection().accepted().directRemoteAddress();
    }

    private static InetSocketAddress directLocal(FormatContext context) {
        return context.info().connection().accepted().directLocalAddress();
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }

    /** An address, or its network where the argument is a prefix length. */
    private static Operator masked(Command command, TextSource address) {
        int bits;
        try {
            bits = Integer.parseInt(command.argument);
        } catch (NumberFormatException e) {
            return command.text(address);
        }
        return command.text(context -> {
            String ip = address.read(context);
            return ip == null ? null : NetworkAddresses.masked(ip, bits);
        });
    }

    private static @Nullable String withoutPorts(@Nullable String addresses) {
        if (addresses == null) {
            return null;
        }
        var out = new StringBuilder();
        for (String address : addresses.split(",")) {
            out.append(out.isEmpty() ? "" : ",").append(withoutPort(address));
        }
        return out.toString();
    }

    private static @Nullable String withoutPort(@Nullable String address) {
        if (address == null) {
            return null;
        }
        int colon = address.lastIndexOf(':');
        return colon < 0 ? address : address.substring(0, colon);
    }

    private static long port(@Nullable String address) {
        return address == null
                ? -1
                : Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    /** A variable that is not set is a dash, in JSON as well. */
    private static TextSource environment(String variable) {
        String value = EnvironmentVariables.read(variable);
        String text = value == null ? "-" : value;
        return context -> text;
    }

    private static TextSource hostname() {
        String name;
        try {
            name = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            name = null;
        }
        String known = WireText.ofNullable(name);
        return context -> known;
    }

    /** A reason is one word in a line. */
    private static @Nullable String joined(@Nullable String text) {
        return text == null ? null : text.replace(' ', '_');
    }
}
