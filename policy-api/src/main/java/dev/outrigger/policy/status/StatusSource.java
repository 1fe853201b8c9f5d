// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.status;

import java.time.Duration;
import java.util.List;

/** Implemented by the xDS server, shown by the REST API. Any thread. */
public interface StatusSource {
    /** Every proxy connected now or within the retention time, ordered by id. */
    List<ProxyStatus> proxies();

    /**
     * Waits until every connected matching proxy has accepted the revision, refused it, or the time
     * is up; returns what was true at that moment.
     */
    SyncReport awaitSync(long revision, Duration timeout) throws InterruptedException;
}
