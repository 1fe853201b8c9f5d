// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.time.Duration;
import java.util.List;

/**
 * The router's {@code upstream_log} with its options: one line for each attempt.
 *
 * @param onUpstreamStream whether another line tells that an attempt has its stream
 * @param interval between lines while an attempt lasts; zero for none
 */
public record UpstreamLogConfig(
        List<AccessLogConfig> logs, boolean onUpstreamStream, Duration interval) {
    /** No log. */
    public static final UpstreamLogConfig NONE =
            new UpstreamLogConfig(List.of(), false, Duration.ZERO);

    public UpstreamLogConfig {
        logs = List.copyOf(logs);
    }

    /** What the router of a chain is to log of its attempts. */
    public static UpstreamLogConfig of(List<HttpFilterEntry> filters) {
        for (HttpFilterEntry filter : filters) {
            if (filter.config() instanceof HttpFilterConfig.Router router) {
                return router.upstreamLog();
            }
        }
        return NONE;
    }
}
