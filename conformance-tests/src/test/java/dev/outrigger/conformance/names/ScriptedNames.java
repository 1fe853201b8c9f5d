// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.names;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A name server whose answers are written down: what it does not know does not exist. Names that
 * begin with {@code held} are answered when the test says so; what begins with {@code large} does
 * not fit into a datagram.
 */
final class ScriptedNames implements AutoCloseable {
    /** Long enough that nobody asks again. */
    private static final int TTL_SECONDS = 3600;

    private static final int HEADER_BYTES = 12;
    private static final int MAX_BYTES = 512;
    private static final int TYPE_A = 1;
    private static final int NXDOMAIN = 3;
    private static final int TRUNCATED = 0x0200;
    private static final int BIND_ATTEMPTS = 50;

    private final DatagramSocket socket;
    private final ServerSocket overTcp;

    /** The names that were asked for over TCP. */
    private final Queue<String> askedOverTcp = new ConcurrentLinkedQueue<>();

    private final LinkedBlockingQueue<DatagramPacket> held = new LinkedBlockingQueue<>();
    private final Map<String, Integer> codes;

    /**
     * @param codes of names: 0 for an answer without records, others as in RFC 1035; names of
     *     {@code .here} that are not listed are this machine
     */
    ScriptedNames(Map<String, Integer> codes) throws IOException {
        this.codes = codes;
        this.overTcp = bind();
        this.socket = new DatagramSocket(overTcp.getLocalPort(), InetAddress.getLoopbackAddress());
        var _ = Thread.ofVirtual().name("names").start(this::serve);
        var _ = Thread.ofVirtual().name("names over TCP").start(this::serveTcp);
    }

    /** At a port that is free for datagrams as well. */
    private static ServerSocket bind() throws IOException {
        for (int i = 0; i < BIND_ATTEMPTS; i++) {
            var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            try (var _ = new DatagramSocket(server.getLocalPort(), server.getInetAddress())) {
                return server;
            } catch (BindException _) {
                server.close();
            }
        }
        throw new IOException("no port is free for both");
    }

    /** What was asked for over TCP since the last call. */
    Set<String> takeAskedOverTcp() {
        var names = new TreeSet<String>();
        for (String name = askedOverTcp.poll(); name != null; name = askedOverTcp.poll()) {
            names.add(name);
        }
        return names;
    }

    private void serveTcp() {
        while (!overTcp.isClosed()) {
            try {
                Socket client = overTcp.accept();
                var _ = Thread.ofVirtual().start(() -> serve(client));
            } catch (SocketException _) {
                return;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            var in = new DataInputStream(client.getInputStream());
            while (true) {
                byte[] query = new byte[in.readUnsignedShort()];
                in.readFully(query);
                String name = name(query);
                askedOverTcp.add(name);
                byte[] answer = answer(query, name, 0);
                client.getOutputStream()
                        .write(
                                ByteBuffer.allocate(answer.length + 2)
                                        .putShort((short) answer.length)
                                        .put(answer)
                                        .array());
            }
        } catch (IOException _) {
            // Nobody asks any more.
        }
    }

    int port() {
        return socket.getLocalPort();
    }

    private void serve() {
        while (!socket.isClosed()) {
            var query = new DatagramPacket(new byte[MAX_BYTES], MAX_BYTES);
            try {
                socket.receive(query);
                if (name(query.getData()).startsWith("held")) {
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

    private static String name(byte[] bytes) {
        var name = new StringBuilder();
        for (int at = HEADER_BYTES; bytes[at] != 0; at += bytes[at] + 1) {
            name.append(name.isEmpty() ? "" : ".")
                    .append(new String(bytes, at + 1, bytes[at], ISO_8859_1));
        }
        return name.toString().toLowerCase(Locale.ROOT);
    }

    private void answer(DatagramPacket query) throws IOException {
        String name = name(query.getData());
        byte[] answer = answer(query.getData(), name, name.startsWith("large") ? TRUNCATED : 0);
        socket.send(new DatagramPacket(answer, answer.length, query.getSocketAddress()));
    }

    private byte[] answer(byte[] bytes, String name, int flags) {
        int end = HEADER_BYTES + name.length() + 2 + 4;
        int type = bytes[end - 3];
        boolean here =
                flags == 0 && name.endsWith(".here") && !codes.containsKey(name) && type == TYPE_A;
        int code = codes.getOrDefault(name, name.endsWith(".here") ? 0 : NXDOMAIN);
        var answer = ByteBuffer.allocate(MAX_BYTES);
        answer.put(bytes, 0, 2).putShort((short) (0x8580 | flags | code)).putShort((short) 1);
        answer.putShort((short) (here ? 1 : 0)).putInt(0);
        answer.put(bytes, HEADER_BYTES, end - HEADER_BYTES);
        if (here) {
            answer.putShort((short) 0xc00c).putShort((short) TYPE_A).putShort((short) 1);
            answer.putInt(TTL_SECONDS).putShort((short) 4).put(new byte[] {127, 0, 0, 1});
        }
        return Arrays.copyOf(answer.array(), answer.position());
    }

    @Override
    public void close() {
        socket.close();
        try {
            overTcp.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
