// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.snapshot;

import dev.outrigger.xds.node.NodeIdentity;
import java.util.function.Consumer;

/** Where streams get their snapshots. Any thread. */
public interface SnapshotFeed {
    /**
     * Calls the listener with the node's snapshot as soon as there is one, and again whenever it
     * changes or is found good for a later revision. Calls come one at a time from a thread of the
     * feed; a listener must only take note of them.
     */
    Registration watch(NodeIdentity node, Consumer<Snapshot> listener);

    /** Ends a watch; idempotent. */
    interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}
