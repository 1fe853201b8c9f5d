// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.FilterChainConfig;
import dev.outrigger.dataplane.config.ListenSocketsConfig;
import dev.outrigger.dataplane.config.ListenSocketsConfig.ListenAddress;
import dev.outrigger.dataplane.config.ListenerConfig;
import dev.outrigger.dataplane.config.ListenerFiltersConfig;
import dev.outrigger.dataplane.config.PipeAddress;
import dev.outrigger.dataplane.config.SocketOptionConfig;
import dev.outrigger.dataplane.parse.AddressParser.Names;
import io.envoyproxy.envoy.config.core.v3.SocketOptionsOverride;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.listener.v3.AdditionalAddress;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** {@code envoy.config.listener.v3.Listener} to {@link ListenerConfig}. */
@SuppressWarnings("deprecation") // control planes still send deprecated_v1
public final class ListenerParser {
    private static final SupportedFields DEPRECATED =
            SupportedFields.of(Listener.DeprecatedV1.class).obeyed("bind_to_port");

    private static final SupportedFields OPTIONS_OVERRIDE =
            SupportedFields.of(SocketOptionsOverride.class)
                    .nested("socket_options", () -> SocketOptionParser.OPTION);

    private static final SupportedFields ADDITIONAL_ADDRESS =
            SupportedFields.of(AdditionalAddress.class)
                    .nested("address", () -> AddressParser.ADDRESS)
                    .nested("socket_options", () -> OPTIONS_OVERRIDE);

    private static final SupportedFields EXACT =
            SupportedFields.of(Listener.ConnectionBalanceConfig.ExactBalance.class);

    private static final SupportedFields BALANCE =
            SupportedFields.of(Listener.ConnectionBalanceConfig.class)
                    .nested("exact_balance", () -> EXACT);

    static final SupportedFields LISTENER =
            SupportedFields.of(Listener.class)
                    .obeyed("name")
                    .nested("address", () -> AddressParser.ADDRESS)
                    .obeyed("stat_prefix")
                    .nested("filter_chains", () -> FilterChainParser.FILTER_CHAIN)
                    .nested("default_filter_chain", () -> FilterChainParser.FILTER_CHAIN)
                    .obeyed("use_original_dst")
                    .nested("listener_filters", () -> ListenerFilterParser.LISTENER_FILTER)
                    .obeyed("per_connection_buffer_limit_bytes", "traffic_direction")
                    .obeyed("tcp_backlog_size")
                    .obeyed("enable_reuse_port")
                    .noEffect("reuse_port", "Envoy reads enable_reuse_port instead")
                    .nested("additional_addresses", () -> ADDITIONAL_ADDRESS)
                    .nested("socket_options", () -> SocketOptionParser.OPTION)
                    .nested("connection_balance_config", () -> BALANCE)
                    .nested("access_log", () -> AccessLogParser.ACCESS_LOG)
                    .obeyed("bind_to_port")
                    .nested("deprecated_v1", () -> DEPRECATED)
                    .obeyed("transparent", "freebind", "tcp_fast_open_queue_length")
                    .obeyed("drain_type")
                    .obeyed("listener_filters_timeout", "continue_on_listener_filters_timeout")
                    .obeyed("max_connections_to_accept_per_socket_event")
                    .obeyed("ignore_global_conn_limit")
                    .noEffect("bypass_overload_manager", "there is no overload manager")
                    .noEffect("metadata", "nothing that reads it is supported");

    /** L6. */
    private static final int DEFAULT_BUFFER_LIMIT_BYTES = 1024 * 1024;

    /** LI1: the system's maximum. */
    private static final int DEFAULT_BACKLOG = -1;

    private ListenerParser() {}

    /**
     * Reads one listener.
     *
     * @param given an unnamed listener takes its address as its name, as in Envoy's texts
     */
    public static Parsed<ListenerConfig> parse(Listener given, ParseContext context) {
        var findings = new Findings(context);
        Listener proto = TypedStructs.resolve(given, LISTENER, findings);
        findings.checkResource(proto, LISTENER);
        if (!proto.hasAddress()) {
            findings.invalid(
                    "address",
                    "",
                    "error adding listener named '" + proto.getName() + "': address is necessary");
        }
        if (!findings.isEmpty()) {
            return findings.rejected();
        }
        var address =
                AddressParser.parseOrPipe(proto.getAddress(), Names.REFUSED, "address", findings);
        Optional<ListenSocketsConfig> sockets =
                address.flatMap(first -> sockets(proto, first, findings));
        String label = sockets.map(ListenerParser::text).orElse(proto.getName());
        var chains = new FilterChainParser(proto, label, findings);
        List<FilterChainConfig> filterChains = chains.filterChains();
        Optional<FilterChainConfig> defaultFilterChain = chains.defaultFilterChain();
        ListenerFiltersConfig listenerFilters = ListenerFilterParser.parse(proto, findings);
        var accessLogs = AccessLogParser.parse(proto.getAccessLogList(), "access_log", findings);
        if (address.isEmpty() || sockets.isEmpty()) {
            return findings.rejected();
        }
        String statPrefix =
                proto.getStatPrefix().isEmpty() ? text(address.get()) : proto.getStatPrefix();
        return findings.result(() ->
                new ListenerConfig(
                        proto.getName().isEmpty() ? label : proto.getName(),
                        sockets.get(),
                        statPrefix.replace(':', '_'),
                        filterChains,
                        defaultFilterChain,
                        listenerFilters,
                        proto.getUseOriginalDst().getValue(),
                        proto.hasPerConnectionBufferLimitBytes()
                                ? Values.clamp(proto.getPerConnectionBufferLimitBytes())
                                : DEFAULT_BUFFER_LIMIT_BYTES,
                        proto.getDrainType() == Listener.DrainType.DEFAULT,
                        proto.getIgnoreGlobalConnLimit(),
                        proto.getTrafficDirection() == TrafficDirection.INBOUND,
                        accessLogs,
                        Values.contentHash(proto),
                        ownHash(proto)));
    }

    private static long ownHash(Listener proto) {
        return Values.contentHash(
                proto.toBuilder()
                        .clearFilterChains()
                        .clearDefaultFilterChain()
                        .clearFilterChainMatcher()
                        .build());
    }

    private static Optional<ListenSocketsConfig> sockets(
            Listener proto, InetSocketAddress first, Findings findings) {
        List<SocketOptionConfig> options = SocketOptionParser.parse(proto.getSocketOptionsList());
        var addresses = new ArrayList<ListenAddress>();
        addresses.add(new ListenAddress(first, options, proto.getAddress().getPipe().getMode()));
        for (int i = 0; i < proto.getAdditionalAddressesCount(); i++) {
            AdditionalAddress each = proto.getAdditionalAddresses(i);
            var address =
                    AddressParser.parseOrPipe(
                            each.getAddress(),
                            Names.REFUSED,
                            FieldPaths.index("additional_addresses", i) + ".address",
                            findings);
            if (address.isEmpty()) {
                return Optional.empty();
            }
            addresses.add(
                    new ListenAddress(
                            address.get(),
                            each.hasSocketOptions()
                                    ? SocketOptionParser.parse(
                                            each.getSocketOptions().getSocketOptionsList())
                                    : options,
                            each.getAddress().getPipe().getMode()));
        }
        boolean bind = !proto.hasBindToPort() || proto.getBindToPort().getValue();
        var deprecated = proto.getDeprecatedV1();
        return Optional.of(
                new ListenSocketsConfig(
                        addresses,
                        bind
                                && (!deprecated.hasBindToPort()
                                        || deprecated.getBindToPort().getValue()),
                        !proto.hasEnableReusePort() || proto.getEnableReusePort().getValue(),
                        proto.hasTcpBacklogSize()
                                ? Values.clamp(proto.getTcpBacklogSize())
                                : DEFAULT_BACKLOG,
                        proto.getConnectionBalanceConfig().hasExactBalance(),
                        Values.clamp(proto.getMaxConnectionsToAcceptPerSocketEvent()),
                        proto.hasTcpFastOpenQueueLength()
                                ? OptionalInt.of(Values.clamp(proto.getTcpFastOpenQueueLength()))
                                : OptionalInt.empty(),
                        proto.hasFreebind()
                                ? Optional.of(proto.getFreebind().getValue())
                                : Optional.empty(),
                        proto.hasTransparent()
                                ? Optional.of(proto.getTransparent().getValue())
                                : Optional.empty()));
    }

    private static String text(ListenSocketsConfig sockets) {
        return sockets.addresses().stream()
                .map(each -> text((InetSocketAddress) each.address()))
                .collect(Collectors.joining(","));
    }

    private static String text(InetSocketAddress address) {
        if (PipeAddress.isPipe(address)) {
            return PipeAddress.path(address);
        }
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
