// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.status.ProxyStatus.State;
import dev.outrigger.xds.node.StreamListener;
import dev.outrigger.xds.resource.ResourceType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Remembers what a stream says about itself. */
final class RecordingListener implements StreamListener {
    final List<ResourceType> sent = new ArrayList<>();
    final List<ResourceType> acknowledged = new ArrayList<>();
    final List<Nack> nacks = new ArrayList<>();
    final Map<ResourceType, TypeState> states = new EnumMap<>(ResourceType.class);
    long revision = -1;

    State stateOf(ResourceType type) {
        return Objects.requireNonNull(states.get(type), "no state").state();
    }

    @Override
    public void sent(ResourceType type, int resources, int removed) {
        sent.add(type);
    }

    @Override
    public void acknowledged(ResourceType type) {
        acknowledged.add(type);
    }

    @Override
    public void rejected(ResourceType type, Nack nack) {
        nacks.add(nack);
    }

    @Override
    public void state(ResourceType type, TypeState state) {
        states.put(type, state);
    }

    @Override
    public void evaluated(long edition, long evaluated, List<PolicyId> documents) {
        revision = evaluated;
    }
}
