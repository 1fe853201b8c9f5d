// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.check;

import dev.outrigger.policy.model.DocumentSet;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicyId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** The lints there are. */
final class Lints {
    /** In the order in which their warnings are reported. */
    static final List<Lint> ALL =
            List.of(Lints::retries, Lints::affinity, Lints::shadows, Lints::upstreams);

    private Lints() {}

    private static List<Warning> retries(DocumentSet set, Set<PolicyId> documents) {
        var report = new ArrayList<Warning>();
        each(set, documents, document -> RetryLint.check(set.policies(), document, report));
        return distinct(report);
    }

    private static List<Warning> affinity(DocumentSet set, Set<PolicyId> documents) {
        var report = new ArrayList<Warning>();
        each(set, documents, document -> AffinityLint.check(set.policies(), document, report));
        return distinct(report);
    }

    private static List<Warning> shadows(DocumentSet set, Set<PolicyId> documents) {
        var report = new ArrayList<Warning>();
        ShadowLint.check(set.policies(), documents, report);
        return distinct(report);
    }

    private static List<Warning> upstreams(DocumentSet set, Set<PolicyId> documents) {
        var report = new ArrayList<Warning>();
        each(set, documents, document -> UpstreamLint.check(set.policies(), document, report));
        return distinct(report);
    }

    private static void each(DocumentSet set, Set<PolicyId> documents, Consumer<Policy<?>> reader) {
        documents.forEach(id -> set.policies().find(id).ifPresent(reader));
    }

    /** Several targets of one policy may give rise to the same words. */
    private static List<Warning> distinct(List<Warning> report) {
        return report.stream().distinct().toList();
    }
}
