// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.check;

import dev.outrigger.policy.document.FieldPath;
import dev.outrigger.policy.document.Gep2257Duration;
import dev.outrigger.policy.kind.credential.CredentialPolicy;
import dev.outrigger.policy.kind.guardrails.GuardrailsPolicy;
import dev.outrigger.policy.kind.healthcheck.HealthCheckPolicy;
import dev.outrigger.policy.kind.localityfailover.LocalityFailoverPolicy;
import dev.outrigger.policy.kind.outlierdetection.OutlierDetectionPolicy;
import dev.outrigger.policy.kind.sidecar.SidecarSpec;
import dev.outrigger.policy.kind.timeouts.TimeoutsPolicy;
import dev.outrigger.policy.kind.tls.TlsPolicy;
import dev.outrigger.policy.kind.trafficpolicy.TrafficPolicyKind;
import dev.outrigger.policy.kind.trafficpolicy.TrafficPolicySpec;
import dev.outrigger.policy.model.Policy;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.model.TargetRef;
import dev.outrigger.policy.model.TrafficBlock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Blocks about the hosts of a service that another block would have to go with. */
final class UpstreamLint {
    /** What holds where nobody says how long a request may take; the same as Envoy's. */
    private static final Duration DEFAULT_REQUEST = Duration.ofSeconds(15);

    private final PolicySet set;
    private final Policy<?> document;
    private final TrafficPolicySpec spec;
    private final List<Warning> report;

    private UpstreamLint(
            PolicySet set, Policy<?> document, TrafficPolicySpec spec, List<Warning> report) {
        this.set = set;
        this.document = document;
        this.spec = spec;
        this.report = report;
    }

    static void check(PolicySet set, Policy<?> document, List<Warning> report) {
        if (document.spec() instanceof TrafficPolicySpec spec) {
            var lint = new UpstreamLint(set, document, spec, report);
            spec.block(LocalityFailoverPolicy.class).ifPresent(_ -> lint.failover());
            spec.block(CredentialPolicy.class).ifPresent(_ -> lint.credential());
            spec.block(GuardrailsPolicy.class)
                    .flatMap(GuardrailsPolicy::maxRequestTimeout)
                    .ifPresent(lint::guardrail);
        }
    }

    private void failover() {
        for (TargetRef target : spec.targetRefs()) {
            boolean isChecked =
                    at(target, HealthCheckPolicy.class).isPresent()
                            || at(target, OutlierDetectionPolicy.class).isPresent();
            if (target instanceof TargetRef.Service && !isChecked) {
                warn(
                        WarningCodes.FAILOVER_WITHOUT_HEALTH,
                        "localityFailover",
                        "Nothing finds out that near hosts fail, so that the others are never"
                                + " turned to. Add 'healthCheck' or 'outlierDetection'.");
            }
        }
        var lost =
                set.all(SidecarSpec.class).stream()
                        .filter(sidecar -> sidecar.spec().locality().isEmpty())
                        .filter(sidecar -> sidecar.spec().outbound().isPresent())
                        .filter(sidecar ->
                                spec.consumers().isEmpty()
                                        || spec.consumers().contains(sidecar.spec().service()))
                        .findFirst();
        lost.ifPresent(sidecar ->
                warn(
                        WarningCodes.FAILOVER_FROM_NOWHERE,
                        "localityFailover",
                        sidecar.id()
                                + " does not say where its proxies are: nothing is near to them."
                                + " Give it a 'locality'."));
    }

    private void credential() {
        for (TargetRef target : spec.targetRefs()) {
            if (target instanceof TargetRef.Service && at(target, TlsPolicy.class).isEmpty()) {
                warn(
                        WarningCodes.CREDENTIAL_IN_THE_CLEAR,
                        "credential",
                        "Sends a secret in the clear: nothing asks for TLS toward the service. Add"
                                + " 'tls'.");
            }
        }
    }

    private void guardrail(Duration max) {
        var mesh = new TargetRef.Mesh(TrafficPolicyKind.MESH);
        if (max.compareTo(DEFAULT_REQUEST) < 0 && at(mesh, TimeoutsPolicy.class).isEmpty()) {
            warn(
                    WarningCodes.DEFAULT_BEYOND_GUARDRAIL,
                    "guardrails",
                    "Does not hold where nobody says how long a request may take: that is "
                            + Gep2257Duration.format(DEFAULT_REQUEST)
                            + ". Add 'timeouts' for the mesh.");
        }
    }

    private <B extends TrafficBlock> Optional<B> at(TargetRef target, Class<B> type) {
        return spec.block(type).or(() -> Attached.find(set, target, spec.consumers(), type));
    }

    private void warn(String code, String block, String detail) {
        report.add(new Warning(code, document.id(), FieldPath.of("spec", block), detail));
    }
}
