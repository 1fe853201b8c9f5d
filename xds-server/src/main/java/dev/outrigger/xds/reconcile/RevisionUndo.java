// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.reconcile;

/** Takes a revision back that a proxy refused, as a new revision. Any thread; must not block. */
@FunctionalInterface
public interface RevisionUndo {
    /** Nothing is taken back. */
    RevisionUndo NONE = (_, _) -> {};

    /**
     * @param reason for people, with the proxy's words
     */
    void undo(long revision, String reason);
}
