// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.SocketOptionConfig;
import dev.outrigger.dataplane.config.SocketOptionConfig.State;
import io.envoyproxy.envoy.config.core.v3.SocketOption;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** {@code envoy.config.core.v3.SocketOption} to {@link SocketOptionConfig}. */
final class SocketOptionParser {
    private static final SupportedFields STREAM =
            SupportedFields.of(SocketOption.SocketType.Stream.class);

    private static final SupportedFields DATAGRAM =
            SupportedFields.of(SocketOption.SocketType.Datagram.class);

    private static final SupportedFields TYPE =
            SupportedFields.of(SocketOption.SocketType.class)
                    .nested("stream", () -> STREAM)
                    .nested("datagram", () -> DATAGRAM, "such an option is set on no socket");

    static final SupportedFields OPTION =
            SupportedFields.of(SocketOption.class)
                    .noEffect("description", "for readers")
                    .obeyed("level", "name", "int_value", "buf_value", "state")
                    .nested("type", () -> TYPE);

    private SocketOptionParser() {}

    /** The options for stream sockets, in order. */
    static List<SocketOptionConfig> parse(List<SocketOption> protos) {
        var options = new ArrayList<SocketOptionConfig>();
        for (SocketOption proto : protos) {
            if (proto.getType().hasDatagram() && !proto.getType().hasStream()) {
                continue;
            }
            options.add(
                    new SocketOptionConfig(
                            (int) proto.getLevel(),
                            (int) proto.getName(),
                            value(proto),
                            switch (proto.getState()) {
                                case STATE_PREBIND, UNRECOGNIZED -> State.PREBIND;
                                case STATE_BOUND -> State.BOUND;
                                case STATE_LISTENING -> State.LISTENING;
                            }));
        }
        return options;
    }

    private static String value(SocketOption proto) {
        byte[] bytes =
                proto.hasBufValue()
                        ? proto.getBufValue().toByteArray()
                        : ByteBuffer.allocate(Integer.BYTES)
                                .order(ByteOrder.nativeOrder())
                                .putInt((int) proto.getIntValue())
                                .array();
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
