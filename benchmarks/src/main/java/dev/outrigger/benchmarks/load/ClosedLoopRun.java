// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;

/** One thread, one selector: every answer triggers the next request on its connection. */
final class ClosedLoopRun {

    private static final int SCRATCH_BYTES = 64 * 1024;
    private static final long SELECT_MILLIS = 100;

    private final int port;
    private final byte[] request;
    private final LoadLimit limit;
    private final Tally tally = new Tally();
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(SCRATCH_BYTES);
    private int alive;

    ClosedLoopRun(int port, byte[] request, LoadLimit limit) {
        this.port = port;
        this.request = request;
        this.limit = limit;
    }

    LoadResult run(int connections) throws IOException {
        List<Connection> opened = new ArrayList<>();
        try (var selector = Selector.open()) {
            for (int i = 0; i < connections; i++) {
                opened.add(Connection.open(port, request, selector));
            }
            long start = System.nanoTime();
            long end = start + limit.time().toNanos();
            for (var connection : opened) {
                connection.send(System.nanoTime());
            }
            alive = connections;
            while (alive > 0 && System.nanoTime() < end && tally.exchanges() < limit.requests()) {
                selector.select(this::onReadable, SELECT_MILLIS);
            }
            return tally.result(System.nanoTime() - start);
        } finally {
            for (var connection : opened) {
                connection.close();
            }
        }
    }

    private void onReadable(SelectionKey key) {
        var connection = (Connection) key.attachment();
        try {
            if (!connection.receive(scratch)) {
                return;
            }
            long now = System.nanoTime();
            tally.answered(connection.status(), now - connection.dueNanos());
            connection.send(now);
        } catch (IOException broken) {
            // Counted, not reopened: a proxy that drops connections under load must not look faster
            // for it.
            tally.failed();
            key.cancel();
            alive--;
        }
    }
}
