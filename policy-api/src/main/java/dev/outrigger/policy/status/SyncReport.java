// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.status;

import java.util.List;

/**
 * Whether a revision is live on every connected proxy that it concerns.
 *
 * @param revision the revision asked about
 * @param publishedRevision the last revision turned into snapshots
 * @param synced every matching proxy has accepted it, and nothing of it is withheld
 * @param proxies the matching proxies with their state
 * @param withheld what of it, or of an earlier one, proxies are not given
 * @param missing which proxies have not accepted it, and why
 */
public record SyncReport(
        long revision,
        long publishedRevision,
        boolean synced,
        List<ProxyStatus> proxies,
        List<Withheld> withheld,
        List<Missing> missing) {
    public SyncReport {
        proxies = List.copyOf(proxies);
        withheld = List.copyOf(withheld);
        missing = List.copyOf(missing);
    }

    /**
     * @param reason in words, with what it waits for or what it refused
     */
    public record Missing(String proxy, String reason) {}
}
