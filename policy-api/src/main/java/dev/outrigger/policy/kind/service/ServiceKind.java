// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.service;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.kind.field.Hosts;
import dev.outrigger.policy.kind.field.Names;
import dev.outrigger.policy.kind.field.Refs;
import dev.outrigger.policy.kind.field.UpstreamAddressRule;
import dev.outrigger.policy.kind.service.ServiceSpec.Address;
import dev.outrigger.policy.kind.service.ServiceSpec.Endpoints;
import dev.outrigger.policy.kind.service.ServiceSpec.Port;
import dev.outrigger.policy.kind.service.ServiceSpec.Protocol;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicyKind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Reads Service.
 *
 * <ul>
 *   <li>{@code hostnames}: 1..64 DNS names, unique in the whole mesh (checked elsewhere)
 *   <li>{@code ports}: 1..64 of {@code name} (a DNS label, unique), {@code port} (1..65535,
 *       unique), {@code protocol} (HTTP, the default, HTTP2, GRPC)
 *   <li>{@code endpoints}: exactly one of {@code static} (a list of {@code address}, {@code port},
 *       {@code weight}, {@code locality}, {@code priority} (0..127, default 0)), {@code dns}
 *       ({@code host}, {@code port}) and {@code eds} ({@code serviceName})
 * </ul>
 */
public final class ServiceKind implements PolicyKind<ServiceSpec> {
    private static final List<String> SOURCES = List.of("static", "dns", "eds");
    private static final long MAX_WEIGHT = 0xffff_ffffL;
    private static final int MAX_PRIORITY = 127;

    private final UpstreamAddressRule upstreamAddresses;

    public ServiceKind(UpstreamAddressRule upstreamAddresses) {
        this.upstreamAddresses = upstreamAddresses;
    }

    @Override
    public String kind() {
        return Refs.SERVICE;
    }

    @Override
    public String plural() {
        return "services";
    }

    @Override
    public Class<ServiceSpec> specType() {
        return ServiceSpec.class;
    }

    @Override
    public Optional<ServiceSpec> read(DocumentNode spec, PolicyId id) {
        var mark = spec.violations().mark();
        if (!spec.objectOf(List.of("hostnames", "ports", "endpoints"))) {
            return Optional.empty();
        }
        List<String> hostnames = readHostnames(spec.field("hostnames").required());
        List<Port> ports = readPorts(spec.field("ports").required());
        Optional<Endpoints> endpoints = readEndpoints(spec.field("endpoints").required());
        return mark.ifClean(() -> new ServiceSpec(hostnames, ports, endpoints.orElseThrow()));
    }

    private static List<String> readHostnames(DocumentNode list) {
        var names = new ArrayList<String>();
        for (DocumentNode item : list.items(1, 64)) {
            Hosts.hostname(item)
                    .ifPresent(name -> {
                        if (names.contains(name)) {
                            item.violate(
                                    ViolationCode.DUPLICATE, Quoted.of(name) + " is listed twice.");
                        }
                        names.add(name);
                    });
        }
        return names;
    }

    private List<Port> readPorts(DocumentNode list) {
        var ports = new ArrayList<Port>();
        var names = new HashSet<String>();
        var numbers = new HashSet<Integer>();
        for (DocumentNode item : list.items(1, 64)) {
            if (!item.objectOf(List.of("name", "port", "protocol"))) {
                continue;
            }
            DocumentNode nameNode = item.field("name").required();
            var name = Names.label(nameNode);
            if (name.isPresent() && !names.add(name.get())) {
                nameNode.violate(
                        ViolationCode.DUPLICATE,
                        "Port name " + Quoted.of(name.get()) + " is taken.");
            }
            DocumentNode portNode = item.field("port").required();
            var port = portNode.intIn(1, 65_535);
            if (port.isPresent() && !numbers.add(port.get())) {
                portNode.violate(ViolationCode.DUPLICATE, "Port " + port.get() + " is taken.");
            }
            var protocol = Protocols.read(item.field("protocol"));
            if (name.isPresent() && port.isPresent()) {
                ports.add(new Port(name.get(), port.get(), protocol.orElse(Protocol.HTTP)));
            }
        }
        return ports;
    }

    private Optional<Endpoints> readEndpoints(DocumentNode node) {
        if (!node.objectOf(SOURCES)) {
            return Optional.empty();
        }
        long given = SOURCES.stream().filter(source -> node.field(source).isPresent()).count();
        if (given != 1) {
            node.violate(
                    ViolationCode.INCONSISTENT,
                    "Has " + given + " sources (expected: exactly one of static, dns, eds).");
            return Optional.empty();
        }
        return Stream.<Optional<? extends Endpoints>>of(
                        readStatic(node.field("static")),
                        readDns(node.field("dns")),
                        readEds(node.field("eds")))
                .flatMap(Optional::stream)
                .<Endpoints>map(endpoints -> endpoints)
                .findFirst();
    }

    private Optional<Endpoints.Static> readStatic(DocumentNode list) {
        if (!list.isPresent()) {
            return Optional.empty();
        }
        var mark = list.violations().mark();
        var addresses = new ArrayList<Address>();
        var seen = new HashSet<String>();
        long sum = 0;
        for (DocumentNode item : list.items(0, 10_000)) {
            var address = readAddress(item);
            if (address.isEmpty()) {
                continue;
            }
            addresses.add(address.get());
            sum += address.get().weight().orElse(1L);
            if (!seen.add(address.get().address() + "|" + address.get().port())) {
                item.violate(ViolationCode.DUPLICATE, "The same address and port is listed twice.");
            }
        }
        if (sum > MAX_WEIGHT) {
            // Envoy refuses a locality whose weights do not fit into 32 bits.
            list.violate(
                    ViolationCode.OUT_OF_RANGE,
                    "The weights add up to " + sum + " (expected: at most " + MAX_WEIGHT + ").");
        }
        checkPriorities(list, addresses, mark.isClean());
        return mark.ifClean(() -> new Endpoints.Static(addresses));
    }

    /** Envoy wants them from 0 to the last without a gap, and gRPC clients refuse others. */
    private static void checkPriorities(
            DocumentNode list, List<Address> addresses, boolean complete) {
        var priorities = new TreeSet<Integer>();
        addresses.forEach(address -> priorities.add(address.priority()));
        if (complete && !priorities.isEmpty() && priorities.last() != priorities.size() - 1) {
            list.violate(
                    ViolationCode.INCONSISTENT,
                    "The priorities are " + priorities + " (expected: from 0 without a gap).");
        }
    }

    private Optional<Address> readAddress(DocumentNode item) {
        var mark = item.violations().mark();
        if (!item.objectOf(List.of("address", "port", "weight", "locality", "priority"))) {
            return Optional.empty();
        }
        DocumentNode addressNode = item.field("address").required();
        var address = Hosts.ipAddress(addressNode);
        var port = item.field("port").required().intIn(1, 65_535);
        if (address.isPresent() && port.isPresent()) {
            upstreamAddresses.check(addressNode, address.get(), port.get());
        }
        var weight = item.field("weight").longIn(1, MAX_WEIGHT);
        var locality = Localities.read(item.field("locality"));
        var priority = item.field("priority").intIn(0, MAX_PRIORITY);
        return mark.ifClean(() ->
                new Address(
                        address.orElseThrow(),
                        port.orElseThrow(),
                        weight,
                        locality,
                        priority.orElse(0)));
    }

    private Optional<Endpoints.Dns> readDns(DocumentNode node) {
        if (!node.isPresent() || !node.objectOf(List.of("host", "port"))) {
            return Optional.empty();
        }
        var mark = node.violations().mark();
        DocumentNode hostNode = node.field("host").required();
        var host = hostNode.string(4_096).filter(text -> Hosts.parse(text).isPresent());
        if (host.isEmpty()) {
            host = Hosts.hostname(hostNode);
        }
        var port = node.field("port").required().intIn(1, 65_535);
        if (host.isPresent() && port.isPresent()) {
            upstreamAddresses.check(hostNode, host.get(), port.get());
        }
        String name = host.orElse("");
        return mark.ifClean(() -> new Endpoints.Dns(name, port.orElseThrow()));
    }

    private static Optional<Endpoints.Eds> readEds(DocumentNode node) {
        if (!node.isPresent() || !node.objectOf(List.of("serviceName"))) {
            return Optional.empty();
        }
        DocumentNode nameNode = node.field("serviceName").required();
        var name = Names.printable(nameNode, 512);
        if (name.isPresent() && name.get().isEmpty()) {
            nameNode.violate(ViolationCode.BAD_VALUE, "Is empty (expected: a resource name).");
        }
        return name.map(Endpoints.Eds::new);
    }
}
