// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the Gateway API's conformance tests ask for and our documents refuse: the documents, as near
 * to the test's manifests as can be, and the refusal.
 */
final class GatewayRefusals {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CONFLICTING = "backendtlspolicy-conflicted-";

    private GatewayRefusals() {}

    /**
     * One refusal.
     *
     * @param step which of the test's cases has it
     * @param pointer of the first violation
     */
    record Refused(String step, String documents, int status, String code, String pointer) {}

    /** Those of a test; none for one whose every case is behaviour. */
    static List<Refused> of(String test, List<Map<String, Object>> manifests) {
        return switch (test) {
            case "BackendTLSPolicyConflictResolution" -> tls(manifests);
            case "HTTPRouteInvalidBackendRefUnknownKind" -> List.of(unknownKind(manifests));
            case "HTTPRoutePartiallyInvalidViaInvalidReferenceGrant" ->
                    List.of(
                            new Refused(
                                    "the grant itself",
                                    json(
                                            ours(
                                                    named(manifests, "ReferenceGrant"),
                                                    "ReferenceGrant")),
                                    422,
                                    "OUT-1043",
                                    "#/kind"));
            case "UDPRouteParentRefAttachAllListeners" ->
                    List.of(
                            new Refused(
                                    "0",
                                    service("udp-echo-attach-all", "8080, protocol: UDP"),
                                    422,
                                    "OUT-1043",
                                    "#/spec/ports/0/protocol"),
                            new Refused(
                                    "0, the route",
                                    json(ours(named(manifests, "UDPRoute"), "UDPRoute")),
                                    422,
                                    "OUT-1043",
                                    "#/kind"));
            default -> List.of();
        };
    }

    /** Of two policies neither wins, and a policy is for all ports of a service. */
    private static List<Refused> tls(List<Map<String, Object>> manifests) {
        var whole = new StringBuilder(service(CONFLICTING + "without-section-name-test", "443"));
        var sections = new StringBuilder(service(CONFLICTING + "with-section-name-test", "443"));
        var beside = new StringBuilder(service("backendtlspolicy-not-conflicted-test", "443"));
        for (var manifest : manifests) {
            if (!"BackendTLSPolicy".equals(manifest.get("kind"))) {
                continue;
            }
            var policy = "---\n" + json(policy(manifest)) + "\n";
            var name = String.valueOf(GatewayRoutes.map(manifest.get("metadata")).get("name"));
            (name.startsWith("not-") ? beside : name.contains("without") ? whole : sections)
                    .append(policy);
        }
        var section = "#/spec/targetRefs/0/sectionName";
        return List.of(
                new Refused("0", whole.toString(), 409, "OUT-2001", "#/spec/tls"),
                new Refused("1", sections.toString(), 422, "OUT-1046", section),
                new Refused("2", beside.toString(), 422, "OUT-1046", section));
    }

    private static Map<String, Object> policy(Map<String, Object> manifest) {
        var spec = GatewayRoutes.map(manifest.get("spec"));
        var targets = new ArrayList<Object>();
        for (var target : GatewayRoutes.maps(spec.get("targetRefs"))) {
            var copy = new LinkedHashMap<>(target);
            copy.remove("group");
            targets.add(copy);
        }
        var hostname = GatewayRoutes.map(spec.get("validation")).get("hostname");
        return document(
                manifest,
                "TrafficPolicy",
                Map.of(
                        "targetRefs",
                        targets,
                        "tls",
                        Map.of(
                                "validation",
                                Map.of(
                                        "hostname",
                                        String.valueOf(hostname),
                                        "caCertificateRefs",
                                        List.of(Map.of("file", "/etc/ca.pem"))))));
    }

    private static Refused unknownKind(List<Map<String, Object>> manifests) {
        var route = named(manifests, "HTTPRoute");
        var rules = new ArrayList<Object>();
        for (var rule : GatewayRoutes.maps(GatewayRoutes.map(route.get("spec")).get("rules"))) {
            var backends = new ArrayList<Object>();
            for (var backend : GatewayRoutes.maps(rule.get("backendRefs"))) {
                var copy = new LinkedHashMap<>(backend);
                copy.remove("group");
                backends.add(copy);
            }
            rules.add(Map.of("backendRefs", backends));
        }
        var spec =
                Map.<String, Object>of(
                        "parentRefs", List.of(Map.of("name", "host")), "rules", rules);
        return new Refused(
                "0",
                service("host", "80") + "---\n" + json(document(route, "HTTPRoute", spec)),
                422,
                "OUT-1043",
                "#/spec/rules/0/backendRefs/0/kind");
    }

    private static Map<String, Object> named(List<Map<String, Object>> manifests, String kind) {
        return manifests.stream()
                .filter(manifest -> kind.equals(manifest.get("kind")))
                .findFirst()
                .orElseThrow();
    }

    /** The manifest with our version in the place of its own. */
    private static Map<String, Object> ours(Map<String, Object> manifest, String kind) {
        return document(manifest, kind, GatewayRoutes.map(manifest.get("spec")));
    }

    private static Map<String, Object> document(
            Map<String, Object> manifest, String kind, Map<String, Object> spec) {
        var metadata = GatewayRoutes.map(manifest.get("metadata"));
        var document = new LinkedHashMap<String, Object>();
        document.put("apiVersion", "outrigger.dev/v1alpha1");
        document.put("kind", kind);
        document.put(
                "metadata",
                Map.of(
                        "name",
                        String.valueOf(metadata.get("name")),
                        "namespace",
                        String.valueOf(metadata.get("namespace"))));
        document.put("spec", spec);
        return document;
    }

    private static String service(String name, String port) {
        return """
        apiVersion: outrigger.dev/v1alpha1
        kind: Service
        metadata: {name: %s, namespace: gateway-conformance-infra}
        spec:
          hostnames: [%s.example.com]
          ports: [{name: main, port: %s}]
          endpoints: {static: [{address: 10.0.0.1, port: 8080}]}
        """
                .formatted(name, name, port);
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
