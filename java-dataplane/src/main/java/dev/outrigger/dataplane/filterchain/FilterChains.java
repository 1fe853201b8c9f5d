// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filterchain;

import dev.outrigger.dataplane.config.CidrRange;
import dev.outrigger.dataplane.config.FilterChainMatchConfig;
import dev.outrigger.dataplane.config.FilterChainMatchConfig.SourceType;
import dev.outrigger.dataplane.listenerfilter.AcceptedSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds the filter chain that takes a connection: criterion by criterion in Envoy's order, each
 * time the most specific branch there is, and never back to another one (FC1, FC2). Immutable.
 *
 * @see <a href="https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/listener/v3">
 *     FilterChainMatch</a>
 */
public final class FilterChains {
    /** No chain takes the connection. */
    public static final int NONE = -1;

    private static final String ANY_NAME = "";

    /** Envoy knows one of each family, and not their neighbours. */
    private static final Set<InetAddress> LOOPBACK =
            Set.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1"));

    private final Map<Integer, PrefixTable<Map<String, Transports>>> byPort;
    private final int fallback;
    private final int only;

    /** What a server name leads to. */
    private record Transports(Map<String, Map<String, PrefixTable<Sources>>> byProtocol) {}

    /** What the peer leads to, by where the connection comes from. */
    private record Sources(
            @Nullable PrefixTable<Map<Integer, Integer>> any,
            @Nullable PrefixTable<Map<Integer, Integer>> local,
            @Nullable PrefixTable<Map<Integer, Integer>> external) {}

    private FilterChains(
            Map<Integer, PrefixTable<Map<String, Transports>>> byPort, int fallback, int only) {
        this.byPort = byPort;
        this.fallback = fallback;
        this.only = only;
    }

    /**
     * Compiles the matches of a listener's chains, which do not overlap.
     *
     * @param fallback what {@link #find} answers where no chain takes a connection: the index of
     *     the default filter chain or {@link #NONE}
     */
    public static FilterChains of(List<FilterChainMatchConfig> matches, int fallback) {
        if (matches.isEmpty()) {
            return new FilterChains(Map.of(), fallback, fallback);
        }
        if (matches.size() == 1 && matches.getFirst().equals(FilterChainMatchConfig.ANY)) {
            return new FilterChains(Map.of(), fallback, 0);
        }
        var tree = new ChainTree();
        for (int i = 0; i < matches.size(); i++) {
            tree.add(matches.get(i), i);
        }
        return new FilterChains(ports(tree), fallback, NONE - 1);
    }

    /** The index of the chain that takes the connection, or {@link #NONE}. */
    public int find(AcceptedSocket socket) {
        if (only >= NONE) {
            return only;
        }
        int found = findByPort(socket);
        return found == NONE ? fallback : found;
    }

    private int findByPort(AcceptedSocket socket) {
        PrefixTable<Map<String, Transports>> destinations = null;
        if (socket.localAddress() instanceof InetSocketAddress local && !local.isUnresolved()) {
            destinations = byPort.get(local.getPort());
        }
        if (destinations == null) {
            destinations = byPort.get(0);
        }
        if (destinations == null) {
            return NONE;
        }
        Map<String, Transports> names = destinations.find(ip(socket.localAddress()));
        Transports transports = names == null ? null : byName(names, socket.requestedServerName());
        return transports == null ? NONE : byTransport(transports, socket);
    }

    private static @Nullable Transports byName(Map<String, Transports> names, String name) {
        Transports exact = names.get(name);
        if (exact != null) {
            return exact;
        }
        int dot = name.indexOf('.', 1);
        while (dot >= 0 && dot < name.length() - 1) {
            Transports wildcard = names.get(name.substring(dot));
            if (wildcard != null) {
                return wildcard;
            }
            dot = name.indexOf('.', dot + 1);
        }
        return names.get(ANY_NAME);
    }

    private static int byTransport(Transports transports, AcceptedSocket socket) {
        var applications = transports.byProtocol().get(socket.transportProtocol());
        if (applications == null) {
            applications = transports.byProtocol().get("");
        }
        if (applications == null) {
            return NONE;
        }
        PrefixTable<Sources> peers = null;
        for (String protocol : socket.applicationProtocols()) {
            peers = applications.get(protocol);
            if (peers != null) {
                break;
            }
        }
        if (peers == null) {
            peers = applications.get("");
        }
        Sources sources = peers == null ? null : peers.find(ip(socket.directRemoteAddress()));
        return sources == null ? NONE : bySource(sources, socket);
    }

    private static int bySource(Sources sources, AcceptedSocket socket) {
        var table = sources.any();
        if (sources.local() != null || sources.external() != null) {
            var specific = isSameIpOrLoopback(socket) ? sources.local() : sources.external();
            if (specific != null) {
                table = specific;
            }
        }
        var ports = table == null ? null : table.find(ip(socket.remoteAddress()));
        if (ports == null) {
            return NONE;
        }
        int port =
                socket.remoteAddress() instanceof InetSocketAddress remote ? remote.getPort() : 0;
        Integer exact = ports.get(port);
        return exact != null ? exact : ports.getOrDefault(0, NONE);
    }

    private static boolean isSameIpOrLoopback(AcceptedSocket socket) {
        InetAddress remote = ip(socket.remoteAddress());
        return remote == null
                || LOOPBACK.contains(remote)
                || remote.equals(ip(socket.localAddress()));
    }

    private static @Nullable InetAddress ip(SocketAddress address) {
        return address instanceof InetSocketAddress inet ? inet.getAddress() : null;
    }

    private static Map<Integer, PrefixTable<Map<String, Transports>>> ports(ChainTree tree) {
        return each(tree.ports(), FilterChains::destinations);
    }

    private static PrefixTable<Map<String, Transports>> destinations(
            Map<@Nullable CidrRange, Map<String, ChainTree.ByTransport>> ranges) {
        return new PrefixTable<>(
                each(ranges, names -> each(names, each -> transports(each.byProtocol()))));
    }

    private static Transports transports(
            Map<String, Map<String, Map<@Nullable CidrRange, ChainTree.BySource>>> protocols) {
        return new Transports(
                each(
                        protocols,
                        applications ->
                                each(
                                        applications,
                                        peers ->
                                                new PrefixTable<>(
                                                        each(peers, FilterChains::sources)))));
    }

    private static Sources sources(ChainTree.BySource tree) {
        return new Sources(
                table(tree, SourceType.ANY),
                table(tree, SourceType.SAME_IP_OR_LOOPBACK),
                table(tree, SourceType.EXTERNAL));
    }

    private static @Nullable PrefixTable<Map<Integer, Integer>> table(
            ChainTree.BySource tree, SourceType type) {
        var ranges = tree.byType().get(type);
        return ranges == null ? null : new PrefixTable<>(ranges);
    }

    private static <K extends @Nullable Object, A, B> Map<K, B> each(
            Map<K, A> map, Function<A, B> value) {
        var out = new HashMap<K, B>();
        map.forEach((key, each) -> out.put(key, value.apply(each)));
        return out;
    }
}
