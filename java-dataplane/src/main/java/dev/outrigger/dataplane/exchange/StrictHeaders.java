// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;

/** {@code strict_check_headers} of the router filter: values that make no sense are refused. */
final class StrictHeaders {
    private StrictHeaders() {}

    /** The id of the first listed header with a bad value, or {@link KnownHeader#UNKNOWN}. */
    static int findBad(int[] ids, HeaderBlock headers) {
        for (int id : ids) {
            int entry = headers.find(id);
            if (entry >= 0 && !isGood(id, headers, entry)) {
                return id;
            }
        }
        return KnownHeader.UNKNOWN;
    }

    private static boolean isGood(int id, HeaderBlock headers, int entry) {
        if (id == KnownHeader.ENVOY_RETRY_ON || id == KnownHeader.ENVOY_RETRY_GRPC_ON) {
            return RetryHeaders.areTokens(
                    headers.value(entry), id == KnownHeader.ENVOY_RETRY_GRPC_ON);
        }
        return headers.decimal(entry) >= 0;
    }
}
