// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.ads;

import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.xds.node.StreamListener;
import dev.outrigger.xds.resource.ResourceType;
import java.util.List;

/**
 * Passes on what a stream says. Only "evaluated" comes from two threads, the stream's and, where
 * nothing the stream wants differs, the feed's; it never goes back.
 */
final class SteadyListener implements StreamListener {
    private final StreamListener listener;
    private long lastEdition = Long.MIN_VALUE;

    SteadyListener(StreamListener listener) {
        this.listener = listener;
    }

    @Override
    public void sent(ResourceType type, int resources, int removed) {
        listener.sent(type, resources, removed);
    }

    @Override
    public void acknowledged(ResourceType type) {
        listener.acknowledged(type);
    }

    @Override
    public void rejected(ResourceType type, Nack nack) {
        listener.rejected(type, nack);
    }

    @Override
    public void state(ResourceType type, TypeState state) {
        listener.state(type, state);
    }

    @Override
    public synchronized void evaluated(long edition, long revision, List<PolicyId> documents) {
        if (edition > lastEdition) {
            lastEdition = edition;
            listener.evaluated(edition, revision, documents);
        }
    }
}
