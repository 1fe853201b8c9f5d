// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.policy.document.DocumentReader.Format;
import dev.outrigger.policy.document.FieldPath;
import dev.outrigger.policy.document.Violations;
import dev.outrigger.policy.kind.capability.Capabilities;
import dev.outrigger.policy.kind.xdsresources.XdsResourceCheck;
import dev.outrigger.policy.model.DocumentSet;
import dev.outrigger.policy.model.PolicyId;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Each warning where it is due, and none beside it. */
class LintsTest {
    private final PolicyReader reader =
            PolicyReader.of(XdsResourceCheck.NONE, Capabilities.ENVOY_ONLY);
    private DocumentSet stored = DocumentSet.EMPTY;

    @Test
    void warnsOfATryTimeoutThatNeverFires() {
        assertThat(policy("timeouts: {request: 1s, backendRequest: 1s}"))
                .containsExactly("OUT-W101 #/spec/timeouts/backendRequest");
        assertThat(policy("timeouts: {backendRequest: 15s}"))
                .containsExactly("OUT-W101 #/spec/timeouts/backendRequest");
        assertThat(policy("timeouts: {request: 0s, backendRequest: 1h}")).isEmpty();
        assertThat(policy("timeouts: {request: 1s, backendRequest: 999ms}")).isEmpty();
    }

    @Test
    void warnsOfRetriesThatDoNotFit() {
        var fits = "timeouts: {request: 3s, backendRequest: 900ms}\nretry: {attempts: 2}";
        assertThat(policy(fits)).isEmpty();
        assertThat(policy(fits.replace("900ms", "970ms"))).containsExactly("OUT-W102 #/spec/retry");
        assertThat(policy(fits.replace("attempts: 2", "attempts: 3")))
                .containsExactly("OUT-W102 #/spec/retry");
    }

    @Test
    void findsTheOtherHalfAtTheSameTargetOrAbove() {
        store(
                document(
                        "Mesh, name: default",
                        "m",
                        "timeouts: {request: 1s, backendRequest: 600ms}"));

        assertThat(policy("retry: {attempts: 1}")).containsExactly("OUT-W102 #/spec/retry");
        assertThat(policy("retry: {attempts: 0}")).isEmpty();
        assertThat(route("- {backendRefs: [{name: b}], retry: {attempts: 1}}"))
                .containsExactly("OUT-W102 #/spec/rules/0/retry");
        assertThat(
                        route(
                                "- {backendRefs: [{name: b}], retry: {attempts: 1}, timeouts:"
                                        + " {request: 2s, backendRequest: 600ms}}"))
                .isEmpty();
    }

    @Test
    void warnsOfRetriesThatMayRepeatAnEffect() {
        assertThat(policy("retry: {codes: [503], methods: [\"*\"]}"))
                .containsExactly("OUT-W103 #/spec/retry/methods");
        assertThat(policy("retry: {on: [reset, connect-failure]}"))
                .containsExactly("OUT-W104 #/spec/retry/on");
        assertThat(policy("retry: {codes: [503]}")).isEmpty();
        assertThat(policy("retry: {attempts: 0, on: [reset], methods: [\"*\"], codes: [503]}"))
                .isEmpty();
    }

    @Test
    void warnsOfShadowedMatchesAndUnreachableRules() {
        assertThat(
                        route(
                                """
                                - matches: [{path: {value: /a}}]
                                  backendRefs: [{name: b}]
                                - matches: [{path: {value: /a/}}, {path: {value: /ab}}]
                                  backendRefs: [{name: b}]
                                - matches: [{path: {type: Exact, value: /c}, method: GET}]
                                  backendRefs: [{name: b}]
                                - matches: [{path: {type: Exact, value: /c}, method: GET}]
                                  backendRefs: [{name: b}]
                                - backendRefs: [{name: b}]
                                - backendRefs: [{name: b}]
                                """))
                .containsExactly(
                        "OUT-W105 #/spec/rules/1/matches/0",
                        "OUT-W106 #/spec/rules/3",
                        "OUT-W106 #/spec/rules/5");
    }

    @Test
    void knowsThatTheMoreSpecificMatchComesFirst() {
        assertThat(
                        route(
                                """
                                - backendRefs: [{name: b}]
                                - matches: [{path: {value: /a}}]
                                  backendRefs: [{name: b}]
                                - matches: [{path: {value: /a}, method: GET}]
                                  backendRefs: [{name: b}]
                                - matches: [{path: {type: RegularExpression, value: "/a.*"}}]
                                  backendRefs: [{name: b}]
                                - matches: [{path: {type: Exact, value: /a}}]
                                  backendRefs: [{name: b}]
                                """))
                .isEmpty();
    }

    @Test
    void seesThatNarrowerConditionsLeaveSomething() {
        assertThat(
                        route(
                                """
                                - matches: [{path: {value: /a}, headers: [{name: x, value: "1"}]}]
                                  backendRefs: [{name: b}]
                                - matches: [{path: {value: /a}, method: GET}]
                                  backendRefs: [{name: b}]
                                - matches: [{path: {value: /a}, queryParams: [{name: q, value: "1"}]}]
                                  backendRefs: [{name: b}]
                                - matches: [{path: {type: RegularExpression, value: "/a.*"}}]
                                  backendRefs: [{name: b}]
                                - matches: [{path: {value: /a}}]
                                  backendRefs: [{name: b}]
                                """))
                .isEmpty();
    }

    @Test
    void seesTheRulesOfOtherDocuments() {
        store(route("a", "- {backendRefs: [{name: b}]}"));

        assertThat(route("- {matches: [{path: {value: /}}], backendRefs: [{name: b}]}"))
                .containsExactly("OUT-W106 #/spec/rules/0");
    }

    @Test
    void warnsOfOneHalfOfSessionAffinity() {
        assertThat(policy("sessionAffinity: {sources: [{header: x}]}"))
                .containsExactly("OUT-W107 #/spec/sessionAffinity");
        assertThat(policy("loadBalancer: {maglev: {}}"))
                .containsExactly("OUT-W108 #/spec/loadBalancer");
        assertThat(
                        policy(
                                "loadBalancer: {ringHash: {}}\n"
                                        + "sessionAffinity: {sources: [{header: x}]}"))
                .isEmpty();
        store(document("Mesh, name: default", "m", "loadBalancer: {ringHash: {}}"));
        assertThat(policy("sessionAffinity: {sources: [{header: x}]}")).isEmpty();
    }

    @Test
    void warnsOfRetriesWhereNothingIsSent() {
        assertThat(
                        route(
                                "- {filters: [{type: DirectResponse, directResponse: {status:"
                                        + " 503}}], retry: {}}"))
                .containsExactly("OUT-W109 #/spec/rules/0/retry");
    }

    @Test
    void warnsOfFailoverThatNothingSetsOff() {
        assertThat(policy("localityFailover: {}"))
                .containsExactly("OUT-W110 #/spec/localityFailover");
        assertThat(policy("localityFailover: {}\noutlierDetection: {consecutive5xx: 5}")).isEmpty();
        store(document("Mesh, name: default", "m", "healthCheck: {tcp: {}}"));
        assertThat(policy("localityFailover: {}")).isEmpty();
    }

    @Test
    void warnsOfFailoverFromAnUnknownPlace() {
        store(sidecar(""));
        assertThat(policy("localityFailover: {}\nhealthCheck: {tcp: {}}"))
                .containsExactly("OUT-W111 #/spec/localityFailover");
        store(sidecar("locality: {region: eu}"));
        assertThat(policy("localityFailover: {}\nhealthCheck: {tcp: {}}")).isEmpty();
    }

    @Test
    void warnsOfSecretsInTheClear() {
        assertThat(policy("credential: {file: /token}"))
                .containsExactly("OUT-W112 #/spec/credential");
        store(
                document(
                        "Mesh, name: default",
                        "m",
                        "tls: {validation: {hostname: a, wellKnownCACertificates: System}}"));
        assertThat(policy("credential: {file: /token}")).isEmpty();
    }

    @Test
    void warnsOfAGuardrailThatTheDefaultIsBeyond() {
        var guard = document("Mesh, name: default", "p", "guardrails: {maxRequestTimeout: 10s}");
        assertThat(words(check(guard))).containsExactly("OUT-W113 #/spec/guardrails");
        store(document("Mesh, name: default", "m", "timeouts: {request: 5s}"));
        assertThat(words(check(guard))).isEmpty();
    }

    @Test
    void saysWhatHappensAndWhatToWriteInstead() {
        assertThat(
                        check(
                                document(
                                        "Service, name: b",
                                        "p",
                                        "timeouts: {request: 1s, backendRequest: 1s}")))
                .containsExactly(
                        new Warning(
                                "OUT-W101",
                                new PolicyId("TrafficPolicy", "default", "p"),
                                FieldPath.of("spec", "timeouts", "backendRequest"),
                                "Never ends a try: the whole request ends after 1s. Make it shorter"
                                        + " than 'request'."));
    }

    private List<String> policy(String block) {
        return words(check(document("Service, name: b", "p", block)));
    }

    private List<String> route(String rules) {
        return words(check(route("r", rules)));
    }

    private static List<String> words(List<Warning> warnings) {
        return warnings.stream()
                .map(warning -> warning.code() + " " + warning.path().pointer())
                .toList();
    }

    private List<Warning> check(String text) {
        var submitted = read(text);
        return reader.warnings(
                with(submitted),
                submitted.stream().map(SubmittedDocument::id).collect(Collectors.toSet()));
    }

    private void store(String text) {
        stored = with(read(text));
    }

    private DocumentSet with(List<SubmittedDocument> submitted) {
        return stored.with(
                1,
                submitted.stream().map(document -> PolicyReader.stored(document, 1)).toList(),
                List.of());
    }

    private List<SubmittedDocument> read(String text) {
        var violations = new Violations();
        var submitted = reader.read(text, Format.YAML, violations);
        assertThat(violations.list()).isEmpty();
        return submitted;
    }

    private static String sidecar(String locality) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: Sidecar
        metadata: {name: a}
        spec:
          selector: {cluster: a}
          outbound: {listeners: [{name: http, port: 15001}]}
        %s
        """
                .formatted(locality.indent(2).stripTrailing());
    }

    private static String document(String target, String name, String block) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: TrafficPolicy
        metadata: {name: %s}
        spec:
          targetRefs: [{kind: %s}]
        %s
        """
                .formatted(name, target, block.indent(2).stripTrailing());
    }

    private static String route(String name, String rules) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: HTTPRoute
        metadata: {name: %s}
        spec:
          parentRefs: [{name: b}]
          rules:
        %s
        """
                .formatted(name, rules.indent(2).stripTrailing());
    }
}
