// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.status;

import dev.outrigger.policy.model.PolicyId;
import java.time.Duration;
import java.util.List;

/** Implemented by the xDS server, shown by the REST API. Any thread. */
public interface StatusSource {
    /** Every proxy connected now or within the retention time, ordered by id. */
    List<ProxyStatus> proxies();

    /** The proxies whose configuration has something of the document, or should; by id. */
    List<ProxyStatus> proxies(PolicyId document);

    /**
     * Waits until every connected matching proxy has accepted the revision, or until one has
     * refused it or it cannot be served at all, or until the time is up; returns what was true at
     * that moment.
     */
    SyncReport awaitSync(long revision, Duration timeout) throws InterruptedException;
}
