// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.conformance.GatewayRefusals.Refused;
import dev.outrigger.conformance.compare.Comparison;
import dev.outrigger.conformance.compare.Mismatch;
import dev.outrigger.conformance.control.RunningControlPlane;
import dev.outrigger.conformance.exchange.CaseGroup;
import dev.outrigger.conformance.exchange.CaseReader;
import dev.outrigger.conformance.exchange.Exchange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Gateway API's conformance tests posted as documents: both proxies do what the tests state.
 * They lie beside this repository; without them this is skipped.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GatewayDocumentsIT {
    private static final String SAME_NAMESPACE = "same-namespace";

    /** Calls are HTTP/2: GrpcRouteIT plays them. */
    private static final String OF_CALLS = "GRPCRouteHeaderMatching";

    /** Nothing of them is behaviour here but what {@link #TLS} says. */
    private static final Set<String> REFUSED =
            Set.of(
                    "BackendTLSPolicyConflictResolution",
                    "HTTPRouteInvalidBackendRefUnknownKind",
                    "UDPRouteParentRefAttachAllListeners");

    /**
     * Namespaces are guarded by roles when documents are written, not by grants: what the test says
     * is not reached is.
     */
    private static final String GRANTED = "HTTPRoutePartiallyInvalidViaInvalidReferenceGrant";

    /** The last case of the test about TLS: a policy for all of a service, whom no other meets. */
    private static final String TLS =
            """
            apiVersion: outrigger.dev/v1alpha1
            kind: Sidecar
            metadata: {name: a}
            spec:
              selector: {cluster: a}
              outbound: {listeners: [{name: main, port: ${listen.main}}]}
            ---
            apiVersion: outrigger.dev/v1alpha1
            kind: Service
            metadata: {name: host}
            spec:
              hostnames: [abc.example.com]
              ports: [{name: http, port: 80}]
              endpoints: {static: []}
            ---
            apiVersion: outrigger.dev/v1alpha1
            kind: Service
            metadata: {name: backendtlspolicy-not-conflicted-test}
            spec:
              hostnames: [backend.local]
              ports: [{name: https-2, port: 8443}]
              endpoints: {static: [{address: 127.0.0.1, port: ${secured.b}}]}
            ---
            apiVersion: outrigger.dev/v1alpha1
            kind: TrafficPolicy
            metadata: {name: not-conflicted-without-section-name}
            spec:
              targetRefs: [{kind: Service, name: backendtlspolicy-not-conflicted-test}]
              tls:
                validation:
                  hostname: abc.example.com
                  caCertificateRefs: [{file: "${certificate.ca}"}]
                  subjectAltNames: [{type: Hostname, hostname: server.example.com}]
            ---
            apiVersion: outrigger.dev/v1alpha1
            kind: HTTPRoute
            metadata: {name: backendtlspolicy-conflict-resolution}
            spec:
              parentRefs: [{name: host}]
              rules:
              - matches: [{path: {type: Exact, value: /backendtlspolicy-not-conflicted-without-section-name}}]
                backendRefs: [{name: backendtlspolicy-not-conflicted-test, port: 8443}]
            """;

    private static final String TLS_CASE =
            """
            exchanges:
              - name: step-3
                why: "As Gateway API's conformance test states."
                send: "GET /backendtlspolicy-not-conflicted-without-section-name HTTP/1.1\\r\\nhost: abc.example.com\\r\\n\\r\\n"
                expect: {status: 200, upstream: b, stats: {"cluster.default/backendtlspolicy-not-conflicted-test/8443.ssl.handshake": 1}}
            """;

    /** The test has three parts, one after another, each with a gateway of its own. */
    private static final String REDIRECTS = "HTTPRouteRedirectPortAndScheme";

    private static final int REDIRECTS_OF_PORT_80 = 6;
    private static final int REDIRECTS_OF_PORT_8080 = 3;

    private @Nullable RunningControlPlane control;
    private StagePair stages;
    private Path folder;

    @BeforeAll
    void prepare(@TempDir Path temp) {
        Assumptions.assumeTrue(
                Files.isDirectory(GatewayCases.FOLDER),
                "no third-party data beside the repository");
        folder = temp;
        stages = new StagePair(Subjects.oracle(), Subjects.subject(), temp.resolve("stages"));
    }

    @AfterAll
    void end() {
        if (stages != null) {
            stages.close();
        }
        if (control != null) {
            control.close();
        }
    }

    @TestFactory
    Stream<DynamicContainer> behavesAsStated() throws IOException {
        var cases = folder.resolve("cases");
        for (JsonNode test : tests()) {
            var name = test.path("name").asText();
            if (!REFUSED.contains(name) && !name.equals(OF_CALLS)) {
                var manifests = manifests(test);
                new GatewayDocuments(manifests)
                        .write(cases.resolve(name), steps(name, test, manifests));
            }
        }
        var tls = Files.createDirectories(cases.resolve("BackendTLSPolicy").resolve("steps"));
        Files.writeString(tls.resolveSibling("policy.yaml"), TLS);
        Files.writeString(tls.resolve("exchange.yaml"), TLS_CASE);
        return CaseReader.readAll(cases).stream()
                .map(group ->
                        dynamicContainer(
                                group.name(),
                                group.exchanges().stream()
                                        .map(each ->
                                                dynamicTest(each.id(), () -> check(group, each)))
                                        .toList()));
    }

    /** What is neither played here nor by GrpcRouteIT is refused, with a code and a place. */
    @TestFactory
    Stream<DynamicTest> refusesTheRest() throws IOException {
        control = RunningControlPlane.start(folder.resolve("refusing.db"));
        var refusals = new ArrayList<DynamicTest>();
        for (JsonNode test : tests()) {
            var name = test.path("name").asText();
            for (Refused each : GatewayRefusals.of(name, manifests(test))) {
                refusals.add(dynamicTest(name + "/" + each.step(), () -> refuse(each)));
            }
        }
        return refusals.stream();
    }

    private void refuse(Refused each) throws IOException {
        var errors =
                Objects.requireNonNull(control, "not started")
                        .refusal(each.documents(), each.status())
                        .path("errors");

        assertThat(errors.path(0).path("code").asText()).as("%s", errors).isEqualTo(each.code());
        assertThat(errors.path(0).path("pointer").asText())
                .as("%s", errors)
                .isEqualTo(each.pointer());
    }

    private static JsonNode tests() throws IOException {
        return new ObjectMapper().readTree(GatewayCases.FOLDER.resolve("cases.json").toFile());
    }

    private static List<Map<String, Object>> manifests(JsonNode test) throws IOException {
        var manifests = new ArrayList<Map<String, Object>>();
        for (JsonNode file : test.path("manifests")) {
            GatewayCases.load(GatewayCases.FOLDER.resolve(file.asText()), manifests);
        }
        return manifests;
    }

    private static List<GatewayDocuments.Step> steps(
            String name, JsonNode test, List<Map<String, Object>> manifests) {
        var parents = new GatewayRoutes(manifests).parents();
        var steps = new ArrayList<GatewayDocuments.Step>();
        for (JsonNode step : test.path("cases")) {
            var gateway =
                    name.equals(REDIRECTS)
                            ? gatewayOfRedirect(steps.size())
                            : gateway(name, step, parents);
            boolean isGranted = name.equals(GRANTED) && steps.isEmpty();
            steps.add(new GatewayDocuments.Step(isGranted ? reached(step) : step, gateway));
        }
        return steps;
    }

    private static JsonNode reached(JsonNode step) {
        ObjectNode copy = step.deepCopy();
        copy.putObject("Response").put("StatusCode", 200);
        return copy.put("Backend", "app-backend-v2");
    }

    private static String gatewayOfRedirect(int index) {
        if (index < REDIRECTS_OF_PORT_80) {
            return SAME_NAMESPACE;
        }
        return index < REDIRECTS_OF_PORT_80 + REDIRECTS_OF_PORT_8080
                ? SAME_NAMESPACE + "-with-http-listener-on-8080"
                : SAME_NAMESPACE + "-with-https-listener";
    }

    /** Where a test has several, its requests say by their host which one they are for. */
    private static String gateway(String test, JsonNode step, Set<String> parents) {
        if (test.equals("HTTPRouteHostnameIntersection")) {
            var host = step.path("Request").path("Host").asText();
            return host.matches("(sub\\.)?(first|second|third)\\.com")
                    ? "httproute-hostname-intersection-all"
                    : "httproute-hostname-intersection";
        }
        if (test.equals("ListenerSetAllowedRoutesNamespaces")) {
            boolean isCross = step.path("Request").path("Host").asText().contains("cross-ns");
            return "listenerset-test-allowed-routes-" + (isCross ? "cross-ns" : "namespaces");
        }
        return parents.contains(SAME_NAMESPACE)
                ? SAME_NAMESPACE
                : parents.stream().findFirst().orElseThrow();
    }

    private void check(CaseGroup group, Exchange exchange) throws IOException {
        var result = stages.run(group, exchange);

        assertThat(Mismatch.find(exchange.expectation(), result.oracle())).as("Envoy").isEmpty();
        assertThat(Mismatch.find(exchange.expectation(), result.subject())).as("ours").isEmpty();
        assertThat(Comparison.of(result.oracle(), result.subject(), exchange.ignored().keySet()))
                .as("differences from Envoy")
                .isEmpty();
    }
}
