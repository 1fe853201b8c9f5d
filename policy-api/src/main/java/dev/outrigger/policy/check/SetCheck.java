// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.check;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.FieldPath;
import dev.outrigger.policy.document.Position;
import dev.outrigger.policy.document.Violation;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.document.Violations;
import dev.outrigger.policy.kind.service.ServiceSpec;
import dev.outrigger.policy.kind.trafficpolicy.TrafficPolicySpec;
import dev.outrigger.policy.model.DocumentSet;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicyKind;
import dev.outrigger.policy.model.PolicySpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * Checks a whole set as it would be after a write, and reports what the write would break. What was
 * wrong before is not the author's fault and is not reported. Any thread.
 */
public final class SetCheck {
    private final ReferenceCheck references;
    private final SetIndex index;

    public SetCheck(List<PolicyKind<?>> kinds) {
        this.references = new ReferenceCheck(kinds);
        this.index = new SetIndex(references);
    }

    /**
     * Checks a write of documents.
     *
     * @param submitted what is being written, by identity; positions come from here
     */
    public void check(
            DocumentSet before,
            DocumentSet after,
            Map<PolicyId, SubmittedDocument> submitted,
            Violations violations) {
        for (Finding finding : added(before, after)) {
            SubmittedDocument owner = submitted.get(finding.owner());
            SubmittedDocument other = submitted.get(finding.other());
            // Between the others, either document could give way.
            boolean isOwners =
                    finding.code() == ViolationCode.DANGLING_REFERENCE
                            || finding.code() == ViolationCode.BEYOND_GUARDRAIL;
            if (owner == null) {
                // Of two documents in conflict, the submitted one reports it.
                if (isOwners) {
                    reportStored(submitted, finding, violations);
                }
            } else if (isOwners || other == null || isLater(owner, other)) {
                reportAt(owner, finding, violations);
            }
        }
    }

    /** Of two submitted documents in conflict, the later one is where people look. */
    private static boolean isLater(SubmittedDocument owner, SubmittedDocument other) {
        return owner.document().index() > other.document().index();
    }

    /** Checks a deletion: whoever still needs the document is a violation. */
    public List<Violation> checkDeletion(DocumentSet before, DocumentSet after, PolicyId deleted) {
        return added(before, after).stream()
                .map(finding ->
                        new Violation(
                                ViolationCode.STILL_REFERENCED,
                                0,
                                FieldPath.ROOT.pointer(),
                                Position.UNKNOWN,
                                finding.owner()
                                        + " refers to "
                                        + deleted
                                        + " at "
                                        + finding.path().pointer()
                                        + "."))
                .toList();
    }

    /** Checks a change that nobody wrote down: what it would break, each with its document. */
    public List<Violation> checkChange(DocumentSet before, DocumentSet after) {
        return added(before, after).stream()
                .map(finding ->
                        new Violation(
                                finding.code(),
                                0,
                                FieldPath.ROOT.pointer(),
                                Position.UNKNOWN,
                                "Would make "
                                        + finding.owner()
                                        + " invalid at "
                                        + finding.path().pointer()
                                        + ": "
                                        + finding.detail()))
                .toList();
    }

    /** In proportion to what differs: no finding about other documents can be new. */
    private List<Finding> added(DocumentSet before, DocumentSet after) {
        var touched = index.touched(before.policies(), after.policies());
        List<Finding> now = findings(after, touched);
        if (now.isEmpty()) {
            return now;
        }
        var known = new HashSet<>(findings(before, touched));
        return now.stream().filter(finding -> !known.contains(finding)).toList();
    }

    private List<Finding> findings(DocumentSet set, Collection<PolicyId> of) {
        var policies = new ArrayList<Policy<?>>();
        for (PolicyId id : of) {
            set.policies().find(id).ifPresent(policies::add);
        }
        var findings = new ArrayList<Finding>(references.findings(set, policies));
        findings.addAll(HostnameCheck.findings(ofType(policies, ServiceSpec.class)));
        findings.addAll(TieCheck.findings(ofType(policies, TrafficPolicySpec.class)));
        findings.addAll(GuardrailCheck.findings(policies));
        return findings;
    }

    private static <S extends PolicySpec> List<Policy<S>> ofType(
            Collection<Policy<?>> policies, Class<S> specType) {
        var found = new ArrayList<Policy<S>>();
        policies.forEach(policy -> policy.as(specType).ifPresent(found::add));
        return found;
    }

    private static void reportAt(
            SubmittedDocument document, Finding finding, Violations violations) {
        DocumentNode node = document.document().node(violations).at(finding.path());
        node.violate(finding.code(), finding.detail());
    }

    /** A stored document nobody touched would become invalid: blame the one that caused it. */
    private static void reportStored(
            Map<PolicyId, SubmittedDocument> submitted, Finding finding, Violations violations) {
        String detail =
                "Would make the stored "
                        + finding.owner()
                        + " invalid at "
                        + finding.path().pointer()
                        + ": "
                        + finding.detail();
        SubmittedDocument cause = submitted.get(finding.other());
        if (cause != null) {
            cause.document().node(violations).field("spec").violate(finding.code(), detail);
        } else {
            violations.add(
                    new Violation(
                            finding.code(), 0, FieldPath.ROOT.pointer(), Position.UNKNOWN, detail));
        }
    }
}
