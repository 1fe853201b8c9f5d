// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import com.google.protobuf.Any;
import dev.outrigger.dataplane.config.ListenerFiltersConfig;
import dev.outrigger.dataplane.config.ListenerFiltersConfig.DisabledFor;
import dev.outrigger.dataplane.config.ListenerFiltersConfig.ListenerFilterConfig;
import dev.outrigger.dataplane.config.ListenerFiltersConfig.PassThroughTlvs;
import dev.outrigger.dataplane.config.ListenerFiltersConfig.TlvRule;
import io.envoyproxy.envoy.config.core.v3.ProxyProtocolPassThroughTLVs;
import io.envoyproxy.envoy.config.core.v3.ProxyProtocolPassThroughTLVs.PassTLVsMatchType;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilterChainMatchPredicate;
import io.envoyproxy.envoy.extensions.filters.listener.http_inspector.v3.HttpInspector;
import io.envoyproxy.envoy.extensions.filters.listener.original_dst.v3.OriginalDst;
import io.envoyproxy.envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.envoyproxy.envoy.type.v3.Int32Range;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** {@code listener_filters} and what else a listener does before it chooses a filter chain. */
final class ListenerFilterParser {
    private static final SupportedFields TLS_INSPECTOR =
            SupportedFields.of(TlsInspector.class)
                    .obeyed("enable_ja3_fingerprinting")
                    .noEffect("initial_read_buffer_size", "nothing is read twice");

    private static final SupportedFields HTTP_INSPECTOR = SupportedFields.of(HttpInspector.class);

    private static final SupportedFields ORIGINAL_DST = SupportedFields.of(OriginalDst.class);

    private static final SupportedFields KEY_VALUE =
            SupportedFields.of(ProxyProtocol.KeyValuePair.class)
                    .obeyed("metadata_namespace", "key");

    private static final SupportedFields RULE =
            SupportedFields.of(ProxyProtocol.Rule.class)
                    .obeyed("tlv_type")
                    .nested("on_tlv_present", () -> KEY_VALUE);

    static final SupportedFields PASS_THROUGH =
            SupportedFields.of(ProxyProtocolPassThroughTLVs.class).obeyed("match_type", "tlv_type");

    private static final SupportedFields PROXY_PROTOCOL =
            SupportedFields.of(ProxyProtocol.class)
                    .nested("rules", () -> RULE)
                    .obeyed("allow_requests_without_proxy_protocol")
                    .nested("pass_through_tlvs", () -> PASS_THROUGH)
                    .obeyed("disallowed_versions", "stat_prefix");

    private static final SupportedFields PORTS =
            SupportedFields.of(Int32Range.class).obeyed("start", "end");

    private static final SupportedFields MATCH_SET =
            SupportedFields.of(ListenerFilterChainMatchPredicate.MatchSet.class)
                    .nested("rules", () -> predicate());

    private static final SupportedFields PREDICATE =
            SupportedFields.of(ListenerFilterChainMatchPredicate.class)
                    .nested("or_match", () -> MATCH_SET)
                    .nested("and_match", () -> MATCH_SET)
                    .nested("not_match", () -> predicate())
                    .obeyed("any_match")
                    .nested("destination_port_range", () -> PORTS);

    /** It refers to itself. */
    private static SupportedFields predicate() {
        return PREDICATE;
    }

    /** The filters there are. */
    static final List<Supplier<SupportedFields>> TABLES =
            List.of(
                    () -> HTTP_INSPECTOR,
                    () -> ORIGINAL_DST,
                    () -> PROXY_PROTOCOL,
                    () -> TLS_INSPECTOR);

    static final SupportedFields LISTENER_FILTER =
            SupportedFields.of(ListenerFilter.class)
                    .obeyedWithNote("name", "of its configuration; else the type decides")
                    .nested("filter_disabled", () -> PREDICATE)
                    .extension("typed_config", TABLES)
                    .nested("config_discovery", ExtensionConfigParser::listenerSource);

    /** LI1. */
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(15);

    private ListenerFilterParser() {}

    static ListenerFiltersConfig parse(Listener proto, Findings findings) {
        var filters = new ArrayList<ListenerFilterConfig>();
        for (int i = 0; i < proto.getListenerFiltersCount(); i++) {
            ListenerFilter each = proto.getListenerFilters(i);
            String path = FieldPaths.index("listener_filters", i);
            if (each.hasConfigDiscovery()) {
                ExtensionConfigParser.discoveredListenerFilter(
                                each.getName(),
                                each.getConfigDiscovery(),
                                FieldPaths.join(path, "config_discovery"),
                                findings)
                        .map(filter -> unlessDisabled(filter, each))
                        .ifPresent(filters::add);
                continue;
            }
            if (!each.hasTypedConfig()) {
                findings.invalid(
                        path,
                        each.getName(),
                        "Didn't find a registered implementation for '"
                                + each.getName()
                                + "' with type URL: ''");
                continue;
            }
            one(each.getTypedConfig(), FieldPaths.join(path, "typed_config"), findings)
                    .map(filter -> unlessDisabled(filter, each))
                    .ifPresent(filters::add);
        }
        if (proto.getUseOriginalDst().getValue()) {
            filters.add(new ListenerFilterConfig.OriginalDst());
        }
        if (usesProxyProto(proto)) {
            filters.add(
                    new ListenerFilterConfig.ProxyProtocol(
                            "", false, Set.of(), List.of(), PassThroughTlvs.NONE));
        }
        return new ListenerFiltersConfig(
                filters,
                proto.hasListenerFiltersTimeout()
                        ? Values.duration(
                                proto.getListenerFiltersTimeout(),
                                "listener_filters_timeout",
                                findings)
                        : DEFAULT_TIMEOUT,
                proto.getContinueOnListenerFiltersTimeout());
    }

    private static ListenerFilterConfig unlessDisabled(
            ListenerFilterConfig filter, ListenerFilter proto) {
        return proto.hasFilterDisabled()
                ? new ListenerFilterConfig.Conditional(
                        filter, disabledFor(proto.getFilterDisabled()))
                : filter;
    }

    private static DisabledFor disabledFor(ListenerFilterChainMatchPredicate proto) {
        return switch (proto.getRuleCase()) {
            case OR_MATCH -> new DisabledFor.Or(rules(proto.getOrMatch()));
            case AND_MATCH -> new DisabledFor.And(rules(proto.getAndMatch()));
            case NOT_MATCH -> new DisabledFor.Not(disabledFor(proto.getNotMatch()));
            case DESTINATION_PORT_RANGE ->
                    new DisabledFor.DestinationPorts(
                            proto.getDestinationPortRange().getStart(),
                            proto.getDestinationPortRange().getEnd());
            case ANY_MATCH, RULE_NOT_SET -> new DisabledFor.Any();
        };
    }

    private static List<DisabledFor> rules(ListenerFilterChainMatchPredicate.MatchSet set) {
        return set.getRulesList().stream().map(ListenerFilterParser::disabledFor).toList();
    }

    /** The old way to ask for it, of which Envoy looks at the first chain only. */
    @SuppressWarnings("deprecation") // control planes still send it
    private static boolean usesProxyProto(Listener proto) {
        return proto.getFilterChainsCount() > 0
                && proto.getFilterChains(0).getUseProxyProto().getValue();
    }

    /** Whether a packed message configures a listener filter. */
    static boolean knows(Any any) {
        String url = any.getTypeUrl();
        String name = url.substring(url.lastIndexOf('/') + 1);
        return TABLES.stream().anyMatch(table -> table.get().typeName().equals(name));
    }

    /** Reads what a packed message of one of {@link #TABLES} says. */
    static Optional<ListenerFilterConfig> one(Any any, String path, Findings findings) {
        if (Values.is(any, TlsInspector.class)) {
            return Values.unpack(any, TlsInspector.class, path, findings)
                    .map(each ->
                            new ListenerFilterConfig.TlsInspector(
                                    each.getEnableJa3Fingerprinting().getValue()));
        }
        if (Values.is(any, HttpInspector.class)) {
            return Optional.of(new ListenerFilterConfig.HttpInspector());
        }
        if (Values.is(any, OriginalDst.class)) {
            return Optional.of(new ListenerFilterConfig.OriginalDst());
        }
        return Values.unpack(any, ProxyProtocol.class, path, findings)
                .map(ListenerFilterParser::proxyProtocol);
    }

    private static ListenerFilterConfig proxyProtocol(ProxyProtocol proto) {
        return new ListenerFilterConfig.ProxyProtocol(
                proto.getStatPrefix(),
                proto.getAllowRequestsWithoutProxyProtocol(),
                proto.getDisallowedVersionsList().stream()
                        .map(version -> version.getNumber() + 1)
                        .collect(Collectors.toSet()),
                proto.getRulesList().stream()
                        .map(rule ->
                                new TlvRule(
                                        rule.getTlvType(),
                                        rule.getOnTlvPresent().getMetadataNamespace(),
                                        rule.getOnTlvPresent().getKey()))
                        .toList(),
                proto.hasPassThroughTlvs()
                        ? passThrough(proto.getPassThroughTlvs())
                        : PassThroughTlvs.NONE);
    }

    static PassThroughTlvs passThrough(ProxyProtocolPassThroughTLVs proto) {
        return new PassThroughTlvs(
                proto.getMatchType() == PassTLVsMatchType.INCLUDE_ALL,
                Set.copyOf(proto.getTlvTypeList()));
    }
}
