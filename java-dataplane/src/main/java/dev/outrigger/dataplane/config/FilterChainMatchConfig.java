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

    /** Where a connection comes from. */
    public enum SourceType {
        ANY,
        SAME_IP_OR_LOOPBACK,
        EXTERNAL
    }
}
