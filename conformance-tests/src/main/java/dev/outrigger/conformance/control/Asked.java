// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.control;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One request of a proxy on an xDS stream, in either variant. Immutable.
 *
 * @param stream counted from 1 over the life of the control plane
 * @param names what is asked for: all of it (state of the world), or what is asked for now (delta)
 * @param dropped what is not asked for any more (delta)
 * @param held the versions the proxy says it has, by name (delta, first request of a stream)
 * @param version what was accepted last (state of the world)
 * @param nonce of the response that is answered; empty if none is
 * @param error why it is refused
 * @param errorCode how, in gRPC's numbers; 0 where nothing is refused
 * @param hasNode whether the proxy says who it is
 */
public record Asked(
        int stream,
        String typeUrl,
        List<String> names,
        List<String> dropped,
        Map<String, String> held,
        String version,
        String nonce,
        Optional<String> error,
        int errorCode,
        boolean hasNode) {
    public Asked {
        names = List.copyOf(names);
        dropped = List.copyOf(dropped);
        held = Map.copyOf(held);
    }

    /** The last part of the type's name, such as {@code Cluster}. */
    public String type() {
        return typeUrl.substring(typeUrl.lastIndexOf('.') + 1);
    }
}
