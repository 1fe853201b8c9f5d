// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.route.VirtualHost;

/** What hosts and clients are told of the number of attempts, where the virtual host says so. */
final class AttemptHeaders {
    private AttemptHeaders() {}

    /** The first attempt. */
    static void tellHost(HeaderBlock request, VirtualHost virtualHost) {
        if (virtualHost.includeRequestAttemptCount()) {
            request.set(KnownHeader.ENVOY_ATTEMPT_COUNT, 1);
        }
    }

    /**
     * Another attempt.
     *
     * @param timedOut whether the one before it took too long
     */
    static void tellHost(
            HeaderBlock request, VirtualHost virtualHost, int attempt, boolean timedOut) {
        if (virtualHost.includeRequestAttemptCount()) {
            request.set(KnownHeader.ENVOY_ATTEMPT_COUNT, attempt);
        }
        if (virtualHost.includeIsTimeoutRetryHeader()) {
            request.set(
                    KnownHeader.ENVOY_IS_TIMEOUT_RETRY,
                    timedOut ? LocalReplies.TRUE : LocalReplies.FALSE);
        }
    }

    static void tellClient(HeaderBlock response, VirtualHost virtualHost, int attempts) {
        if (virtualHost.includeAttemptCountInResponse()) {
            response.set(KnownHeader.ENVOY_ATTEMPT_COUNT, attempts);
        }
    }
}
