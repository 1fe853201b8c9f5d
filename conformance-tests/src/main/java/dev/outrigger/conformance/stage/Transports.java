// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import dev.outrigger.conformance.exchange.Transport;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

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

    /** The names of the upstreams that speak TLS. */
    Set<String> secured() {
        return upstreams.entrySet().stream()
                .filter(each -> each.getValue().isTls())
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Of the upstream of that name. */
    public Transport upstream(String name) {
        return upstreams.getOrDefault(name, Transport.PLAIN);
    }
}
