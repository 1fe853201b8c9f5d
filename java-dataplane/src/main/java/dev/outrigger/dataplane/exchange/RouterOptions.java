// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.accesslog.AccessLog;
import dev.outrigger.dataplane.config.HttpFilterConfig;
import dev.outrigger.dataplane.config.HttpFilterEntry;
import dev.outrigger.dataplane.config.UpstreamLogConfig;
import dev.outrigger.dataplane.filter.FactoryContext;
import dev.outrigger.dataplane.message.KnownHeader;
import java.util.List;

/**
 * What the router filter's own configuration says. Immutable.
 *
 * @param dynamicStats whether responses are counted by code
 * @param strictCheckHeaders ids of headers whose values must make sense
 * @param suppressGrpcFailureStats whether codes of gRPC responses are not counted
 * @param upstreamLogs written for each attempt
 * @param logsUpstreamStream whether they also tell of an attempt that has its stream
 * @param upstreamFilters where a cluster has none of its own
 * @param upstreamLogIntervalNanos between their lines while an attempt lasts; 0 for none
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; read for each request
record RouterOptions(
        boolean dynamicStats,
        boolean suppressEnvoyHeaders,
        int[] strictCheckHeaders,
        boolean respectExpectedRqTimeout,
        boolean suppressGrpcFailureStats,
        List<AccessLog> upstreamLogs,
        boolean logsUpstreamStream,
        long upstreamLogIntervalNanos,
        UpstreamFilters upstreamFilters) {
    /** Of a chain without a router's configuration. */
    static final RouterOptions NONE =
            new RouterOptions(
                    true,
                    false,
                    new int[0],
                    false,
                    false,
                    List.of(),
                    false,
                    0,
                    UpstreamFilters.NONE);

    RouterOptions {
        upstreamLogs = List.copyOf(upstreamLogs);
    }

    /**
     * @param upstreamLogs what {@link UpstreamLogConfig#of} names, opened
     * @param context of the connection manager's filters
     */
    static RouterOptions of(
            List<HttpFilterEntry> filters, List<AccessLog> upstreamLogs, FactoryContext context) {
        for (HttpFilterEntry filter : filters) {
            if (filter.config() instanceof HttpFilterConfig.Router router) {
                UpstreamLogConfig log = router.upstreamLog();
                return new RouterOptions(
                        router.dynamicStats(),
                        router.suppressEnvoyHeaders(),
                        router.strictCheckHeaders().stream().mapToInt(KnownHeader::of).toArray(),
                        router.respectExpectedRqTimeout(),
                        router.suppressGrpcRequestFailureCodeStats(),
                        upstreamLogs,
                        log.onUpstreamStream(),
                        log.interval().toNanos(),
                        UpstreamFilters.of(
                                router.upstreamFilters(),
                                // Envoy's has no dot at its end here.
                                context.withStatPrefix(
                                        context.statPrefix().replaceFirst("[.]$", ""))));
            }
        }
        return NONE;
    }
}
