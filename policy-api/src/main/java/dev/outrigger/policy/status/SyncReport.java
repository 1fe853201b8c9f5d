// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.status;

import java.util.List;

/**
 * Whether a revision is live on every connected proxy that it concerns.
 *
 * @param revision the revision asked about
 * @param publishedRevision the last revision turned into snapshots
 * @param synced every matching proxy has accepted it
 * @param proxies the matching proxies with their state
 */
public record SyncReport(
        long revision, long publishedRevision, boolean synced, List<ProxyStatus> proxies) {
    public SyncReport {
        proxies = List.copyOf(proxies);
    }
}
