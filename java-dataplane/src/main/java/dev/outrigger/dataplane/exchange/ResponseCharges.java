// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.exchange;

import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.route.Route;
import dev.outrigger.dataplane.route.UpstreamRequestStats;
import dev.outrigger.dataplane.telemetry.ResponseCodeStats;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.upstream.Cluster;
import dev.outrigger.dataplane.upstream.ClusterStats;
import dev.outrigger.dataplane.upstream.Host;
import org.jspecify.annotations.Nullable;

/**
 * Counts what becomes of one exchange: for its cluster, and for its virtual cluster and route where
 * they have stats (7.2). Reused; confined to its event loop.
 */
final class ResponseCharges {
    private final StatsShard shard;
    private @Nullable Cluster cluster;
    private @Nullable UpstreamRequestStats virtualCluster;
    private @Nullable UpstreamRequestStats route;
    private @Nullable ResponseCodeStats alternative;
    private @Nullable ResponseCodeStats zone;
    private boolean internal;
    private boolean byCode;
    private boolean grpcWithoutCodes;

    ResponseCharges(StatsShard shard) {
        this.shard = shard;
    }

    /**
     * Begins an exchange; takes {@code x-envoy-upstream-alt-stat-name} away.
     *
     * @param healthCheck whether it is one of somebody's, which no statistic of answers counts
     */
    void begin(
            Cluster target,
            Route matched,
            RequestHead head,
            RouterOptions options,
            boolean healthCheck) {
        cluster = target;
        virtualCluster = matched.virtualHost().virtualCluster(head);
        route = matched.stats();
        HeaderBlock headers = head.headers();
        internal = headers.has(KnownHeader.ENVOY_INTERNAL);
        byCode = options.dynamicStats() && !healthCheck;
        grpcWithoutCodes = options.suppressGrpcFailureStats() && head.isGrpc();
        alternative = null;
        zone = null;
        if (headers.has(KnownHeader.ENVOY_UPSTREAM_ALT_STAT_NAME)) {
            String name = headers.text(KnownHeader.ENVOY_UPSTREAM_ALT_STAT_NAME);
            alternative = name == null ? null : target.stats().alternative(name);
            headers.remove(KnownHeader.ENVOY_UPSTREAM_ALT_STAT_NAME);
        }
    }

    /** The next answers are of this host, or of nobody. */
    void host(@Nullable Host host) {
        zone = host == null || cluster == null ? null : cluster.zoneStats(host);
    }

    /** The name the access log shows, or {@code null}. */
    @Nullable String virtualClusterName() {
        return virtualCluster == null || virtualCluster.name().isEmpty()
                ? null
                : virtualCluster.name();
    }

    private ClusterStats stats() {
        if (cluster == null) {
            throw new IllegalStateException("no cluster chosen");
        }
        return cluster.stats();
    }

    /** Counts an answer that is final. */
    void response(int status) {
        if (!byCode) {
            return;
        }
        if (grpcWithoutCodes) {
            stats().chargeCompleted(shard);
        } else {
            stats().chargeResponse(shard, status, internal);
        }
        if (virtualCluster != null) {
            virtualCluster.chargeResponse(shard, status);
        }
        if (route != null) {
            route.chargeResponse(shard, status);
        }
        if (alternative != null) {
            alternative.charge(shard, status);
        }
        if (zone != null && !grpcWithoutCodes) {
            zone.charge(shard, status);
        }
    }

    /** Counts a response that a retry replaces (RT11). */
    void retried(int status) {
        stats().chargeRetried(shard, status);
    }

    /** Records how long a real response took, from the end of the request (ST4). */
    void time(long millis) {
        if (!byCode) {
            return;
        }
        stats().recordTime(shard, millis, internal);
        if (virtualCluster != null) {
            virtualCluster.recordTime(shard, millis);
        }
        if (route != null) {
            route.recordTime(shard, millis);
        }
        if (alternative != null) {
            alternative.recordTime(shard, millis);
        }
        if (zone != null) {
            zone.recordTime(shard, millis);
        }
    }

    /** An attempt got its stream; the cluster counts its own. */
    void attempt() {
        if (virtualCluster != null) {
            shard.inc(virtualCluster.total);
        }
        if (route != null) {
            shard.inc(route.total);
        }
    }

    /** An attempt was under way when the route timeout came. */
    void timeout() {
        shard.inc(stats().rqTimeout);
        if (virtualCluster != null) {
            shard.inc(virtualCluster.timeout);
        }
        if (route != null) {
            shard.inc(route.timeout);
        }
    }

    /**
     * @param rateLimited whether the response said how long to wait
     */
    void retry(boolean rateLimited) {
        shard.inc(stats().rqRetry);
        shard.inc(
                rateLimited
                        ? stats().rqRetryBackoffRatelimited
                        : stats().rqRetryBackoffExponential);
        if (virtualCluster != null) {
            shard.inc(virtualCluster.retry);
        }
        if (route != null) {
            shard.inc(route.retry);
        }
    }

    void retrySuccess() {
        shard.inc(stats().rqRetrySuccess);
        if (virtualCluster != null) {
            shard.inc(virtualCluster.retrySuccess);
        }
        if (route != null) {
            shard.inc(route.retrySuccess);
        }
    }

    void retryLimitExceeded() {
        shard.inc(stats().rqRetryLimitExceeded);
        if (virtualCluster != null) {
            shard.inc(virtualCluster.retryLimitExceeded);
        }
        if (route != null) {
            shard.inc(route.retryLimitExceeded);
        }
    }

    void retryOverflow() {
        shard.inc(stats().rqRetryOverflow);
        if (virtualCluster != null) {
            shard.inc(virtualCluster.retryOverflow);
        }
        if (route != null) {
            shard.inc(route.retryOverflow);
        }
    }
}
