// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.fault;

import dev.outrigger.dataplane.config.FractionalPercent;
import dev.outrigger.dataplane.config.MetadataValue;
import dev.outrigger.dataplane.config.RouteMatchConfig.HeaderMatcherConfig;
import dev.outrigger.dataplane.filter.FactoryContext;
import dev.outrigger.dataplane.filter.FilterConfig;
import dev.outrigger.dataplane.filter.HttpFilterFactory;
import dev.outrigger.dataplane.filter.RouteConfigCompiler;
import java.util.List;
import java.util.Optional;

/**
 * {@code envoy.extensions.filters.http.fault.v3.HTTPFault}, of a filter or of a route.
 *
 * @param upstreamCluster the only cluster requests to which are concerned; empty for all
 * @param downstreamNodes the only callers that are concerned; empty for all
 * @param maxActiveFaults -1 for no limit
 * @param keys the runtime keys in use, defaults resolved
 */
public record FaultConfig(
        Optional<Delay> delay,
        Optional<Abort> abort,
        Optional<RateLimit> responseRateLimit,
        String upstreamCluster,
        List<HeaderMatcherConfig> headers,
        List<String> downstreamNodes,
        long maxActiveFaults,
        Keys keys,
        boolean disableDownstreamClusterStats,
        Optional<MetadataValue.Struct> filterMetadata)
        implements FilterConfig, RouteConfigCompiler {
    public FaultConfig {
        headers = List.copyOf(headers);
        downstreamNodes = List.copyOf(downstreamNodes);
    }

    /**
     * @param millis -1 when the request's header says it
     */
    public record Delay(long millis, FractionalPercent percentage) {}

    /**
     * @param httpStatus -1 unless it is fixed
     * @param grpcStatus -1 unless it is fixed; with neither the request's headers say it
     */
    public record Abort(int httpStatus, int grpcStatus, FractionalPercent percentage) {
        boolean isFromHeaders() {
            return httpStatus < 0 && grpcStatus < 0;
        }
    }

    /**
     * @param kbps KiB each second, -1 when the request's header says it
     */
    public record RateLimit(long kbps, FractionalPercent percentage) {}

    /** Runtime keys. */
    public record Keys(
            String delayPercent,
            String abortPercent,
            String delayDuration,
            String abortHttpStatus,
            String abortGrpcStatus,
            String maxActiveFaults,
            String responseRateLimitPercent) {}

    @Override
    public HttpFilterFactory factory(FactoryContext context) {
        var settings = new FaultSettings(this);
        var stats = new FaultStats(context.stats(), context.statPrefix());
        return callbacks -> new FaultFilter(callbacks, settings, stats);
    }

    @Override
    public FaultSettings compile(FactoryContext context) {
        return new FaultSettings(this);
    }
}
