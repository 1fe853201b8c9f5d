// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.csds;

import dev.outrigger.xds.node.NodeIdentity;
import dev.outrigger.xds.snapshot.Snapshot;
import dev.outrigger.xds.snapshot.SnapshotFeed;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A feed that remembers what it handed to whom, for as long as they are connected. Costs a
 * reference for each node. Any thread.
 */
public final class ServedSnapshots implements SnapshotFeed {
    private final SnapshotFeed feed;
    private final Map<String, Served> byNode = new ConcurrentHashMap<>();

    public ServedSnapshots(SnapshotFeed feed) {
        this.feed = feed;
    }

    /**
     * What a node has been given.
     *
     * @param streams of the node that are open
     */
    public record Served(NodeIdentity node, int streams, @Nullable Snapshot snapshot) {}

    /** A node that is connected. */
    public Optional<Served> find(String nodeId) {
        return Optional.ofNullable(byNode.get(nodeId));
    }

    @Override
    public Registration watch(NodeIdentity node, Consumer<Snapshot> listener) {
        byNode.merge(
                node.id(),
                new Served(node, 1, null),
                (before, _) -> new Served(node, before.streams() + 1, before.snapshot()));
        var registration =
                feed.watch(
                        node,
                        snapshot -> {
                            byNode.computeIfPresent(
                                    node.id(),
                                    (_, before) ->
                                            new Served(before.node(), before.streams(), snapshot));
                            listener.accept(snapshot);
                        });
        var isOpen = new AtomicBoolean(true);
        return () -> {
            registration.close();
            if (isOpen.getAndSet(false)) {
                byNode.computeIfPresent(
                        node.id(),
                        (_, before) ->
                                before.streams() == 1
                                        ? null
                                        : new Served(
                                                before.node(),
                                                before.streams() - 1,
                                                before.snapshot()));
            }
        };
    }
}
