// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.util.List;

/**
 * Which connections a filter chain takes (FC1). Criteria that say nothing fit every connection.
 *
 * @param destinationPort 0 for any
 * @param serverNames in lower case; {@code *.} stands for one label or more
 * @param transportProtocol {@code tls}, {@code raw_buffer}, or empty for any
 * @param applicationProtocols any of these
 * @param directSourcePrefixRanges of the peer itself, whatever a PROXY header says
 * @param sourcePorts any of these
 */
public record FilterChainMatchConfig(
        int destinationPort,
        List<CidrRange> prefixRanges,
        List<String> serverNames,
        String transportProtocol,
        List<String> applicationProtocols,
        List<CidrRange> directSourcePrefixRanges,
        SourceType sourceType,
        List<CidrRange> sourcePrefixRanges,
        List<Integer> sourcePorts) {
    /** Fits every connection. */
    public static final FilterChainMatchConfig ANY =
            new FilterChainMatchConfig(
                    0,
                    List.of(),
                    List.of(),
                    "",
                    List.of(),
                    List.of(),
                    SourceType.ANY,
                    List.of(),
                    List.of());

    public FilterChainMatchConfig {
        prefixRanges = List.copyOf(prefixRanges);
        serverNames = List.copyOf(serverNames);
        applicationProtocols = List.copyOf(applicationProtocols);
        directSourcePrefixRanges = List.copyOf(directSourcePrefixRanges);
        sourcePrefixRanges = List.copyOf(sourcePrefixRanges);
        sourcePorts = List.copyOf(sourcePorts);
    }

    // By hand: those of a record are linked at run time, which every start would wait for.
    @Override
    public boolean equals(Object other) {
        return other instanceof FilterChainMatchConfig that
                && destinationPort == that.destinationPort
                && prefixRanges.equals(that.prefixRanges)
                && serverNames.equals(that.serverNames)
                && transportProtocol.equals(that.transportProtocol)
                && applicationProtocols.equals(that.applicationProtocols)
                && directSourcePrefixRanges.equals(that.directSourcePrefixRanges)
                && sourceType == that.sourceType
                && sourcePrefixRanges.equals(that.sourcePrefixRanges)
                && sourcePorts.equals(that.sourcePorts);
    }

    @Override
    public int hashCode() {
        int hash = destinationPort * 31 + prefixRanges.hashCode();
        hash = hash * 31 + serverNames.hashCode();
        hash = hash * 31 + transportProtocol.hashCode();
        hash = hash * 31 + applicationProtocols.hashCode();
        hash = hash * 31 + directSourcePrefixRanges.hashCode();
        hash = hash * 31 + sourceType.hashCode();
        hash = hash * 31 + sourcePrefixRanges.hashCode();
        return hash * 31 + sourcePorts.hashCode();
    }

    /** Where a connection comes from. */
    public enum SourceType {
        ANY,
        SAME_IP_OR_LOOPBACK,
        EXTERNAL
    }
}
