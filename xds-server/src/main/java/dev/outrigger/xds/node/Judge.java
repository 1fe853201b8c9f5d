// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.node;

import dev.outrigger.xds.resource.ResourceType;

/** Decides what follows from what proxies say. Told on the streams' threads; only takes note. */
public interface Judge {
    /**
     * A proxy refused a response. The judge calls {@link ProxySession#blame} once it knows which
     * documents are at fault; until then the proxy counts as not having answered.
     */
    void refused(ProxySession session, ResourceType type, StreamListener.Nack nack);

    /** A node of {@link ProxyRegistry#watchAnswers} may have answered everything it was given. */
    void answered(String nodeId);
}
