// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.names;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A name server whose answers are written down: what it does not know does not exist. Names that
 * begin with {@code held} are answered when the test says so.
 */
final class ScriptedNames implements AutoCloseable {
    /** Long enough that nobody asks again. */
    private static final int TTL_SECONDS = 3600;

    private static final int HEADER_BYTES = 12;
    private static final int MAX_BYTES = 512;
    private static final int TYPE_A = 1;
    private static final int NXDOMAIN = 3;

    private final DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    private final LinkedBlockingQueue<DatagramPacket> held = new LinkedBlockingQueue<>();
    private final Map<String, Integer> codes;

    /**
     * @param codes of names: 0 for an answer without records, others as in RFC 1035; names of
     *     {@code .here} that are not listed are this machine
     */
    ScriptedNames(Map<String, Integer> codes) throws SocketException {
        this.codes = codes;
        var _ = Thread.ofVirtual().name("names").start(this::serve);
    }

    int port() {
        return socket.getLocalPort();
    }

    private void serve() {
        while (!socket.isClosed()) {
            var query = new DatagramPacket(new byte[MAX_BYTES], MAX_BYTES);
            try {
                socket.receive(query);
                if (name(query).startsWith("held")) {
                    held.add(query);
                } else {
                    answer(query);
                }
            } catch (SocketException _) {
                return;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Answers the next question that is held back, once it has come. */
    void release() throws IOException, InterruptedException {
        DatagramPacket query = held.poll(20, TimeUnit.SECONDS);
        if (query == null) {
            throw new IOException("nobody asked");
        }
        answer(query);
    }

    private static String name(DatagramPacket query) {
        byte[] bytes = query.getData();
        var name = new StringBuilder();
        for (int at = HEADER_BYTES; bytes[at] != 0; at += bytes[at] + 1) {
            name.append(name.isEmpty() ? "" : ".")
                    .append(new String(bytes, at + 1, bytes[at], ISO_8859_1));
        }
        return name.toString().toLowerCase(Locale.ROOT);
    }

    private void answer(DatagramPacket query) throws IOException {
        byte[] bytes = query.getData();
        String name = name(query);
        int end = HEADER_BYTES + name.length() + 2 + 4;
        int type = bytes[end - 3];
        boolean here = name.endsWith(".here") && !codes.containsKey(name) && type == TYPE_A;
        int code = codes.getOrDefault(name, name.endsWith(".here") ? 0 : NXDOMAIN);
        var answer = ByteBuffer.allocate(MAX_BYTES);
        answer.put(bytes, 0, 2).putShort((short) (0x8580 | code)).putShort((short) 1);
        answer.putShort((short) (here ? 1 : 0)).putInt(0);
        answer.put(bytes, HEADER_BYTES, end - HEADER_BYTES);
        if (here) {
            answer.putShort((short) 0xc00c).putShort((short) TYPE_A).putShort((short) 1);
            answer.putInt(TTL_SECONDS).putShort((short) 4).put(new byte[] {127, 0, 0, 1});
        }
        socket.send(
                new DatagramPacket(answer.array(), answer.position(), query.getSocketAddress()));
    }

    @Override
    public void close() {
        socket.close();
    }
}
