// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import dev.outrigger.dataplane.config.FilterChainConfig;
import dev.outrigger.dataplane.config.HttpConnectionManagerConfig;
import dev.outrigger.dataplane.config.ListenSocketsConfig;
import dev.outrigger.dataplane.config.ListenSocketsConfig.ListenAddress;
import dev.outrigger.dataplane.config.ListenerConfig;
import dev.outrigger.dataplane.config.SocketOptionConfig;
import dev.outrigger.dataplane.parse.AddressParser.Names;
import io.envoyproxy.envoy.config.core.v3.SocketOptionsOverride;
import io.envoyproxy.envoy.config.core.v3.TrafficDirection;
import io.envoyproxy.envoy.config.listener.v3.AdditionalAddress;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** {@code envoy.config.listener.v3.Listener} to {@link ListenerConfig}. */
@SuppressWarnings("deprecation") // control planes still send deprecated_v1
public final class ListenerParser {
    private static final SupportedFields FILTER =
            SupportedFields.of(Filter.class)
                    .noEffect("name", "the type decides")
                    .extension("typed_config", List.of(() -> HttpConnectionManagerFields.HCM));

    private static final SupportedFields MATCH = SupportedFields.of(FilterChainMatch.class);

    private static final SupportedFields FILTER_CHAIN =
            SupportedFields.of(FilterChain.class)
                    .nested("filter_chain_match", () -> MATCH, "empty only")
                    .nested("filters", () -> FILTER, "the HTTP connection manager alone")
                    .obeyed("name")
                    .nested("transport_socket", () -> TlsFields.CLEARTEXT_SOCKET)
                    .noEffect("transport_socket_connect_timeout", "cleartext has no handshake")
                    .noEffect("metadata", "nothing that reads it is supported");

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
                    .nested("filter_chains", () -> FILTER_CHAIN, "exactly one")
                    .nested("default_filter_chain", () -> FILTER_CHAIN, "when it is the only one")
                    .onlyBool("use_original_dst", false)
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
                    .noEffect("listener_filters_timeout", "listener filters are refused")
                    .noEffect(
                            "continue_on_listener_filters_timeout", "listener filters are refused")
                    .obeyed("max_connections_to_accept_per_socket_event")
                    .noEffect("ignore_global_conn_limit", "there is no global connection limit")
                    .noEffect("bypass_overload_manager", "there is no overload manager")
                    .noEffect("metadata", "nothing that reads it is supported");

    /** L6. */
    private static final int DEFAULT_BUFFER_LIMIT_BYTES = 1024 * 1024;

    /** LI1: the system's maximum. */
    private static final int DEFAULT_BACKLOG = -1;

    private static final String HCM = "envoy.filters.network.http_connection_manager";

    private ListenerParser() {}

    /**
     * Reads one listener.
     *
     * @param proto an unnamed listener takes its address as its name, as in Envoy's texts
     */
    public static Parsed<ListenerConfig> parse(Listener proto, ParseContext context) {
        var findings = new Findings(context);
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
        var address = AddressParser.parse(proto.getAddress(), Names.REFUSED, "address", findings);
        String label = address.map(ListenerParser::text).orElse(proto.getName());
        Optional<FilterChainConfig> chain = chain(proto, label, findings);
        var accessLogs = AccessLogParser.parse(proto.getAccessLogList(), "access_log", findings);
        if (address.isEmpty() || chain.isEmpty()) {
            return findings.rejected();
        }
        Optional<ListenSocketsConfig> sockets = sockets(proto, address.get(), findings);
        if (sockets.isEmpty()) {
            return findings.rejected();
        }
        String statPrefix =
                proto.getStatPrefix().isEmpty() ? text(address.get()) : proto.getStatPrefix();
        return findings.result(() ->
                new ListenerConfig(
                        proto.getName().isEmpty() ? label : proto.getName(),
                        sockets.get(),
                        statPrefix.replace(':', '_'),
                        List.of(chain.get()),
                        proto.hasPerConnectionBufferLimitBytes()
                                ? Values.clamp(proto.getPerConnectionBufferLimitBytes())
                                : DEFAULT_BUFFER_LIMIT_BYTES,
                        proto.getDrainType() == Listener.DrainType.DEFAULT,
                        proto.getTrafficDirection() == TrafficDirection.INBOUND,
                        accessLogs,
                        Values.contentHash(proto)));
    }

    private static Optional<ListenSocketsConfig> sockets(
            Listener proto, InetSocketAddress first, Findings findings) {
        List<SocketOptionConfig> options = SocketOptionParser.parse(proto.getSocketOptionsList());
        var addresses = new ArrayList<ListenAddress>();
        addresses.add(new ListenAddress(first, options));
        for (int i = 0; i < proto.getAdditionalAddressesCount(); i++) {
            AdditionalAddress each = proto.getAdditionalAddresses(i);
            var address =
                    AddressParser.parse(
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
                                    : options));
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

    private static Optional<FilterChainConfig> chain(
            Listener proto, String label, Findings findings) {
        var chains = new ArrayList<FilterChain>(proto.getFilterChainsList());
        if (chains.isEmpty() && !proto.hasDefaultFilterChain()) {
            findings.invalid(
                    "filter_chains",
                    "",
                    "error adding listener '" + label + "': no filter chains specified");
            return Optional.empty();
        }
        if (chains.size() > 1) {
            findings.invalid(
                    "filter_chains[1]",
                    chains.get(1).getName(),
                    "error adding listener '"
                            + label
                            + "': filter chain '"
                            + chains.get(1).getName()
                            + "' has the same matching rules defined as '"
                            + chains.get(0).getName()
                            + "'. duplicate matcher is: {}");
            return Optional.empty();
        }
        if (!chains.isEmpty() && proto.hasDefaultFilterChain()) {
            // A chain without a match takes every connection, so the default one is never used.
            return oneChain(chains.get(0), "filter_chains[0]", findings);
        }
        return chains.isEmpty()
                ? oneChain(proto.getDefaultFilterChain(), "default_filter_chain", findings)
                : oneChain(chains.get(0), "filter_chains[0]", findings);
    }

    private static Optional<FilterChainConfig> oneChain(
            FilterChain proto, String path, Findings findings) {
        String filters = FieldPaths.join(path, "filters");
        if (proto.getFiltersCount() == 0) {
            findings.unsupported(filters, "", "a filter chain needs " + HCM);
            return Optional.empty();
        }
        for (int i = 0; i < proto.getFiltersCount() - 1; i++) {
            findings.invalid(
                    FieldPaths.index(filters, i),
                    proto.getFilters(i).getName(),
                    "Error: terminal filter named "
                            + proto.getFilters(i).getName()
                            + " of type "
                            + HCM
                            + " must be the last filter in a network filter chain.");
        }
        int last = proto.getFiltersCount() - 1;
        Filter filter = proto.getFilters(last);
        String at = FieldPaths.index(filters, last);
        if (!filter.hasTypedConfig()) {
            findings.invalid(
                    at,
                    filter.getName(),
                    "Didn't find a registered implementation for '"
                            + filter.getName()
                            + "' with type URL: ''");
            return Optional.empty();
        }
        String typed = FieldPaths.join(at, "typed_config");
        Optional<HttpConnectionManager> hcm =
                Values.unpack(
                        filter.getTypedConfig(), HttpConnectionManager.class, typed, findings);
        if (hcm.isEmpty() || !findings.isEmpty()) {
            return Optional.empty();
        }
        HttpConnectionManagerConfig config =
                HttpConnectionManagerParser.parse(hcm.get(), typed, findings);
        return Optional.of(new FilterChainConfig(proto.getName(), config));
    }

    private static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
