// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.http2;

import dev.outrigger.dataplane.telemetry.StatsShard;
import io.netty.util.collection.IntObjectHashMap;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The streams of a session by their numbers, and which numbers have been used (RFC 9113 section
 * 5.1.1). Confined to the connection's event loop.
 */
final class OpenStreams {
    private final boolean client;
    private final Http2Stats stats;
    private final StatsShard shard;
    private final IntObjectHashMap<Http2Stream> streams = new IntObjectHashMap<>();
    private int lastPeerStream;
    private int nextStream = 1;

    OpenStreams(boolean client, Http2Stats stats, StatsShard shard) {
        this.client = client;
        this.stats = stats;
        this.shard = shard;
    }

    int count() {
        return streams.size();
    }

    Collection<Http2Stream> all() {
        return streams.values();
    }

    /** In no order. */
    List<Http2Stream> copy() {
        return new ArrayList<>(streams.values());
    }

    @Nullable Http2Stream find(int id) {
        return streams.get(id);
    }

    boolean isOpen(Http2Stream stream) {
        return streams.get(stream.id()) == stream;
    }

    /** Whether nobody has used that number yet. */
    boolean isIdle(int id) {
        return (id & 1) == 0 || (client ? id >= nextStream : id > lastPeerStream);
    }

    /** The number of our next stream. */
    int take() {
        int id = nextStream;
        nextStream += 2;
        return id;
    }

    /** The peer has used a number. */
    void onPeerStream(int id) {
        lastPeerStream = id;
    }

    /** The last number the peer has used. */
    int lastPeerStream() {
        return lastPeerStream;
    }

    void add(Http2Stream stream) {
        streams.put(stream.id(), stream);
        shard.inc(stats.streamsActive);
    }

    void remove(Http2Stream stream) {
        streams.remove(stream.id());
        shard.dec(stats.streamsActive);
    }

    void clear() {
        shard.add(stats.streamsActive, -streams.size());
        streams.clear();
    }
}
