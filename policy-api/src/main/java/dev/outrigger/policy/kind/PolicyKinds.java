// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind;

import dev.outrigger.policy.kind.field.UpstreamAddressRule;
import dev.outrigger.policy.kind.httproute.HttpRouteKind;
import dev.outrigger.policy.kind.retry.RetryKind;
import dev.outrigger.policy.kind.service.ServiceKind;
import dev.outrigger.policy.kind.sidecar.SidecarKind;
import dev.outrigger.policy.kind.timeouts.TimeoutsKind;
import dev.outrigger.policy.kind.trafficpolicy.TrafficPolicyKind;
import dev.outrigger.policy.kind.xdsresources.XdsResourceCheck;
import dev.outrigger.policy.kind.xdsresources.XdsResourcesKind;
import dev.outrigger.policy.model.BlockKind;
import dev.outrigger.policy.model.PolicyKind;
import java.util.List;

/** The lists of document kinds and of policy kinds. A new kind is one line here. */
public final class PolicyKinds {
    /** The blocks of a TrafficPolicy. */
    public static final List<BlockKind<?>> BLOCKS = List.of(new RetryKind(), new TimeoutsKind());

    private PolicyKinds() {}

    /** The kinds of documents. */
    public static List<PolicyKind<?>> documents(
            XdsResourceCheck xdsResourceCheck, UpstreamAddressRule upstreamAddresses) {
        return List.of(
                new ServiceKind(upstreamAddresses),
                new HttpRouteKind(),
                new TrafficPolicyKind(BLOCKS),
                new SidecarKind(),
                new XdsResourcesKind(xdsResourceCheck));
    }
}
