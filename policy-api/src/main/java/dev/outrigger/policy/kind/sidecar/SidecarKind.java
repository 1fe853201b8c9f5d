// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.sidecar;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.kind.field.Hosts;
import dev.outrigger.policy.kind.field.Names;
import dev.outrigger.policy.kind.field.Refs;
import dev.outrigger.policy.kind.service.Localities;
import dev.outrigger.policy.kind.service.Protocols;
import dev.outrigger.policy.kind.service.ServiceSpec.Protocol;
import dev.outrigger.policy.kind.sidecar.SidecarSpec.Inbound;
import dev.outrigger.policy.kind.sidecar.SidecarSpec.Outbound;
import dev.outrigger.policy.kind.sidecar.SidecarSpec.OutboundListener;
import dev.outrigger.policy.kind.sidecar.SidecarSpec.Selector;
import dev.outrigger.policy.kind.sidecar.SidecarSpec.UnknownHosts;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicyKind;
import dev.outrigger.policy.model.ServiceRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads Sidecar.
 *
 * <ul>
 *   <li>{@code selector}: see {@link SelectorReader}
 *   <li>{@code service}: {@code name}, {@code namespace}; default the service named like the
 *       selector's cluster. It need not exist: a pure caller has no Service document
 *   <li>{@code inbound}: 0..32 of {@code name}, {@code address} (default 0.0.0.0), {@code
 *       listenPort}, {@code appAddress} (default 127.0.0.1), {@code appPort}, {@code protocol}
 *       (HTTP, the default, HTTP2, GRPC), {@code maxConnections}
 *   <li>{@code outbound}: {@code listeners} (1..32 of {@code name}, {@code address} (default
 *       127.0.0.1), {@code port}, {@code protocol} HTTP, {@code maxConnections}), {@code hosts}
 *       (default every service), {@code unknownHosts} (reject, the default, or passthrough)
 *   <li>{@code locality}: {@code region}, {@code zone}, {@code subZone}: where its proxies run
 *   <li>{@code accessLog}: see {@link AccessLogReader}
 * </ul>
 */
public final class SidecarKind implements PolicyKind<SidecarSpec> {
    public static final String KIND = "Sidecar";

    private static final List<String> INBOUND_FIELDS =
            List.of(
                    "name",
                    "address",
                    "listenPort",
                    "appAddress",
                    "appPort",
                    "protocol",
                    "maxConnections");
    private static final Pattern LABEL = Pattern.compile("[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?");

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String plural() {
        return "sidecars";
    }

    @Override
    public Class<SidecarSpec> specType() {
        return SidecarSpec.class;
    }

    @Override
    public Optional<SidecarSpec> read(DocumentNode spec, PolicyId id) {
        var mark = spec.violations().mark();
        if (!spec.objectOf(
                List.of("selector", "service", "inbound", "outbound", "accessLog", "locality"))) {
            return Optional.empty();
        }
        var selector = SelectorReader.read(spec.field("selector").required());
        var service = readService(spec, selector, id);
        var sockets = new ListenSockets();
        var inbound = readInbound(spec.field("inbound"), sockets);
        var outbound = readOutbound(spec.field("outbound"), sockets);
        var accessLogs = AccessLogReader.read(spec.field("accessLog"));
        var locality = Localities.read(spec.field("locality"));
        if (mark.isClean() && inbound.isEmpty() && outbound.isEmpty()) {
            spec.violate(
                    ViolationCode.MISSING_FIELD,
                    "Listens nowhere (expected: 'inbound', 'outbound' or both).");
        }
        return mark.ifClean(() ->
                new SidecarSpec(
                        selector.orElseThrow(),
                        service.orElseThrow(),
                        inbound,
                        outbound,
                        accessLogs,
                        locality));
    }

    private static Optional<ServiceRef> readService(
            DocumentNode spec, Optional<Selector> selector, PolicyId id) {
        DocumentNode node = spec.field("service");
        if (node.isPresent()) {
            return node.objectOf(Refs.FIELDS) ? Refs.service(node, id) : Optional.empty();
        }
        var cluster = selector.flatMap(Selector::cluster);
        if (selector.isPresent() && cluster.filter(LABEL.asMatchPredicate()).isEmpty()) {
            spec.field("service")
                    .violate(
                            ViolationCode.MISSING_FIELD,
                            "Field 'service' is required where the selector's cluster is not the"
                                    + " name of the service.");
        }
        return cluster.map(name -> new ServiceRef(id.namespace(), name));
    }

    private List<Inbound> readInbound(DocumentNode list, ListenSockets sockets) {
        var listeners = new ArrayList<Inbound>();
        var names = new ArrayList<String>();
        for (DocumentNode item : list.items(0, 32)) {
            var mark = item.violations().mark();
            if (!item.objectOf(INBOUND_FIELDS)) {
                continue;
            }
            var maxConnections = maxConnections(item);
            var name = uniqueName(item, names);
            var address = Hosts.listenAddress(item.field("address")).orElse("0.0.0.0");
            DocumentNode portNode = item.field("listenPort").required();
            var port = portNode.intIn(1, 65_535);
            port.ifPresent(number -> sockets.add(portNode, address, number));
            var appAddress = Hosts.listenAddress(item.field("appAddress")).orElse("127.0.0.1");
            var appPort = item.field("appPort").required().intIn(1, 65_535);
            var protocol = Protocols.read(item.field("protocol"));
            mark.ifClean(() ->
                            new Inbound(
                                    name.orElseThrow(),
                                    address,
                                    port.orElseThrow(),
                                    appAddress,
                                    appPort.orElseThrow(),
                                    protocol.orElse(Protocol.HTTP),
                                    maxConnections))
                    .ifPresent(listeners::add);
        }
        return listeners;
    }

    private Optional<Outbound> readOutbound(DocumentNode node, ListenSockets sockets) {
        if (!node.isPresent() || !node.objectOf(List.of("listeners", "hosts", "unknownHosts"))) {
            return Optional.empty();
        }
        var listeners = new ArrayList<OutboundListener>();
        var names = new ArrayList<String>();
        for (DocumentNode item : node.field("listeners").required().items(1, 32)) {
            var mark = item.violations().mark();
            if (!item.objectOf(List.of("name", "address", "port", "protocol", "maxConnections"))) {
                continue;
            }
            var maxConnections = maxConnections(item);
            var name = uniqueName(item, names);
            var address = Hosts.listenAddress(item.field("address")).orElse("127.0.0.1");
            DocumentNode portNode = item.field("port").required();
            var port = portNode.intIn(1, 65_535);
            port.ifPresent(number -> sockets.add(portNode, address, number));
            item.field("protocol").oneOf(Map.of("HTTP", "HTTP"));
            mark.ifClean(() ->
                            new OutboundListener(
                                    name.orElseThrow(),
                                    address,
                                    port.orElseThrow(),
                                    maxConnections))
                    .ifPresent(listeners::add);
        }
        var hosts = new ArrayList<String>();
        for (DocumentNode item : node.field("hosts").items(1, 10_000)) {
            Hosts.hostnameOrWildcard(item).ifPresent(hosts::add);
        }
        var unknown = readUnknownHosts(node.field("unknownHosts"));
        return Optional.of(new Outbound(listeners, hosts, unknown.orElse(UnknownHosts.REJECT)));
    }

    private Optional<UnknownHosts> readUnknownHosts(DocumentNode node) {
        return node.oneOf(
                Map.of("reject", UnknownHosts.REJECT, "passthrough", UnknownHosts.PASSTHROUGH));
    }

    private static Optional<Integer> maxConnections(DocumentNode listener) {
        return listener.field("maxConnections").intIn(1, Integer.MAX_VALUE);
    }

    private static Optional<String> uniqueName(DocumentNode item, List<String> names) {
        DocumentNode node = item.field("name").required();
        var name = Names.label(node);
        if (name.isPresent()) {
            if (names.contains(name.get())) {
                node.violate(
                        ViolationCode.DUPLICATE,
                        "Listener name " + Quoted.of(name.get()) + " is taken.");
            }
            names.add(name.get());
        }
        return name;
    }
}
