// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.http2;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Plays one case to a proxy and tells what came back, stream by stream. When settings are
 * acknowledged and windows renewed depends on how reads fall, and is left out.
 */
final class FrameClient {
    private static final int QUIET_MILLIS = 700;
    private static final int BETWEEN_MILLIS = 250;

    private static final Set<String> VARYING =
            Set.of("date", "x-envoy-upstream-service-time", "x-request-id");

    private FrameClient() {}

    /**
     * @param parts sent one after another, each when the proxy has nothing more to say to the one
     *     before
     */
    static Map<Integer, List<String>> play(int port, List<byte[]> parts) throws IOException {
        var received = new ByteArrayOutputStream();
        boolean closed = false;
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            for (int i = 0; i < parts.size() && !closed; i++) {
                socket.getOutputStream().write(parts.get(i));
                closed = read(socket, received, i + 1 < parts.size());
            }
        }
        return describe(received.toByteArray());
    }

    /**
     * Reads until nothing comes for a while.
     *
     * @param more whether there is more to send
     * @return true at the end of the connection
     */
    static boolean read(Socket socket, ByteArrayOutputStream into, boolean more)
            throws IOException {
        socket.setSoTimeout(more ? BETWEEN_MILLIS : QUIET_MILLIS);
        var buffer = new byte[65536];
        while (true) {
            try {
                int count = socket.getInputStream().read(buffer);
                if (count < 0) {
                    return true;
                }
                into.write(buffer, 0, count);
            } catch (SocketTimeoutException e) {
                return false;
            } catch (IOException e) {
                return true;
            }
        }
    }

    /** What frames say, stream by stream; the bodies of a stream together at its end. */
    static Map<Integer, List<String>> describe(byte[] bytes) {
        var streams = new TreeMap<Integer, List<String>>();
        var bodies = new TreeMap<Integer, StringBuilder>();
        var decoder = new DefaultHttp2HeadersDecoder(false, 1 << 20);
        ByteBuf in = Unpooled.wrappedBuffer(bytes);
        while (in.readableBytes() >= 9) {
            int length = in.readUnsignedMedium();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int stream = in.readInt();
            if (in.readableBytes() < length) {
                break;
            }
            ByteBuf payload = in.readSlice(length);
            var lines = streams.computeIfAbsent(stream, s -> new ArrayList<>());
            switch (type) {
                case Frames.DATA -> {
                    bodies.computeIfAbsent(stream, s -> new StringBuilder())
                            .append(payload.toString(StandardCharsets.ISO_8859_1));
                    if ((flags & Frames.END) != 0) {
                        lines.add("end of data");
                    }
                }
                case Frames.HEADERS ->
                        lines.add(
                                "HEADERS " + (flags & 1) + " " + fields(decoder, stream, payload));
                case Frames.SETTINGS -> {
                    if (flags == 0) {
                        lines.add("SETTINGS " + hex(payload));
                    }
                }
                case Frames.GOAWAY ->
                        lines.add(
                                "GOAWAY "
                                        + payload.getInt(4)
                                        + " "
                                        + payload.toString(
                                                8, length - 8, StandardCharsets.ISO_8859_1));
                default -> {
                    if (type != Frames.WINDOW_UPDATE) {
                        lines.add(type + " " + flags + " " + hex(payload));
                    }
                }
            }
        }
        bodies.forEach((stream, body) ->
                streams.computeIfAbsent(stream, s -> new ArrayList<>()).add("body " + body));
        return streams;
    }

    private static String fields(DefaultHttp2HeadersDecoder decoder, int stream, ByteBuf payload) {
        try {
            Http2Headers headers = decoder.decodeHeaders(stream, payload);
            var text = new ArrayList<String>();
            headers.forEach(field -> text.add(field.getKey() + ": " + masked(field)));
            if (headers.method() != null) {
                // Envoy keeps some fields of a request apart from the others.
                text.sort(null);
            }
            return String.join(", ", text);
        } catch (Http2Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static String masked(Map.Entry<CharSequence, CharSequence> field) {
        String name = field.getKey().toString();
        boolean varies = VARYING.contains(name);
        return varies ? "…" : field.getValue().toString();
    }

    private static String hex(ByteBuf payload) {
        return ByteBufUtil.hexDump(payload);
    }
}
