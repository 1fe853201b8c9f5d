// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.outrigger.dataplane.config.CidrRange;
import dev.outrigger.dataplane.config.FilterChainMatchConfig;
import dev.outrigger.dataplane.config.FilterChainMatchConfig.SourceType;
import dev.outrigger.dataplane.message.Ascii;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code filter_chain_match}, and that no two chains of a listener take the same connections (FC3,
 * FC4). Confined to one listener; the chains are given in their order.
 */
final class FilterChainMatchParser {
    static final SupportedFields MATCH =
            SupportedFields.of(FilterChainMatch.class)
                    .obeyed("destination_port", "prefix_ranges", "server_names")
                    .obeyed("transport_protocol", "application_protocols")
                    .obeyed("direct_source_prefix_ranges", "source_type")
                    .obeyed("source_prefix_ranges", "source_ports")
                    .obeyedWithNote("address_suffix", "refused as by Envoy")
                    .obeyedWithNote("suffix_len", "refused as by Envoy");

    /** Combinations of criteria a listener may have: each is an entry in memory. */
    private static final int MAX_COMBINATIONS = 1_000_000;

    private final String label;
    private final Findings findings;
    private final Map<FilterChainMatch, String> seen = new HashMap<>();
    private final Set<Leaf> leaves = new HashSet<>();

    /** One value for each criterion; a range that says nothing is absent. */
    private record Leaf(
            int port,
            Optional<CidrRange> destination,
            String serverName,
            String transportProtocol,
            String applicationProtocol,
            Optional<CidrRange> directSource,
            SourceType sourceType,
            Optional<CidrRange> source,
            int sourcePort) {
        // By hand: those of a record are linked at run time, which every start would wait for.
        @Override
        public boolean equals(Object other) {
            return other instanceof Leaf that
                    && port == that.port
                    && destination.equals(that.destination)
                    && serverName.equals(that.serverName)
                    && transportProtocol.equals(that.transportProtocol)
                    && applicationProtocol.equals(that.applicationProtocol)
                    && directSource.equals(that.directSource)
                    && sourceType == that.sourceType
                    && source.equals(that.source)
                    && sourcePort == that.sourcePort;
        }

        @Override
        public int hashCode() {
            int hash = port * 31 + sourcePort;
            hash = hash * 31 + destination.hashCode();
            hash = hash * 31 + serverName.hashCode();
            hash = hash * 31 + transportProtocol.hashCode();
            hash = hash * 31 + applicationProtocol.hashCode();
            hash = hash * 31 + directSource.hashCode();
            hash = hash * 31 + sourceType.hashCode();
            return hash * 31 + source.hashCode();
        }
    }

    /**
     * @param label the listener's addresses, as Envoy's texts name it
     */
    FilterChainMatchParser(String label, Findings findings) {
        this.label = label;
        this.findings = findings;
    }

    /** Reads the match of a chain; empty after something was found wrong with it. */
    Optional<FilterChainMatchConfig> parse(FilterChain chain, String chainPath) {
        FilterChainMatch proto = chain.getFilterChainMatch();
        String path = FieldPaths.join(chainPath, "filter_chain_match");
        if (!proto.getAddressSuffix().isEmpty() || proto.hasSuffixLen()) {
            refuse(path, "filter chain '" + chain.getName() + "' contains unimplemented fields");
            return Optional.empty();
        }
        String other = seen.putIfAbsent(proto, chain.getName());
        if (other != null) {
            refuse(
                    chainPath,
                    chain.getName(),
                    "filter chain '"
                            + chain.getName()
                            + "' has the same matching rules defined as '"
                            + other
                            + "'. duplicate matcher is: "
                            + json(proto));
            return Optional.empty();
        }
        Optional<FilterChainMatchConfig> match = criteria(proto, path);
        match.ifPresent(config -> checkOverlap(config, path));
        return findings.isEmpty() ? match : Optional.empty();
    }

    private Optional<FilterChainMatchConfig> criteria(FilterChainMatch proto, String path) {
        int before = findings.count();
        var names = new ArrayList<String>();
        for (String name : proto.getServerNamesList()) {
            if (name.contains("*") && !name.startsWith("*.")) {
                refuse(
                        FieldPaths.join(path, "server_names"),
                        name,
                        "partial wildcards are not supported in \"server_names\"");
            }
            names.add(Ascii.lower(name));
        }
        var match =
                new FilterChainMatchConfig(
                        proto.getDestinationPort().getValue(),
                        ranges(proto.getPrefixRangesList(), path, "prefix_ranges"),
                        names,
                        proto.getTransportProtocol(),
                        proto.getApplicationProtocolsList(),
                        ranges(
                                proto.getDirectSourcePrefixRangesList(),
                                path,
                                "direct_source_prefix_ranges"),
                        switch (proto.getSourceType()) {
                            case SAME_IP_OR_LOOPBACK -> SourceType.SAME_IP_OR_LOOPBACK;
                            case EXTERNAL -> SourceType.EXTERNAL;
                            case ANY, UNRECOGNIZED -> SourceType.ANY;
                        },
                        ranges(proto.getSourcePrefixRangesList(), path, "source_prefix_ranges"),
                        proto.getSourcePortsList());
        return findings.count() == before ? Optional.of(match) : Optional.empty();
    }

    private List<CidrRange> ranges(
            List<io.envoyproxy.envoy.config.core.v3.CidrRange> protos, String path, String field) {
        var ranges = new ArrayList<CidrRange>();
        for (int i = 0; i < protos.size(); i++) {
            String at = FieldPaths.index(FieldPaths.join(path, field), i);
            AddressParser.cidr(protos.get(i), at, findings).ifPresent(ranges::add);
        }
        return ranges;
    }

    private void checkOverlap(FilterChainMatchConfig match, String path) {
        if (combinations(match) + leaves.size() > MAX_COMBINATIONS) {
            findings.unsupported(
                    path,
                    "",
                    "more than " + MAX_COMBINATIONS + " combinations of criteria in one listener");
            return;
        }
        if (!addAll(match)) {
            refuse(path, "multiple filter chains with overlapping matching rules are defined");
        }
    }

    private static long combinations(FilterChainMatchConfig match) {
        double product = 1;
        for (List<?> each :
                List.of(
                        match.prefixRanges(),
                        match.serverNames(),
                        match.applicationProtocols(),
                        match.directSourcePrefixRanges(),
                        match.sourcePrefixRanges(),
                        match.sourcePorts())) {
            product *= Math.max(1, each.size());
        }
        return (long) product;
    }

    /** Whether none of the match's combinations was there before. */
    private boolean addAll(FilterChainMatchConfig match) {
        boolean fresh = true;
        for (var destination : orAbsent(match.prefixRanges())) {
            for (String name : orEmpty(match.serverNames())) {
                for (String protocol : orEmpty(match.applicationProtocols())) {
                    for (var peer : orAbsent(match.directSourcePrefixRanges())) {
                        for (var source : orAbsent(match.sourcePrefixRanges())) {
                            for (int port : orZero(match.sourcePorts())) {
                                fresh &=
                                        leaves.add(
                                                new Leaf(
                                                        match.destinationPort(),
                                                        destination,
                                                        name.startsWith("*.")
                                                                ? name.substring(1)
                                                                : name,
                                                        match.transportProtocol(),
                                                        protocol,
                                                        peer,
                                                        match.sourceType(),
                                                        source,
                                                        port));
                            }
                        }
                    }
                }
            }
        }
        return fresh;
    }

    private static List<Optional<CidrRange>> orAbsent(List<CidrRange> ranges) {
        return ranges.isEmpty()
                ? List.of(Optional.empty())
                : ranges.stream().map(Optional::of).toList();
    }

    private static List<String> orEmpty(List<String> names) {
        return names.isEmpty() ? List.of("") : names;
    }

    private static List<Integer> orZero(List<Integer> ports) {
        return ports.isEmpty() ? List.of(0) : ports;
    }

    private void refuse(String path, String reason) {
        refuse(path, "", reason);
    }

    private void refuse(String path, String value, String reason) {
        findings.invalid(path, value, "error adding listener '" + label + "': " + reason);
    }

    private static String json(FilterChainMatch match) {
        try {
            return JsonFormat.printer()
                    .preservingProtoFieldNames()
                    .omittingInsignificantWhitespace()
                    .print(match);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a match holds no packed message", e);
        }
    }
}
