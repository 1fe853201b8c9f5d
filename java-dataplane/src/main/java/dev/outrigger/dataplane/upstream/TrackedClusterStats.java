// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.ClusterConfig.TrackedStats;
import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore.Histogram;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Histograms a cluster has only when it asks for them ({@code track_cluster_stats}). */
public final class TrackedClusterStats {
    private static final int WHOLE = 100;

    private final @Nullable Budget budget;
    private final @Nullable Sizes sizes;

    private record Budget(Histogram global, Histogram perTry) {}

    private record Sizes(
            Histogram requestHeaders,
            Histogram requestHeaderCount,
            Histogram requestBody,
            Histogram responseHeaders,
            Histogram responseHeaderCount,
            Histogram responseBody) {}

    private TrackedClusterStats(@Nullable Budget budget, @Nullable Sizes sizes) {
        this.budget = budget;
        this.sizes = sizes;
    }

    /**
     * @return {@code null} when there is nothing to track
     */
    static @Nullable TrackedClusterStats of(
            TrackedStats config, Function<String, Histogram> histograms) {
        if (!config.timeoutBudgets() && !config.requestResponseSizes()) {
            return null;
        }
        String used = "upstream_rq_timeout_budget_";
        return new TrackedClusterStats(
                config.timeoutBudgets()
                        ? new Budget(
                                histograms.apply(used + "percent_used"),
                                histograms.apply(used + "per_try_percent_used"))
                        : null,
                config.requestResponseSizes()
                        ? new Sizes(
                                histograms.apply("upstream_rq_headers_size"),
                                histograms.apply("upstream_rq_headers_count"),
                                histograms.apply("upstream_rq_body_size"),
                                histograms.apply("upstream_rs_headers_size"),
                                histograms.apply("upstream_rs_headers_count"),
                                histograms.apply("upstream_rs_body_size"))
                        : null);
    }

    /** A response is complete. Nanoseconds; a timeout of 0 is none, of which nothing is used. */
    public void recordGlobalBudget(StatsShard shard, long usedNanos, long timeoutNanos) {
        if (budget != null) {
            shard.record(budget.global(), percent(usedNanos, timeoutNanos));
        }
    }

    /** An attempt is over. Nanoseconds; a timeout of 0 is none, of which nothing is used. */
    public void recordPerTryBudget(StatsShard shard, long usedNanos, long timeoutNanos) {
        if (budget != null) {
            shard.record(budget.perTry(), percent(usedNanos, timeoutNanos));
        }
    }

    private static long percent(long usedNanos, long timeoutNanos) {
        long timeout = timeoutNanos / 1_000_000;
        return timeout <= 0 ? 0 : usedNanos / 1_000_000 * WHOLE / timeout;
    }

    /** What an attempt sent; its head as Envoy counts one, with the pseudo headers. */
    public void recordRequest(StatsShard shard, long headerBytes, int headers, long bodyBytes) {
        if (sizes != null) {
            shard.record(sizes.requestHeaders(), headerBytes);
            shard.record(sizes.requestHeaderCount(), headers);
            shard.record(sizes.requestBody(), bodyBytes);
        }
    }

    /** What an attempt got. */
    public void recordResponse(StatsShard shard, long headerBytes, int headers, long bodyBytes) {
        if (sizes != null) {
            shard.record(sizes.responseHeaders(), headerBytes);
            shard.record(sizes.responseHeaderCount(), headers);
            shard.record(sizes.responseBody(), bodyBytes);
        }
    }
}
