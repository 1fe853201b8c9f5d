// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.control;

import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.Status;

/** The aggregated stream of one proxy, seen from the control plane. */
public interface XdsConversation {
    /** Counted from 1 over the life of the control plane. */
    int number();

    /** Whether it is a delta stream. */
    boolean isDelta();

    /** Sends on a stream of the state of the world. */
    void send(DiscoveryResponse response);

    /** Sends on a delta stream. */
    void send(DeltaDiscoveryResponse response);

    /** Ends the stream; OK ends it in order. */
    void end(Status status);
}
