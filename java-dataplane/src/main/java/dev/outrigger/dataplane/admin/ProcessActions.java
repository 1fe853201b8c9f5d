// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.admin;

/** What the admin paths may do to the process. Called on the main loop; must not block. */
public interface ProcessActions {
    /** {@code POST /quitquitquit}: begins to end the process; the answer is sent first. */
    void shutDown();

    /** Somebody reads stats; they may have to be flushed for it. */
    default void onStatsRead() {}

    /** {@code POST /reopen_logs}. */
    void reopenLogs();
}
