// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.httproute;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.FieldPath;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.kind.field.Names;
import dev.outrigger.policy.kind.field.Refs;
import dev.outrigger.policy.kind.httproute.HttpRouteSpec.BackendRef;
import dev.outrigger.policy.kind.httproute.HttpRouteSpec.Match;
import dev.outrigger.policy.kind.httproute.HttpRouteSpec.Rule;
import dev.outrigger.policy.kind.retry.RetryKind;
import dev.outrigger.policy.kind.timeouts.TimeoutsKind;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicyKind;
import dev.outrigger.policy.model.Reference;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads HTTPRoute, with the field names of Gateway API.
 *
 * <ul>
 *   <li>{@code parentRefs}: 1..32 services
 *   <li>{@code rules}: 1..64; each has {@code name} (a DNS label, unique; generated when left out),
 *       {@code matches} (0..64; none accepts everything), {@code filters} (see {@link
 *       FilterReader}), {@code backendRefs} (1..32; none if the filters answer; see {@link
 *       BackendReader}), {@code timeouts}, {@code retry}
 * </ul>
 */
public final class HttpRouteKind implements PolicyKind<HttpRouteSpec> {
    public static final String KIND = "HTTPRoute";

    private static final List<String> RULE_FIELDS =
            List.of("name", "matches", "filters", "backendRefs", "timeouts", "retry");

    private final TimeoutsKind timeouts = new TimeoutsKind();
    private final RetryKind retry = new RetryKind();

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String plural() {
        return "httproutes";
    }

    @Override
    public Class<HttpRouteSpec> specType() {
        return HttpRouteSpec.class;
    }

    @Override
    public Optional<HttpRouteSpec> read(DocumentNode spec, PolicyId id) {
        var mark = spec.violations().mark();
        if (!spec.objectOf(List.of("parentRefs", "rules"))) {
            return Optional.empty();
        }
        var parents = Refs.services(spec.field("parentRefs").required(), id, 1, 32);
        var rules = new ArrayList<Rule>();
        var items = spec.field("rules").required().items(1, 64);
        Set<String> names = explicitNames(items);
        for (int i = 0; i < items.size(); i++) {
            readRule(items.get(i), i, names, id).ifPresent(rules::add);
        }
        return mark.ifClean(() -> new HttpRouteSpec(parents, rules));
    }

    @Override
    public List<Reference> references(HttpRouteSpec spec) {
        var references = new ArrayList<Reference>();
        FieldPath root = FieldPath.of("spec");
        for (int i = 0; i < spec.parentRefs().size(); i++) {
            references.add(
                    new Reference.ToDocument(
                            root.child("parentRefs").child(i), Refs.id(spec.parentRefs().get(i))));
        }
        for (int r = 0; r < spec.rules().size(); r++) {
            FieldPath backends = root.child("rules").child(r).child("backendRefs");
            List<BackendRef> refs = spec.rules().get(r).backendRefs();
            for (int b = 0; b < refs.size(); b++) {
                references.add(
                        new Reference.ToPort(
                                backends.child(b),
                                Refs.id(refs.get(b).service()),
                                refs.get(b).port()));
            }
            mirrors(spec.rules().get(r), root.child("rules").child(r), references);
        }
        return references;
    }

    private static void mirrors(Rule rule, FieldPath path, List<Reference> references) {
        for (RouteFilters.Mirror mirror : rule.filters().mirrors()) {
            references.add(
                    new Reference.ToPort(
                            path.child("filters")
                                    .child(mirror.index())
                                    .child("requestMirror")
                                    .child("backendRef"),
                            Refs.id(mirror.backend().service()),
                            mirror.backend().port()));
        }
    }

    private static Set<String> explicitNames(List<DocumentNode> rules) {
        var names = new HashSet<String>();
        for (DocumentNode rule : rules) {
            if (!rule.isMap()) {
                continue;
            }
            DocumentNode node = rule.field("name");
            Names.label(node)
                    .ifPresent(name -> {
                        if (!names.add(name)) {
                            node.violate(
                                    ViolationCode.DUPLICATE,
                                    "Rule name " + Quoted.of(name) + " is taken.");
                        }
                    });
        }
        return names;
    }

    private Optional<Rule> readRule(
            DocumentNode node, int index, Set<String> taken, PolicyId owner) {
        var mark = node.violations().mark();
        if (!node.objectOf(RULE_FIELDS)) {
            return Optional.empty();
        }
        String name = ruleName(node, index, taken);
        List<Match> matches = new ArrayList<>();
        for (DocumentNode item : node.field("matches").items(0, 64)) {
            MatchReader.read(item).ifPresent(matches::add);
        }
        var effective = matches.isEmpty() ? List.of(Match.ANY) : List.copyOf(matches);
        var filters = FilterReader.read(node.field("filters"), owner, effective);
        List<BackendRef> backends = readBackends(node, owner);
        DocumentNode timeoutsNode = node.field(timeouts.blockName());
        var timeoutsBlock =
                timeoutsNode.isPresent()
                        ? timeouts.read(timeoutsNode)
                        : Optional.<dev.outrigger.policy.kind.timeouts.TimeoutsPolicy>empty();
        DocumentNode retryNode = node.field(retry.blockName());
        var retryBlock =
                retryNode.isPresent()
                        ? retry.read(retryNode)
                        : Optional.<dev.outrigger.policy.kind.retry.RetryPolicy>empty();
        return mark.ifClean(
                () -> new Rule(name, effective, filters, backends, timeoutsBlock, retryBlock));
    }

    private static List<BackendRef> readBackends(DocumentNode rule, PolicyId owner) {
        DocumentNode list = rule.field("backendRefs");
        if (!FilterReader.answers(rule.field("filters"))) {
            return BackendReader.readAll(list.required(), owner);
        }
        if (list.isPresent()) {
            list.violate(
                    ViolationCode.INCONSISTENT,
                    "Gets no request, as a filter of this rule answers (expected: no backends).");
        }
        return List.of();
    }

    private static String ruleName(DocumentNode rule, int index, Set<String> taken) {
        DocumentNode node = rule.field("name");
        if (node.isPresent()) {
            // Its violations were recorded when the names were collected.
            return node.tree()
                    .filter(dev.outrigger.policy.document.DocumentTree.ScalarTree.class::isInstance)
                    .map(dev.outrigger.policy.document.DocumentTree.ScalarTree.class::cast)
                    .map(dev.outrigger.policy.document.DocumentTree.ScalarTree::text)
                    .orElse("");
        }
        String name = "rule-" + index;
        if (taken.contains(name)) {
            rule.violate(
                    ViolationCode.DUPLICATE,
                    "This rule would be named "
                            + Quoted.of(name)
                            + ", which another rule is called: give it a name.");
        }
        return name;
    }
}
