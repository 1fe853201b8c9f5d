// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.filterchain;

import dev.outrigger.dataplane.config.CidrRange;
import dev.outrigger.dataplane.config.FilterChainMatchConfig;
import dev.outrigger.dataplane.config.FilterChainMatchConfig.SourceType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The branches that the matches of a listener's filter chains open: a level for each criterion, an
 * entry for each value, and a chain's index at each leaf. A criterion that says nothing has an
 * entry of its own: port 0, an empty name, the range {@code null}.
 */
final class ChainTree {
    private final Map<Integer, Map<@Nullable CidrRange, Map<String, ByTransport>>> ports =
            new HashMap<>();

    /** By transport protocol, application protocol and peer. */
    record ByTransport(Map<String, Map<String, Map<@Nullable CidrRange, BySource>>> byProtocol) {}

    /** By kind of source, its range and its port. */
    record BySource(Map<SourceType, Map<@Nullable CidrRange, Map<Integer, Integer>>> byType) {}

    Map<Integer, Map<@Nullable CidrRange, Map<String, ByTransport>>> ports() {
        return ports;
    }

    void add(FilterChainMatchConfig match, int chain) {
        var destinations = ports.computeIfAbsent(match.destinationPort(), _ -> new HashMap<>());
        for (CidrRange range : orAny(match.prefixRanges())) {
            var names = destinations.computeIfAbsent(range, _ -> new HashMap<>());
            for (String name : orEmpty(match.serverNames())) {
                var transports =
                        names.computeIfAbsent(
                                name.startsWith("*.") ? name.substring(1) : name,
                                _ -> new ByTransport(new HashMap<>()));
                addApplications(transports, match, chain);
            }
        }
    }

    private static void addApplications(
            ByTransport transports, FilterChainMatchConfig match, int chain) {
        var applications =
                transports
                        .byProtocol()
                        .computeIfAbsent(match.transportProtocol(), _ -> new HashMap<>());
        for (String protocol : orEmpty(match.applicationProtocols())) {
            var peers = applications.computeIfAbsent(protocol, _ -> new HashMap<>());
            for (CidrRange range : orAny(match.directSourcePrefixRanges())) {
                BySource sources =
                        peers.computeIfAbsent(
                                range, _ -> new BySource(new EnumMap<>(SourceType.class)));
                addSources(sources, match, chain);
            }
        }
    }

    private static void addSources(BySource sources, FilterChainMatchConfig match, int chain) {
        var ranges = sources.byType().computeIfAbsent(match.sourceType(), _ -> new HashMap<>());
        for (CidrRange range : orAny(match.sourcePrefixRanges())) {
            var leaves = ranges.computeIfAbsent(range, _ -> new HashMap<>());
            for (int port : match.sourcePorts().isEmpty() ? List.of(0) : match.sourcePorts()) {
                leaves.putIfAbsent(port, chain);
            }
        }
    }

    private static List<@Nullable CidrRange> orAny(List<CidrRange> ranges) {
        if (!ranges.isEmpty()) {
            return new ArrayList<@Nullable CidrRange>(ranges);
        }
        var any = new ArrayList<@Nullable CidrRange>();
        any.add(null);
        return any;
    }

    private static List<String> orEmpty(List<String> names) {
        return names.isEmpty() ? List.of("") : names;
    }
}
