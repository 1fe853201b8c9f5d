// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.kind;

import dev.outrigger.xds.kind.circuitbreaker.CircuitBreakerTranslator;
import dev.outrigger.xds.kind.cors.CorsTranslator;
import dev.outrigger.xds.kind.credential.CredentialTranslator;
import dev.outrigger.xds.kind.fault.FaultTranslator;
import dev.outrigger.xds.kind.healthcheck.HealthCheckTranslator;
import dev.outrigger.xds.kind.loadbalancer.LoadBalancerTranslator;
import dev.outrigger.xds.kind.outlierdetection.OutlierDetectionTranslator;
import dev.outrigger.xds.kind.ratelimit.RateLimitTranslator;
import dev.outrigger.xds.kind.retry.RetryTranslator;
import dev.outrigger.xds.kind.retryconstraint.RetryConstraintTranslator;
import dev.outrigger.xds.kind.sessionaffinity.SessionAffinityTranslator;
import dev.outrigger.xds.kind.timeouts.TimeoutsTranslator;
import dev.outrigger.xds.kind.tls.TlsTranslator;
import java.util.List;

/**
 * The lists of policy kinds. Adding a kind is one line here and one folder below.
 *
 * <p>A route's own fields, and a cluster's, know no order among themselves; where one does matter,
 * it is said.
 */
public final class KindTranslators {
    /** In alphabetical order: each owns its fields, so none can see another's. */
    public static final List<RouteKind> ROUTE =
            List.of(
                    new RetryTranslator(),
                    new SessionAffinityTranslator(),
                    new TimeoutsTranslator());

    /** In the order in which a request meets the filters; the router comes after them. */
    public static final List<FilterKind> FILTERS =
            List.of(
                    new CorsTranslator(), // First: a page must be able to read also a fault's
                    // reply.
                    new FaultTranslator(), // An aborted request must use up nobody's rate.
                    new RateLimitTranslator());

    public static final List<ClusterKind> CLUSTER =
            List.of(
                    new RetryConstraintTranslator(), // First: it begins the thresholds.
                    new CircuitBreakerTranslator(), // Adds to them.
                    new HealthCheckTranslator(),
                    new LoadBalancerTranslator(),
                    new OutlierDetectionTranslator(),
                    new TlsTranslator());

    /** In the order in which an attempt meets the filters of a cluster; the codec comes after. */
    public static final List<UpstreamFilterKind> UPSTREAM_FILTERS =
            List.of(new CredentialTranslator());

    private KindTranslators() {}
}
