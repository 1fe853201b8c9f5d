// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.upstream;

import dev.outrigger.dataplane.config.ClusterConfig.Discovery;
import dev.outrigger.dataplane.config.EndpointAssignment.Endpoint;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The hosts of a cluster in order, by what identifies them. Immutable. */
final class Members {
    static final Members NONE = new Members(Map.of());

    private final Map<HostKey, Host> hosts;

    /**
     * @param name the address was found for, of a DNS target or of a request; empty elsewhere
     * @param copy counts hosts of which all else is the same, from zero
     */
    record HostKey(InetSocketAddress address, String name, int copy) {
        static HostKey of(InetSocketAddress address) {
            return new HostKey(address, "", 0);
        }
    }

    Members(Map<HostKey, Host> hosts) {
        this.hosts = hosts;
    }

    /** Any thread. */
    Collection<Host> all() {
        return Collections.unmodifiableCollection(hosts.values());
    }

    Map<HostKey, Host> byKey() {
        return hosts;
    }

    @Nullable Host find(InetSocketAddress address) {
        return hosts.get(HostKey.of(address));
    }

    int size() {
        return hosts.size();
    }

    boolean isEmpty() {
        return hosts.isEmpty();
    }

    Members with(Host host, String name) {
        var more = new LinkedHashMap<>(hosts);
        more.put(new HostKey(host.address(), name, 0), host);
        return new Members(more);
    }

    Members without(Collection<Host> gone) {
        Set<Host> without = Collections.newSetFromMap(new IdentityHashMap<>());
        without.addAll(gone);
        var left = new LinkedHashMap<>(hosts);
        left.values().removeIf(without::contains);
        return new Members(left);
    }

    /** Gives the endpoints of an assignment their keys, in order. */
    static final class Keys {
        private final boolean byName;
        private final boolean severalAtOneAddress;
        private final Map<HostKey, Integer> copies = new HashMap<>();

        /**
         * EDS and LOGICAL_DNS know an address once; a STATIC cluster has a host for each endpoint,
         * and STRICT_DNS one for each address of each name (observed).
         */
        Keys(Discovery discovery) {
            byName = discovery instanceof Discovery.Dns dns && !dns.logical();
            severalAtOneAddress = byName || discovery instanceof Discovery.Static;
        }

        /** {@code null} for an endpoint that is there already. */
        @Nullable HostKey next(Endpoint endpoint) {
            var first = new HostKey(endpoint.address(), byName ? endpoint.hostname() : "", 0);
            int copy = copies.merge(first, 1, Integer::sum) - 1;
            if (copy == 0) {
                return first;
            }
            return severalAtOneAddress ? new HostKey(first.address(), first.name(), copy) : null;
        }
    }
}
