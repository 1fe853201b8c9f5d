// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.trafficpolicy;

import dev.outrigger.policy.model.PolicySpec;
import dev.outrigger.policy.model.ServiceRef;
import dev.outrigger.policy.model.TargetRef;
import dev.outrigger.policy.model.TrafficBlock;
import java.util.List;
import java.util.Optional;

/**
 * Traffic blocks attached to targets.
 *
 * @param targetRefs what is tuned; never empty
 * @param consumers whose sidecars enforce it; empty means every caller
 * @param blocks at most one of each type
 */
public record TrafficPolicySpec(
        List<TargetRef> targetRefs, List<ServiceRef> consumers, List<TrafficBlock> blocks)
        implements PolicySpec {
    public TrafficPolicySpec {
        targetRefs = List.copyOf(targetRefs);
        consumers = List.copyOf(consumers);
        blocks = List.copyOf(blocks);
    }

    public <B extends TrafficBlock> Optional<B> block(Class<B> type) {
        return blocks.stream().filter(type::isInstance).map(type::cast).findFirst();
    }
}
