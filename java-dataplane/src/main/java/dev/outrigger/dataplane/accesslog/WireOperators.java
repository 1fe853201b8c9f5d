// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

import dev.outrigger.dataplane.accesslog.Operators.Command;
import dev.outrigger.dataplane.message.BytesMeter;
import dev.outrigger.dataplane.message.ConnectionInfo;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The operators that tell what streams moved on the wire, and how far away the client is. */
final class WireOperators {
    private WireOperators() {}

    static @Nullable Operator find(Command command) {
        return switch (command.name()) {
            case "DOWNSTREAM_CX_RTT" -> command.number(WireOperators::roundTripMillis);
            case "DOWNSTREAM_WIRE_BYTES_RECEIVED" ->
                    downstream(command, BytesMeter::wireBytesReceived);
            case "DOWNSTREAM_WIRE_BYTES_SENT" -> downstream(command, BytesMeter::wireBytesSent);
            case "DOWNSTREAM_HEADER_BYTES_RECEIVED" ->
                    downstream(command, BytesMeter::headerBytesReceived);
            case "DOWNSTREAM_HEADER_BYTES_SENT" -> downstream(command, BytesMeter::headerBytesSent);
            case "DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED" ->
                    downstream(command, BytesMeter::decompressedHeaderBytesReceived);
            case "DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_SENT" ->
                    downstream(command, BytesMeter::decompressedHeaderBytesSent);
            case "UPSTREAM_WIRE_BYTES_RECEIVED" -> upstream(command, BytesMeter::wireBytesReceived);
            case "UPSTREAM_WIRE_BYTES_SENT" -> upstream(command, BytesMeter::wireBytesSent);
            case "UPSTREAM_HEADER_BYTES_RECEIVED" ->
                    upstream(command, BytesMeter::headerBytesReceived);
            case "UPSTREAM_HEADER_BYTES_SENT" -> upstream(command, BytesMeter::headerBytesSent);
            case "UPSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED" ->
                    upstream(command, BytesMeter::decompressedHeaderBytesReceived);
            case "UPSTREAM_DECOMPRESSED_HEADER_BYTES_SENT" ->
                    upstream(command, BytesMeter::decompressedHeaderBytesSent);
            default -> null;
        };
    }

    private static long roundTripMillis(FormatContext context) {
        ConnectionInfo connection = context.info().findConnection();
        return connection == null ? -1 : connection.accepted().roundTripMillis().getAsLong();
    }

    private static Operator downstream(Command command, ToLongFunction<BytesMeter> part) {
        return command.number(c -> part.applyAsLong(c.info().downstreamBytes()));
    }

    private static Operator upstream(Command command, ToLongFunction<BytesMeter> part) {
        return command.number(c -> part.applyAsLong(c.info().upstreamBytes()));
    }
}
