// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.config.HttpFilterConfig;
import dev.outrigger.dataplane.config.HttpFilterEntry;
import dev.outrigger.dataplane.message.KnownHeader;
import java.util.List;

/**
 * What the router filter's own configuration says. Immutable.
 *
 * @param dynamicStats whether responses are counted by code
 * @param strictCheckHeaders ids of headers whose values must make sense
 * @param suppressGrpcFailureStats whether codes of gRPC responses are not counted
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; read for each request
record RouterOptions(
        boolean dynamicStats,
        boolean suppressEnvoyHeaders,
        int[] strictCheckHeaders,
        boolean respectExpectedRqTimeout,
        boolean suppressGrpcFailureStats) {
    static RouterOptions of(List<HttpFilterEntry> filters) {
        for (HttpFilterEntry filter : filters) {
            if (filter.config() instanceof HttpFilterConfig.Router router) {
                return new RouterOptions(
                        router.dynamicStats(),
                        router.suppressEnvoyHeaders(),
                        router.strictCheckHeaders().stream().mapToInt(KnownHeader::of).toArray(),
                        router.respectExpectedRqTimeout(),
                        router.suppressGrpcRequestFailureCodeStats());
            }
        }
        return new RouterOptions(true, false, new int[0], false, false);
    }
}
