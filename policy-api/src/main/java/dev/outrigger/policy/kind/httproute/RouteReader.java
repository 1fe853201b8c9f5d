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
import dev.outrigger.policy.model.Reference;
import dev.outrigger.policy.model.ServiceRef;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads what all documents that route have in common.
 *
 * <ul>
 *   <li>{@code parentRefs}: 1..32 services
 *   <li>{@code rules}: 1..64; each has {@code name} (a DNS label, unique; generated when left out),
 *       {@code matches} (0..64; none accepts everything), {@code filters} (see {@link
 *       FilterReader}), {@code backendRefs} (1..32; none if the filters answer; see {@link
 *       BackendReader}), {@code timeouts}, {@code retry}
 * </ul>
 */
public final class RouteReader {
    private static final List<String> RULE_FIELDS =
            List.of("name", "matches", "filters", "backendRefs", "timeouts", "retry");

    private final RouteProtocol protocol;
    private final Function<DocumentNode, Optional<Match>> matchReader;
    private final Match any;
    private final TimeoutsKind timeouts = new TimeoutsKind();
    private final RetryKind retry = new RetryKind();

    /**
     * @param matchReader reads one of a rule's matches
     * @param any what a rule without matches has
     */
    public RouteReader(
            RouteProtocol protocol,
            Function<DocumentNode, Optional<Match>> matchReader,
            Match any) {
        this.protocol = protocol;
        this.matchReader = matchReader;
        this.any = any;
    }

    /** What was read; only to be used if nothing was wrong. */
    public record Read(List<ServiceRef> parents, List<Rule> rules) {}

    /** Reads the spec, recording everything that is wrong with it; nothing if it is no object. */
    public Optional<Read> read(DocumentNode spec, PolicyId id) {
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
        return Optional.of(new Read(parents, rules));
    }

    /** The documents that a route cannot be without. */
    public static List<Reference> references(RouteSpec spec) {
        var references = new ArrayList<Reference>();
        FieldPath root = FieldPath.of("spec");
        for (int i = 0; i < spec.parentRefs().size(); i++) {
            references.add(
                    new Reference.ToDocument(
                            root.child("parentRefs").child(i), Refs.id(spec.parentRefs().get(i))));
        }
        for (int r = 0; r < spec.rules().size(); r++) {
            FieldPath rule = root.child("rules").child(r);
            FieldPath backends = rule.child("backendRefs");
            List<BackendRef> refs = spec.rules().get(r).backendRefs();
            for (int b = 0; b < refs.size(); b++) {
                references.add(toPort(backends.child(b), refs.get(b), spec.isGrpc()));
            }
            for (RouteFilters.Mirror mirror : spec.rules().get(r).filters().mirrors()) {
                references.add(
                        toPort(
                                rule.child("filters")
                                        .child(mirror.index())
                                        .child("requestMirror")
                                        .child("backendRef"),
                                mirror.backend(),
                                spec.isGrpc()));
            }
        }
        return references;
    }

    private static Reference toPort(FieldPath path, BackendRef backend, boolean grpc) {
        return new Reference.ToPort(path, Refs.id(backend.service()), backend.port(), grpc);
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
            matchReader.apply(item).ifPresent(matches::add);
        }
        var effective = matches.isEmpty() ? List.of(any) : List.copyOf(matches);
        var filters = FilterReader.read(protocol, node.field("filters"), owner, effective);
        var backendReader = new BackendReader(protocol, owner, effective);
        List<BackendRef> backends = readBackends(node, backendReader);
        backendReader.checkRewrites(node.field("backendRefs"), backends, filters);
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

    private static List<BackendRef> readBackends(DocumentNode rule, BackendReader reader) {
        DocumentNode list = rule.field("backendRefs");
        if (!FilterReader.answers(rule.field("filters"))) {
            return reader.readAll(list.required());
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
