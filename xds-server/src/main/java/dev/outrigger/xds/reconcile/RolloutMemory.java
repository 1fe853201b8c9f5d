// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

import dev.outrigger.xds.node.NodeGroupKey;
import java.util.Optional;

/**
 * Keeps what groups have refused beyond the life of the process: a control plane that starts again
 * must not send known-bad content to everybody once more. Called by the reconciler's thread only.
 */
public interface RolloutMemory {
    /** For a control plane whose policies do not outlive it either. */
    RolloutMemory NONE =
            new RolloutMemory() {
                @Override
                public Optional<Remembered> load(NodeGroupKey group) {
                    return Optional.empty();
                }

                @Override
                public void save(NodeGroupKey group, Remembered state) {}

                @Override
                public void forget(NodeGroupKey group) {}
            };

    /** What was saved last; may read a file. */
    Optional<Remembered> load(NodeGroupKey group);

    /** Replaces what was saved; must not block. */
    void save(NodeGroupKey group, Remembered state);

    /** There is nothing to be remembered any more; must not block. */
    void forget(NodeGroupKey group);
}
