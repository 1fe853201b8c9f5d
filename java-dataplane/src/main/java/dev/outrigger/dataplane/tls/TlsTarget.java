// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.tls;

import java.util.List;

/**
 * What one connection to a host asks for beside what its cluster says (Envoy's transport socket
 * options).
 *
 * @param hostname of the endpoint; empty for none
 * @param serverName replaces the cluster's; empty for none
 * @param anyName of which the certificate must have one; empty: what the cluster says
 * @param alpnOverride replaces the cluster's protocols; empty for none
 * @param alpnFallback offered when the cluster names none
 */
public record TlsTarget(
        String hostname,
        String serverName,
        List<String> anyName,
        List<String> alpnOverride,
        List<String> alpnFallback) {
    public TlsTarget {
        anyName = List.copyOf(anyName);
        alpnOverride = List.copyOf(alpnOverride);
        alpnFallback = List.copyOf(alpnFallback);
    }

    /** To a host, with nothing but its name. */
    public static TlsTarget of(String hostname) {
        return new TlsTarget(hostname, "", List.of(), List.of(), List.of());
    }

    /** Asks for what a request is for. */
    public TlsTarget withName(PeerName name) {
        return new TlsTarget(
                hostname, name.serverName(), name.anyName(), alpnOverride, alpnFallback);
    }

    /** Offers these protocols whatever the cluster says; empty: what it says. */
    public TlsTarget withAlpn(List<String> protocols) {
        return new TlsTarget(hostname, serverName, anyName, protocols, alpnFallback);
    }

    /** Offers these protocols where the cluster names none. */
    public TlsTarget withAlpnFallback(List<String> protocols) {
        return new TlsTarget(hostname, serverName, anyName, alpnOverride, protocols);
    }
}
