// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.plan;

import dev.outrigger.policy.kind.sidecar.SidecarSpec;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.model.ServiceRef;
import dev.outrigger.policy.model.TrafficBlock;
import dev.outrigger.policy.plan.Explanation;
import dev.outrigger.policy.plan.Explanation.Backend;
import dev.outrigger.policy.plan.Explanation.Decided;
import dev.outrigger.policy.plan.Explanation.Reason;
import dev.outrigger.policy.plan.Question;
import dev.outrigger.policy.plan.Source;
import dev.outrigger.xds.ir.EffectivePolicies;
import dev.outrigger.xds.ir.EffectivePolicies.Effective;
import dev.outrigger.xds.ir.EffectivePolicies.Level;
import dev.outrigger.xds.ir.IrRoute;
import dev.outrigger.xds.ir.IrServicePort;
import dev.outrigger.xds.ir.IrVirtualHost;
import dev.outrigger.xds.resolve.Caller;
import dev.outrigger.xds.resolve.Candidates;
import dev.outrigger.xds.resolve.HostFilter;
import dev.outrigger.xds.resolve.IrBuilder;
import dev.outrigger.xds.resolve.PolicyIndex;
import dev.outrigger.xds.resolve.PolicyPrecedence.Place;
import dev.outrigger.xds.translate.XdsTranslator;
import io.envoyproxy.envoy.config.route.v3.Route;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Follows one request: Sidecar, virtual host, the first route that takes it as Envoy is sent them,
 * and back to the documents. Confined to one thread.
 */
final class RequestExplainer {
    private final PolicySet policies;
    private final PolicyIndex index;
    private final IrBuilder builder;
    private final XdsTranslator translator = new XdsTranslator();

    RequestExplainer(PolicySet policies) {
        this.policies = policies;
        index = PolicyIndex.of(policies);
        builder = new IrBuilder(index);
    }

    Explanation explain(Question question) {
        var sidecar =
                policies.all(SidecarSpec.class).stream()
                        .filter(document -> document.spec().service().equals(question.consumer()))
                        .filter(document -> document.spec().outbound().isPresent())
                        .findFirst();
        if (sidecar.isEmpty()) {
            return new Explanation.Unrouted(
                    Reason.NO_SIDECAR,
                    "No Sidecar with outbound listeners is that of "
                            + question.consumer()
                            + ": its requests are not ours.");
        }
        var host = virtualHost(sidecar.get(), question);
        if (host.isEmpty()) {
            return new Explanation.Unrouted(
                    Reason.UNKNOWN_HOST,
                    "No service that "
                            + sidecar.get().id()
                            + " lets its proxies see is called "
                            + question.host()
                            + fate(sidecar.get()));
        }
        return route(sidecar.get(), host.get(), question)
                .orElseGet(() ->
                        new Explanation.Unrouted(
                                Reason.NO_MATCH,
                                "No rule of "
                                        + String.join(", ", documents(host.get()))
                                        + " takes this request: the proxy answers 404."));
    }

    private static String fate(Policy<SidecarSpec> sidecar) {
        return switch (sidecar.spec().outbound().orElseThrow().unknownHosts()) {
            case REJECT -> ": the proxy answers 404.";
            case PASSTHROUGH -> ": the proxy sends it where its Host header says.";
        };
    }

    private static List<String> documents(IrVirtualHost host) {
        return host.provenance().stream().map(PolicyId::toString).toList();
    }

    private Optional<IrVirtualHost> virtualHost(Policy<SidecarSpec> sidecar, Question question) {
        var filter = new HostFilter(sidecar.spec().outbound().orElseThrow().hosts());
        var hosts = new ArrayList<IrVirtualHost>();
        for (ServiceRef service : index.services()) {
            hosts.addAll(
                    builder.virtualHosts(
                            service, builder.visibleNames(service, filter), question.consumer()));
        }
        return hosts.stream()
                .flatMap(host ->
                        host.domains().stream()
                                .filter(domain -> isDomain(domain, question.host()))
                                .map(domain -> new Found(host, domain)))
                .max(Comparator.comparingInt(Found::rank))
                .map(Found::host);
    }

    /** Envoy's order: exact, then the longest suffix, then the longest prefix, then anything. */
    private record Found(IrVirtualHost host, String domain) {
        int rank() {
            if (domain.equals("*")) {
                return 0;
            }
            int kind = domain.startsWith("*") ? 2 : domain.endsWith("*") ? 1 : 3;
            return kind * 1_000 + domain.length();
        }
    }

    private static boolean isDomain(String domain, String host) {
        if (domain.startsWith("*")) {
            return host.length() >= domain.length() && host.endsWith(domain.substring(1));
        }
        return domain.endsWith("*")
                ? host.length() >= domain.length()
                        && host.startsWith(domain.substring(0, domain.length() - 1))
                : domain.equals(host);
    }

    private Optional<Explanation> route(
            Policy<SidecarSpec> sidecar, IrVirtualHost host, Question question) {
        var matching = new RouteMatching(question);
        var sent = translator.virtualHosts(List.of(host)).getVirtualHosts(0).getRoutesList();
        for (Route route : sent) {
            if (matching.isTaken(route.getMatch())) {
                var ir =
                        host.routes().stream()
                                .filter(one -> one.name().equals(route.getName()))
                                .findFirst()
                                .orElseThrow();
                return Optional.of(routed(sidecar, host, ir, route, question));
            }
        }
        return Optional.empty();
    }

    private Explanation routed(
            Policy<SidecarSpec> sidecar,
            IrVirtualHost host,
            IrRoute ir,
            Route route,
            Question question) {
        var port = host.servicePort();
        var service = new ServiceRef(port.namespace(), port.service());
        var rule = ir.document().map(_ -> ir.name().substring(ir.name().lastIndexOf('/') + 1));
        var place = new Place(service, ir.document(), rule);
        return new Explanation.Routed(
                sidecar.id(),
                new PolicyId("Service", port.namespace(), port.service()),
                ir.name(),
                ir.document(),
                decided(
                        ir.policies(),
                        place,
                        question.consumer(),
                        TrafficBlock.Scope.ROUTE,
                        Sources.rule(ir.name())),
                backends(ir, question.consumer()),
                ResourceDiff.json(route));
    }

    private List<Backend> backends(IrRoute ir, ServiceRef consumer) {
        var backends = new ArrayList<Backend>();
        for (IrRoute.IrBackend backend : ir.backends()) {
            IrServicePort port = backend.servicePort();
            var service = new ServiceRef(port.namespace(), port.service());
            backends.add(
                    new Backend(
                            new PolicyId("Service", port.namespace(), port.service()),
                            port.port(),
                            backend.weight(),
                            builder.cluster(port, Caller.anywhere(consumer))
                                    .map(cluster ->
                                            decided(
                                                    cluster.policies(),
                                                    Place.of(service),
                                                    consumer,
                                                    TrafficBlock.Scope.CLUSTER,
                                                    ""))
                                    .orElse(List.of())));
        }
        return backends;
    }

    private List<Decided> decided(
            EffectivePolicies held,
            Place place,
            ServiceRef consumer,
            TrafficBlock.Scope scope,
            String rule) {
        var inline =
                held.byType().values().stream()
                        .filter(effective -> effective.origin().level() == Level.INLINE)
                        .toList();
        var candidates = Candidates.at(index, place, inline, consumer, scope);
        return held.byType().values().stream()
                .sorted(Comparator.comparing(effective -> effective.block().blockName()))
                .map(winner ->
                        new Decided(
                                winner.block().blockName(),
                                Sources.of(winner, policies, rule),
                                beaten(winner, candidates, rule)))
                .toList();
    }

    private List<Source> beaten(Effective winner, List<Effective> candidates, String rule) {
        return candidates.stream()
                .filter(other -> other.block().getClass() == winner.block().getClass())
                .filter(other -> !other.equals(winner))
                .map(other -> Sources.of(other, policies, rule))
                .toList();
    }
}
