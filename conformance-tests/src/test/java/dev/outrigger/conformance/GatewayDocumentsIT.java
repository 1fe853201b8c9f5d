// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.outrigger.conformance.compare.Comparison;
import dev.outrigger.conformance.compare.Mismatch;
import dev.outrigger.conformance.exchange.CaseGroup;
import dev.outrigger.conformance.exchange.CaseReader;
import dev.outrigger.conformance.exchange.Exchange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
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

    /** What our documents cannot say, and why. */
    private static final Map<String, String> LEFT_OUT =
            Map.of(
                    "BackendTLSPolicyConflictResolution",
                    "its policies are blocks of a TrafficPolicy, of which two are refused (OUT-2001)",
                    "GRPCRouteHeaderMatching",
                    "calls are HTTP/2: see GrpcRouteIT",
                    "HTTPRouteInvalidBackendRefUnknownKind",
                    "a backend that is no Service is refused when it is written",
                    "HTTPRoutePartiallyInvalidViaInvalidReferenceGrant",
                    "namespaces are guarded by roles when documents are written, not by grants",
                    "UDPRouteParentRefAttachAllListeners",
                    "UDP");

    /** The test has three parts, one after another, each with a gateway of its own. */
    private static final String REDIRECTS = "HTTPRouteRedirectPortAndScheme";

    private static final int REDIRECTS_OF_PORT_80 = 6;
    private static final int REDIRECTS_OF_PORT_8080 = 3;

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
    }

    @TestFactory
    Stream<DynamicContainer> behavesAsStated() throws IOException {
        var cases = folder.resolve("cases");
        var containers = new ArrayList<DynamicContainer>();
        var tests = new ObjectMapper().readTree(GatewayCases.FOLDER.resolve("cases.json").toFile());
        for (JsonNode test : tests) {
            var name = test.path("name").asText();
            if (!LEFT_OUT.containsKey(name)) {
                var manifests = new ArrayList<Map<String, Object>>();
                for (JsonNode file : test.path("manifests")) {
                    GatewayCases.load(GatewayCases.FOLDER.resolve(file.asText()), manifests);
                }
                new GatewayDocuments(manifests)
                        .write(cases.resolve(name), steps(name, test, manifests));
            }
        }
        for (CaseGroup group : CaseReader.readAll(cases)) {
            containers.add(
                    dynamicContainer(
                            group.name(),
                            group.exchanges().stream()
                                    .map(each -> dynamicTest(each.id(), () -> check(group, each)))
                                    .toList()));
        }
        containers.add(
                dynamicContainer(
                        "left out",
                        LEFT_OUT.entrySet().stream().map(GatewayDocumentsIT::skipped).toList()));
        return containers.stream();
    }

    private static DynamicTest skipped(Map.Entry<String, String> entry) {
        return dynamicTest(entry.getKey(), () -> Assumptions.assumeTrue(false, entry.getValue()));
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
            steps.add(new GatewayDocuments.Step(step, gateway));
        }
        return steps;
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
    private static String gateway(String test, JsonNode step, java.util.Set<String> parents) {
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
