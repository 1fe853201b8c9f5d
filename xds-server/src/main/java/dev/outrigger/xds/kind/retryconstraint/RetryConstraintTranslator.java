// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.kind.retryconstraint;

import dev.outrigger.policy.kind.retryconstraint.RetryConstraintPolicy;
import dev.outrigger.policy.kind.retryconstraint.RetryConstraintPolicy.Limit;
import dev.outrigger.xds.ir.IrCluster;
import dev.outrigger.xds.kind.ClusterKind;
import dev.outrigger.xds.kind.ProtoValues;
import io.envoyproxy.envoy.config.cluster.v3.CircuitBreakers.Thresholds.RetryBudget;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.type.v3.Percent;

/** {@code retryConstraint}: {@code retry_budget} or {@code max_retries}. */
public final class RetryConstraintTranslator implements ClusterKind {
    /**
     * Envoy allows three parallel retries per cluster, after which it silently stops retrying: a
     * retry policy would fail exactly under load. As many as Envoy allows requests instead.
     */
    private static final long DEFAULT_MAX_RETRIES = 1_024;

    private static final Limit DEFAULT = new Limit.Fixed(DEFAULT_MAX_RETRIES);

    @Override
    public void translate(IrCluster.Outbound outbound, Cluster.Builder cluster) {
        var thresholds = cluster.getCircuitBreakersBuilder().addThresholdsBuilder();
        var limit =
                outbound.policies()
                        .find(RetryConstraintPolicy.class)
                        .map(RetryConstraintPolicy::limit)
                        .orElse(DEFAULT);
        switch (limit) {
            case Limit.Fixed(var max) -> thresholds.setMaxRetries(ProtoValues.uint32(max));
            case Limit.Budget(var percent, var min) ->
                    thresholds.setRetryBudget(
                            RetryBudget.newBuilder()
                                    .setBudgetPercent(
                                            Percent.newBuilder().setValue(percent.percent()))
                                    .setMinRetryConcurrency(ProtoValues.uint32(min)));
        }
    }
}
