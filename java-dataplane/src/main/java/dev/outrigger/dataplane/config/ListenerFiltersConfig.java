// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a listener finds out about a connection before it chooses a filter chain.
 *
 * @param filters in order
 * @param timeout for all of them; zero for none
 * @param continueOnTimeout whether a connection they have not finished with goes on nevertheless
 */
public record ListenerFiltersConfig(
        List<ListenerFilterConfig> filters, Duration timeout, boolean continueOnTimeout) {
    /** Nothing is asked. */
    public static final ListenerFiltersConfig NONE =
            new ListenerFiltersConfig(List.of(), Duration.ZERO, false);

    public ListenerFiltersConfig {
        filters = List.copyOf(filters);
    }

    /** Those whose configuration comes over ECDS. */
    public List<ListenerFilterConfig.Discovered> discovered() {
        return filters.stream()
                .map(filter ->
                        filter instanceof ListenerFilterConfig.Conditional(var inner, var _)
                                ? inner
                                : filter)
                .filter(ListenerFilterConfig.Discovered.class::isInstance)
                .map(ListenerFilterConfig.Discovered.class::cast)
                .toList();
    }

    /** One listener filter. */
    public sealed interface ListenerFilterConfig {
        /** {@code envoy.filters.listener.tls_inspector}. */
        record TlsInspector(boolean ja3) implements ListenerFilterConfig {}

        /** {@code envoy.filters.listener.http_inspector}. */
        record HttpInspector() implements ListenerFilterConfig {}

        /** One that leaves some connections alone ({@code filter_disabled}). */
        record Conditional(ListenerFilterConfig filter, DisabledFor disabledFor)
                implements ListenerFilterConfig {}

        /**
         * One whose configuration comes over ECDS.
         *
         * @param typeUrls what the configuration may be
         * @param defaultConfig used until it has come; without it connections are closed
         * @param withoutWarming whether the listener need not wait for it
         */
        record Discovered(
                ResourceReference resource,
                List<String> typeUrls,
                Optional<ListenerFilterConfig> defaultConfig,
                boolean withoutWarming)
                implements ListenerFilterConfig {
            public Discovered {
                typeUrls = List.copyOf(typeUrls);
            }
        }

        /** {@code envoy.filters.listener.original_dst}. */
        record OriginalDst() implements ListenerFilterConfig {}

        /**
         * {@code envoy.filters.listener.proxy_protocol}.
         *
         * @param statPrefix between {@code proxy_proto.} and the names; may be empty
         * @param allowWithout whether a connection without a header goes on
         * @param disallowedVersions 1 and 2
         * @param rules TLVs that become dynamic metadata
         */
        record ProxyProtocol(
                String statPrefix,
                boolean allowWithout,
                Set<Integer> disallowedVersions,
                List<TlvRule> rules,
                PassThroughTlvs passThrough)
                implements ListenerFilterConfig {
            public ProxyProtocol {
                disallowedVersions = Set.copyOf(disallowedVersions);
                rules = List.copyOf(rules);
            }
        }
    }

    /** Connections a listener filter leaves alone, by where they were meant to go. */
    public sealed interface DisabledFor {
        record Any() implements DisabledFor {}

        /**
         * @param end not itself
         */
        record DestinationPorts(int start, int end) implements DisabledFor {}

        record Not(DisabledFor rule) implements DisabledFor {}

        record And(List<DisabledFor> rules) implements DisabledFor {
            public And {
                rules = List.copyOf(rules);
            }
        }

        record Or(List<DisabledFor> rules) implements DisabledFor {
            public Or {
                rules = List.copyOf(rules);
            }
        }

        /** Whether a connection to this port is left alone. */
        default boolean matches(int destinationPort) {
            return switch (this) {
                case Any() -> true;
                case DestinationPorts(int start, int end) ->
                        destinationPort >= start && destinationPort < end;
                case Not(DisabledFor rule) -> !rule.matches(destinationPort);
                case And(List<DisabledFor> rules) ->
                        rules.stream().allMatch(rule -> rule.matches(destinationPort));
                case Or(List<DisabledFor> rules) ->
                        rules.stream().anyMatch(rule -> rule.matches(destinationPort));
            };
        }
    }

    /** A TLV of this type becomes dynamic metadata. */
    public record TlvRule(int type, String metadataNamespace, String key) {}

    /**
     * Which TLVs are passed on to upstreams that are sent a PROXY header.
     *
     * @param types only where not all
     */
    public record PassThroughTlvs(boolean all, Set<Integer> types) {
        public static final PassThroughTlvs NONE = new PassThroughTlvs(false, Set.of());

        public PassThroughTlvs {
            types = Set.copyOf(types);
        }

        /** Whether a TLV of the type is passed on. */
        public boolean includes(int type) {
            return all || types.contains(type);
        }
    }
}
