// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind;

import dev.outrigger.policy.kind.capability.Capabilities;
import dev.outrigger.policy.kind.circuitbreaker.CircuitBreakerKind;
import dev.outrigger.policy.kind.cors.CorsKind;
import dev.outrigger.policy.kind.credential.CredentialKind;
import dev.outrigger.policy.kind.fault.FaultKind;
import dev.outrigger.policy.kind.field.UpstreamAddressRule;
import dev.outrigger.policy.kind.grpcroute.GrpcRouteKind;
import dev.outrigger.policy.kind.guardrails.GuardrailsKind;
import dev.outrigger.policy.kind.healthcheck.HealthCheckKind;
import dev.outrigger.policy.kind.httproute.HttpRouteKind;
import dev.outrigger.policy.kind.loadbalancer.LoadBalancerKind;
import dev.outrigger.policy.kind.localityfailover.LocalityFailoverKind;
import dev.outrigger.policy.kind.outlierdetection.OutlierDetectionKind;
import dev.outrigger.policy.kind.ratelimit.RateLimitKind;
import dev.outrigger.policy.kind.retry.RetryKind;
import dev.outrigger.policy.kind.retryconstraint.RetryConstraintKind;
import dev.outrigger.policy.kind.service.ServiceKind;
import dev.outrigger.policy.kind.sessionaffinity.SessionAffinityKind;
import dev.outrigger.policy.kind.sidecar.SidecarKind;
import dev.outrigger.policy.kind.timeouts.TimeoutsKind;
import dev.outrigger.policy.kind.tls.TlsKind;
import dev.outrigger.policy.kind.trafficpolicy.TrafficPolicyKind;
import dev.outrigger.policy.kind.xdsresources.XdsResourceCheck;
import dev.outrigger.policy.kind.xdsresources.XdsResourcesKind;
import dev.outrigger.policy.model.BlockKind;
import dev.outrigger.policy.model.PolicyKind;
import java.util.List;

/** The lists of document kinds and of policy kinds. A new kind is one line here. */
public final class PolicyKinds {
    /** The blocks of a TrafficPolicy. */
    public static List<BlockKind<?>> blocks(Capabilities capabilities) {
        return List.of(
                new RetryKind(),
                new TimeoutsKind(),
                new RetryConstraintKind(capabilities),
                new CircuitBreakerKind(),
                new OutlierDetectionKind(),
                new HealthCheckKind(),
                new LoadBalancerKind(),
                new SessionAffinityKind(),
                new CorsKind(),
                new FaultKind(),
                new RateLimitKind(),
                new TlsKind(),
                new CredentialKind(),
                new LocalityFailoverKind(),
                new GuardrailsKind());
    }

    private PolicyKinds() {}

    /** The kinds of documents. */
    public static List<PolicyKind<?>> documents(
            XdsResourceCheck xdsResourceCheck,
            UpstreamAddressRule upstreamAddresses,
            Capabilities capabilities) {
        return List.of(
                new ServiceKind(upstreamAddresses),
                new HttpRouteKind(),
                new GrpcRouteKind(),
                new TrafficPolicyKind(blocks(capabilities)),
                new SidecarKind(),
                new XdsResourcesKind(xdsResourceCheck));
    }
}
