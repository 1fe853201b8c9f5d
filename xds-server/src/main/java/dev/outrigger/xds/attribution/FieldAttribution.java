// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.attribution;

import dev.outrigger.policy.document.FieldPath;
import dev.outrigger.policy.kind.httproute.HttpRouteSpec;
import dev.outrigger.policy.kind.httproute.RouteSpec;
import dev.outrigger.policy.kind.service.ServiceSpec;
import dev.outrigger.policy.kind.sidecar.SidecarSpec;
import dev.outrigger.policy.kind.trafficpolicy.TrafficPolicySpec;
import dev.outrigger.policy.kind.xdsresources.XdsResourcesSpec;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.model.PolicySpec;
import dev.outrigger.policy.model.TrafficBlock;
import dev.outrigger.policy.status.PolicyField;
import dev.outrigger.xds.resource.ResourceType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Blames the fields of documents for a refusal. Only documents whose content is in the refused
 * resources come into question; of these
 *
 * <ol>
 *   <li>those that changed since the content that was accepted, if any did;
 *   <li>of those, the ones whose own words the proxy's error repeats, if any.
 * </ol>
 *
 * Stateless, any thread.
 */
public final class FieldAttribution {
    private FieldAttribution() {}

    /**
     * A refusal as it came.
     *
     * @param resources the names of those that are to blame
     * @param documents whose content they hold
     * @param error the proxy's own words
     */
    public record Refused(
            ResourceType type,
            Collection<String> resources,
            Collection<PolicyId> documents,
            String error) {}

    /**
     * @param policies what the refused content was made of
     * @param accepted what the content was made of that proxies had before
     */
    public static List<PolicyField> blame(Refused refused, PolicySet policies, PolicySet accepted) {
        var changed =
                policies.changesSince(accepted).stream()
                        .filter(FieldAttribution::differs)
                        .map(PolicySet.Change::id)
                        .collect(Collectors.toSet());
        var suspects =
                refused.documents().stream().filter(id -> policies.find(id).isPresent()).toList();
        var narrowed = suspects.stream().filter(changed::contains).toList();
        return fields(refused, policies, narrowed.isEmpty() ? suspects : narrowed);
    }

    private static boolean differs(PolicySet.Change change) {
        return !change.before()
                .<PolicySpec>map(Policy::spec)
                .equals(change.after().<PolicySpec>map(Policy::spec));
    }

    private static List<PolicyField> fields(
            Refused refused, PolicySet policies, List<PolicyId> documents) {
        var error = new ErrorText(refused.error());
        var all = new TreeSet<PolicyField>();
        var repeated = new TreeSet<PolicyField>();
        for (PolicyId id : documents) {
            var policy = policies.find(id);
            if (policy.isPresent()) {
                for (Suspect suspect : suspects(refused, policy.get().spec(), error)) {
                    var field = new PolicyField(id, suspect.path().pointer());
                    all.add(field);
                    if (suspect.isRepeated()) {
                        repeated.add(field);
                    }
                }
            }
        }
        return List.copyOf(repeated.isEmpty() ? all : repeated);
    }

    private static List<Suspect> suspects(Refused refused, PolicySpec spec, ErrorText error) {
        return switch (spec) {
            case XdsResourcesSpec raw -> raw(refused, raw, error);
            case SidecarSpec sidecar -> sidecar(refused, sidecar, error);
            case ServiceSpec service -> service(refused, service, error);
            case RouteSpec route -> route(route, error);
            case TrafficPolicySpec policy -> policy(refused, policy, error);
            default -> List.of(new Suspect(FieldPath.of("spec"), false));
        };
    }

    /** Each by its position, and as deep as the proxy's words lead. */
    private static List<Suspect> raw(Refused refused, XdsResourcesSpec spec, ErrorText error) {
        var suspects = new ArrayList<Suspect>();
        for (int i = 0; i < spec.resources().size(); i++) {
            var raw = RawText.of(spec.resources().get(i));
            if (raw.isOneOf(refused.type(), refused.resources())) {
                var deeper = raw.deepest(error);
                var path = FieldPath.of("spec", "resources").child(i);
                for (String step : deeper) {
                    path = path.child(step);
                }
                suspects.add(new Suspect(path, !deeper.isEmpty()));
            }
        }
        return suspects.isEmpty()
                ? List.of(new Suspect(FieldPath.of("spec", "resources"), false))
                : suspects;
    }

    private static List<Suspect> sidecar(Refused refused, SidecarSpec spec, ErrorText error) {
        var suspects = new ArrayList<Suspect>();
        for (int i = 0; i < spec.inbound().size(); i++) {
            if (refused.resources().contains("inbound/" + spec.inbound().get(i).name())) {
                suspects.add(new Suspect(FieldPath.of("spec", "inbound").child(i), true));
            }
        }
        if (spec.outbound().isPresent()) {
            var outbound = FieldPath.of("spec", "outbound");
            var listeners = spec.outbound().get().listeners();
            for (int i = 0; i < listeners.size(); i++) {
                var listener = listeners.get(i);
                if (refused.type() == ResourceType.LISTENER
                        && refused.resources().contains("outbound/" + listener.name())) {
                    suspects.add(new Suspect(outbound.child("listeners").child(i), true));
                }
            }
            if (refused.type() != ResourceType.LISTENER && suspects.isEmpty()) {
                suspects.add(
                        new Suspect(
                                outbound.child("hosts"),
                                error.repeatsAny(spec.outbound().get().hosts())));
            }
        }
        return suspects.isEmpty() ? List.of(new Suspect(FieldPath.of("spec"), false)) : suspects;
    }

    private static List<Suspect> service(Refused refused, ServiceSpec spec, ErrorText error) {
        return switch (refused.type().shortName()) {
            case "CDS", "EDS" -> List.of(new Suspect(FieldPath.of("spec", "endpoints"), false));
            case String _ ->
                    List.of(
                            new Suspect(
                                    FieldPath.of("spec", "hostnames"),
                                    error.repeatsAny(spec.hostnames())));
        };
    }

    private static List<Suspect> route(RouteSpec spec, ErrorText error) {
        var suspects = new ArrayList<Suspect>();
        var rules = FieldPath.of("spec", "rules");
        for (int i = 0; i < spec.rules().size(); i++) {
            var rule = spec.rules().get(i);
            var path = rules.child(i);
            boolean found = false;
            for (int j = 0; j < rule.matches().size(); j++) {
                if (error.repeatsAny(values(rule.matches().get(j)))) {
                    suspects.add(new Suspect(path.child("matches").child(j), true));
                    found = true;
                }
            }
            for (TrafficBlock block : inline(rule)) {
                if (error.speaksOf(block.blockName())) {
                    suspects.add(new Suspect(path.child(block.blockName()), true));
                    found = true;
                }
            }
            if (!found && error.repeatsAny(Set.of("/" + rule.name()))) {
                suspects.add(new Suspect(path, true));
            }
        }
        return suspects.isEmpty() ? List.of(new Suspect(rules, false)) : suspects;
    }

    private static List<TrafficBlock> inline(HttpRouteSpec.Rule rule) {
        var blocks = new ArrayList<TrafficBlock>();
        rule.timeouts().ifPresent(blocks::add);
        rule.retry().ifPresent(blocks::add);
        return blocks;
    }

    /** What of a match an error can be about and nothing else is: not "/" and the like. */
    private static List<String> values(HttpRouteSpec.Match match) {
        var values = new ArrayList<String>();
        switch (match.path()) {
            case HttpRouteSpec.PathMatch.Exact(var value) -> values.add(value);
            case HttpRouteSpec.PathMatch.Prefix(var value) -> values.add(value);
            case HttpRouteSpec.PathMatch.Regex(var value) -> values.add(value);
        }
        match.headers().forEach(header -> values.add(header.value()));
        match.queryParams().forEach(parameter -> values.add(parameter.value()));
        return values;
    }

    private static List<Suspect> policy(Refused refused, TrafficPolicySpec spec, ErrorText error) {
        var scope =
                refused.type() == ResourceType.CLUSTER
                        ? TrafficBlock.Scope.CLUSTER
                        : TrafficBlock.Scope.ROUTE;
        var suspects =
                spec.blocks().stream()
                        .filter(block -> block.scope() == scope)
                        .map(block ->
                                new Suspect(
                                        FieldPath.of("spec", block.blockName()),
                                        error.speaksOf(block.blockName())))
                        .toList();
        return suspects.isEmpty() ? List.of(new Suspect(FieldPath.of("spec"), false)) : suspects;
    }

    /**
     * @param isRepeated whether the error repeats something that is written there
     */
    private record Suspect(FieldPath path, boolean isRepeated) {}
}
