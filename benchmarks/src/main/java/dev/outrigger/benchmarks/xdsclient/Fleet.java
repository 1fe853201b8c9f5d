// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.xdsclient;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Clients of one server on one thread. Every method returns when what it asks for has happened or
 * its time is over; between calls nothing is read. Not thread-safe.
 */
final class Fleet implements Client.Progress, AutoCloseable {
    /** As many connections are being made at a time; more overflow the server's queue. */
    private static final int CONNECTING = 256;

    private static final int BUFFER = 256 << 10;

    private final Selector selector = Selector.open();
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    private final InetSocketAddress server;
    private final int[] expected;
    private final Map<Kind, List<String>> names = new EnumMap<>(Kind.class);
    private final List<Client> clients = new ArrayList<>();
    private Collected collected = new Collected();
    private int connecting;
    private int joined;
    private int seen;
    private int failed;

    /**
     * @param clusters how many there are, each with an assignment
     * @param route the only route configuration, of the only listener
     */
    Fleet(int port, int clusters, String route) throws IOException {
        this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.expected = new int[] {clusters, clusters, 1, 1};
        names.put(Kind.ROUTE, List.of(route));
    }

    /**
     * What some clients came to.
     *
     * @param count how many of them had it
     * @param median when half of those had it, on the machine's monotonic clock
     * @param bytes that all of them received meanwhile
     * @param failed connections that the server ended
     */
    record Outcome(
            int count, long median, long high, long last, long bytes, long resources, int failed) {}

    /** One client that keeps what it is served; it stays. */
    Outcome probe(Path folder, Duration limit) throws IOException {
        var probe = connect(0, Requests.of(names, Map.of()), false, true);
        run(() -> named(Kind.CLUSTER) >= expected[0], limit);
        names.put(
                Kind.ENDPOINT,
                List.copyOf(collected.versions().getOrDefault(Kind.CLUSTER, Map.of()).keySet()));
        close(probe);
        collected = new Collected();
        joined = 0;
        var first = connect(0, Requests.of(names, Map.of()), false, true);
        clients.add(first);
        run(() -> joined == 1, limit);
        collected.write(folder);
        return outcome(List.of(first), 0, 0);
    }

    private int named(Kind kind) {
        return collected.versions().getOrDefault(kind, Map.of()).size();
    }

    /** Brings the fleet to a size. */
    Outcome join(int size, Duration limit) throws IOException {
        var requests = Requests.of(names, Map.of());
        joined = clients.size();
        failed = 0;
        var added = new ArrayList<Client>();
        run(
                () -> {
                    while (clients.size() < size && connecting < CONNECTING) {
                        var client = connectUnchecked(clients.size(), requests, false);
                        clients.add(client);
                        added.add(client);
                    }
                    return joined + failed >= size;
                },
                limit);
        return outcome(added, 0, 0);
    }

    /** Every client waits for responses of these types from now on. */
    void expect(int kinds, byte[] marker) {
        seen = 0;
        clients.forEach(client -> client.await(kinds, marker));
    }

    /** Until all clients have seen what they wait for. */
    Outcome await(long bytesBefore, long resourcesBefore, Duration limit) throws IOException {
        run(() -> seen + failed >= clients.size(), limit);
        return outcome(clients, bytesBefore, resourcesBefore);
    }

    long bytes() {
        return clients.stream().mapToLong(Client::bytes).sum();
    }

    long resources() {
        return clients.stream().mapToLong(Client::resources).sum();
    }

    /** All connections end, all at once. */
    void drop() throws IOException {
        for (Client client : clients) {
            close(client);
        }
    }

    /** All clients come back at once with what they had, waiting for what is new. */
    Outcome comeBack(int kinds, byte[] marker, Duration limit) throws IOException {
        int size = clients.size();
        var requests = Requests.of(names, collected.versions());
        clients.clear();
        seen = 0;
        failed = 0;
        run(
                () -> {
                    while (clients.size() < size && connecting < CONNECTING) {
                        var client = connectUnchecked(clients.size(), requests, true);
                        client.await(kinds, marker);
                        clients.add(client);
                    }
                    return seen + failed >= size;
                },
                limit);
        return outcome(clients, 0, 0);
    }

    /** Reads for a while, for whatever may still come. */
    void linger(Duration time) throws IOException {
        run(() -> false, time);
    }

    private Client connectUnchecked(int number, Requests requests, boolean isReturning) {
        try {
            return connect(number, requests, isReturning, false);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Client connect(int number, Requests requests, boolean isReturning, boolean keeps)
            throws IOException {
        var channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        var client = new Client(number, channel, requests, expected, isReturning, this);
        if (keeps) {
            client.keepCopies(collected::bytes, collected::response);
        }
        connecting++;
        channel.connect(server);
        channel.register(selector, SelectionKey.OP_CONNECT, client);
        return client;
    }

    private void close(Client client) throws IOException {
        client.channel().close();
    }

    private void run(BooleanSupplier isDone, Duration limit) throws IOException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!isDone.getAsBoolean()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return;
            }
            selector.select(this::handle, Math.max(1, Math.min(left / 1_000_000, 100)));
        }
    }

    private void handle(SelectionKey key) {
        var client = (Client) key.attachment();
        try {
            if (key.isConnectable()) {
                connecting--;
                client.channel().finishConnect();
                key.interestOps(SelectionKey.OP_READ);
                client.connected();
            }
            if (key.isReadable()) {
                read(client);
            }
            if (key.isWritable()) {
                client.wire().flush();
            }
            key.interestOps(
                    client.wire().isBackedUp()
                            ? SelectionKey.OP_READ | SelectionKey.OP_WRITE
                            : SelectionKey.OP_READ);
        } catch (IOException | RuntimeException gone) {
            fail(key, client);
        }
    }

    private void read(Client client) throws IOException {
        buffer.clear();
        int count = client.channel().read(buffer);
        if (count < 0) {
            throw new IOException("the server closed the connection");
        }
        client.read(buffer.array(), count);
        if (client.wire().isEnded()) {
            throw new IOException("the server ended the stream");
        }
    }

    private void fail(SelectionKey key, Client client) {
        failed++;
        key.cancel();
        try {
            client.channel().close();
        } catch (IOException e) {
            // It is gone either way.
        }
    }

    @Override
    public void joined(Client client) {
        joined++;
    }

    @Override
    public void seen(Client client) {
        seen++;
    }

    private Outcome outcome(List<Client> of, long bytesBefore, long resourcesBefore) {
        long[] times =
                of.stream().filter(Client::hasSeen).mapToLong(Client::seenAt).sorted().toArray();
        return new Outcome(
                times.length,
                at(times, 0.5),
                at(times, 0.99),
                at(times, 1),
                of.stream().mapToLong(Client::bytes).sum() - bytesBefore,
                of.stream().mapToLong(Client::resources).sum() - resourcesBefore,
                failed);
    }

    private static long at(long[] sorted, double share) {
        return sorted.length == 0
                ? 0
                : sorted[(int) Math.min(sorted.length - 1, share * sorted.length)];
    }

    @Override
    public void close() throws IOException {
        drop();
        selector.close();
    }
}
