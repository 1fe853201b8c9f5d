// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filter.healthcheck;

import dev.outrigger.dataplane.filter.ClusterHealth;
import dev.outrigger.dataplane.filter.FilterCallbacks;
import dev.outrigger.dataplane.filter.HttpFilter;
import dev.outrigger.dataplane.filter.LocalReply;
import dev.outrigger.dataplane.message.Ascii;
import dev.outrigger.dataplane.message.HeaderBlock;
import dev.outrigger.dataplane.message.KnownHeader;
import dev.outrigger.dataplane.message.RequestHead;
import dev.outrigger.dataplane.message.ResponseFlag;
import dev.outrigger.dataplane.message.ResponseHead;
import dev.outrigger.dataplane.route.HeaderMatcher;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import io.netty.buffer.ByteBuf;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Answers health checks from what this proxy knows, or lets them pass. */
final class HealthCheckFilter implements HttpFilter {
    private static final byte[] CHECKED_CLUSTER =
            Ascii.bytes("x-envoy-upstream-healthchecked-cluster");
    private static final byte[] TRUE = Ascii.bytes("true");
    private static final byte[] NOTHING = {};

    private final FilterCallbacks callbacks;
    private final HealthCheckConfig config;
    private final HealthCheckStats stats;
    private final HeaderMatcher[] matchers;
    private final byte[] serviceCluster;
    private final BooleanSupplier failed;
    private final @Nullable HealthCheckCache cache;
    private boolean healthCheck;
    private boolean handling;

    /**
     * What is answered, and why.
     *
     * @param why counts this reason; {@code null} for none of its own
     */
    private record Verdict(int status, boolean degraded, String details, @Nullable Counter why) {}

    HealthCheckFilter(
            FilterCallbacks callbacks,
            HealthCheckConfig config,
            HealthCheckStats stats,
            HeaderMatcher[] matchers,
            byte[] serviceCluster,
            BooleanSupplier failed,
            @Nullable HealthCheckCache cache) {
        this.callbacks = callbacks;
        this.config = config;
        this.stats = stats;
        this.matchers = matchers;
        this.serviceCluster = serviceCluster;
        this.failed = failed;
        this.cache = cache;
    }

    @Override
    public void onDestroy() {
        healthCheck = false;
        handling = false;
    }

    @Override
    public HeadersStatus decodeHeaders(RequestHead head, boolean endStream) {
        if (HeaderMatcher.allMatch(matchers, head)) {
            healthCheck = true;
            callbacks.streamInfo().setHealthCheck(true);
            handling =
                    !config.passThroughMode()
                            || failed.getAsBoolean()
                            || (cache != null && cache.find() != null);
        }
        if (!handling) {
            return HeadersStatus.CONTINUE;
        }
        if (endStream) {
            answer();
        }
        return HeadersStatus.STOP_ITERATION;
    }

    @Override
    public DataStatus decodeData(ByteBuf data, boolean endStream) {
        if (!handling) {
            return DataStatus.CONTINUE;
        }
        data.release();
        if (endStream) {
            answer();
        }
        return DataStatus.STOP_ITERATION_NO_BUFFER;
    }

    @Override
    public TrailersStatus decodeTrailers(HeaderBlock trailers) {
        if (!handling) {
            return TrailersStatus.CONTINUE;
        }
        answer();
        return TrailersStatus.STOP_ITERATION;
    }

    private void answer() {
        Verdict verdict = verdict();
        boolean ok = verdict.status() / 100 == 2;
        StatsShard shard = callbacks.worker().stats();
        shard.inc(stats.requestTotal);
        shard.inc(ok ? stats.ok : stats.failed);
        if (verdict.why() != null) {
            shard.inc(verdict.why());
        }
        if (verdict.degraded()) {
            shard.inc(stats.degraded);
        }
        if (!ok) {
            callbacks.streamInfo().setFlag(ResponseFlag.FAILED_LOCAL_HEALTH_CHECK);
        }
        LocalReply reply = LocalReply.of(verdict.status(), "", verdict.details());
        callbacks.sendLocalReply(
                verdict.degraded()
                        ? reply.withHeaders(h -> h.set(KnownHeader.ENVOY_DEGRADED, NOTHING))
                        : reply);
    }

    private Verdict verdict() {
        if (failed.getAsBoolean()) {
            return new Verdict(503, false, "health_check_failed", null);
        }
        HealthCheckCache.Answer known = cache == null ? null : cache.find();
        if (known != null) {
            return new Verdict(
                    known.status(), known.degraded(), "health_check_cached", stats.cachedResponse);
        }
        if (config.clusterMinHealthyPercentages().isEmpty()) {
            return new Verdict(200, false, "health_check_ok", null);
        }
        ClusterHealth health = callbacks.clusterHealth();
        for (Map.Entry<String, Double> each : config.clusterMinHealthyPercentages().entrySet()) {
            String cluster = each.getKey();
            if (!health.has(cluster)) {
                return new Verdict(
                        503,
                        false,
                        "health_check_failed_no_cluster_found",
                        stats.failedClusterNotFound);
            }
            long total = health.hosts(cluster);
            if (total == 0) {
                if (each.getValue() > 0) {
                    return new Verdict(
                            503,
                            false,
                            "health_check_failed_cluster_empty",
                            stats.failedClusterEmpty);
                }
                continue;
            }
            long usable = (long) health.healthyHosts(cluster) + health.degradedHosts(cluster);
            if (100.0 * usable < total * each.getValue()) {
                return new Verdict(
                        503,
                        false,
                        "health_check_failed_cluster_unhealthy",
                        stats.failedClusterUnhealthy);
            }
        }
        return new Verdict(200, false, "health_check_ok_cluster_healthy", null);
    }

    @Override
    public HeadersStatus encodeHeaders(ResponseHead head, boolean endStream) {
        HeaderBlock headers = head.headers();
        if (healthCheck) {
            if (cache != null) {
                cache.set(head.status(), headers.has(KnownHeader.ENVOY_DEGRADED));
            }
            headers.remove(CHECKED_CLUSTER);
            headers.add(CHECKED_CLUSTER, serviceCluster);
        } else if (failed.getAsBoolean()) {
            headers.set(KnownHeader.ENVOY_IMMEDIATE_HEALTH_CHECK_FAIL, TRUE);
        }
        return HeadersStatus.CONTINUE;
    }
}
