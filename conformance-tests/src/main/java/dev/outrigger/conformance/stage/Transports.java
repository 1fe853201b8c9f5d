// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import dev.outrigger.conformance.exchange.Transport;
import java.util.Map;

/**
 * What carries the messages on either side of a proxy.
 *
 * @param downstream of all clients
 * @param upstreams of those that are not plain, by name
 */
public record Transports(Transport downstream, Map<String, Transport> upstreams) {
    public static final Transports PLAIN = new Transports(Transport.PLAIN, Map.of());

    public Transports {
        upstreams = Map.copyOf(upstreams);
    }

    /** Of the upstream of that name. */
    public Transport upstream(String name) {
        return upstreams.getOrDefault(name, Transport.PLAIN);
    }
}
