// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.downstream;

/** An accepted connection as its listener sees it. */
interface ServerConnection {
    /** Ends the connection at once. */
    void closeNow(CloseReason reason);
}
