// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * One of the Gateway API's conformance tests as documents and as cases. A host that a test asks for
 * becomes a service, which the routes have as their parent whose gateway and hostnames lead there:
 * our documents know no gateways. The routes themselves stay as they are written.
 */
final class GatewayDocuments {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String INFRA = "gateway-conformance-infra";
    private static final String DEFAULT_HOST = "example.org";
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    /** Of gateways whose listeners have other ports than HTTP's. */
    private static final Map<String, Integer> PORTS =
            Map.of(
                    "same-namespace-with-http-listener-on-8080",
                    8080,
                    "same-namespace-with-https-listener",
                    HTTPS_PORT);

    private static final int BACKEND_PORT = 8080;

    /** Fields of a route that mean nothing where there is no gateway. */
    private static final Set<String> OF_GATEWAYS = Set.of("group", "kind");

    private final List<Map<String, Object>> manifests;
    private final GatewayRoutes routes;

    GatewayDocuments(List<Map<String, Object>> manifests) {
        this.manifests = List.copyOf(manifests);
        this.routes = new GatewayRoutes(manifests);
    }

    /** One request of a test. */
    record Step(JsonNode test, String gateway) {
        /** A host has one service; where a test has several gateways, each has a host. */
        String host() {
            var host = test.path("Request").path("Host").asText(DEFAULT_HOST);
            var name = host.replaceAll(":\\d+$", "");
            return port() == HTTP_PORT ? name : "port-" + port() + "." + name;
        }

        int port() {
            return PORTS.getOrDefault(gateway, HTTP_PORT);
        }
    }

    /** Writes {@code policy.yaml} and the cases of the steps into a folder. */
    void write(Path folder, List<Step> steps) throws IOException {
        Files.createDirectories(folder.resolve("steps"));
        Files.writeString(folder.resolve("policy.yaml"), documents(steps));
        var cases = new ArrayList<Object>();
        for (int i = 0; i < steps.size(); i++) {
            cases.add(exchange(i, steps.get(i)));
        }
        Files.writeString(
                folder.resolve("steps").resolve("exchange.yaml"), json(Map.of("exchanges", cases)));
    }

    private String documents(List<Step> steps) {
        var documents = new ArrayList<Map<String, Object>>();
        documents.add(
                document(
                        "Sidecar",
                        "default",
                        "a",
                        Map.of(
                                "selector",
                                Map.of("cluster", "a"),
                                "outbound",
                                Map.of(
                                        "listeners",
                                        List.of(
                                                Map.of(
                                                        "name",
                                                        "main",
                                                        "port",
                                                        "${listen.main}"))))));
        var parents = new LinkedHashMap<String, Set<String>>();
        var hosts = new LinkedHashMap<String, Step>();
        for (Step step : steps) {
            var service = "host-" + step.host().replace('.', '-');
            var attached = routes.attachedTo(step.gateway(), step.host());
            if (!attached.isEmpty()) {
                hosts.put(service, step);
                attached.forEach(route ->
                        parents.computeIfAbsent(route, _ -> new LinkedHashSet<>()).add(service));
            }
        }
        hosts.forEach((service, step) ->
                documents.add(service(INFRA, service, step.host(), step.port(), "b")));
        var backends = new TreeSet<String>();
        parents.forEach((route, services) -> {
            var manifest = routes.named(route);
            backends.addAll(backends(manifest));
            documents.add(route(manifest, services));
        });
        backends.forEach(backend -> {
            var parts = backend.split("/");
            documents.add(
                    service(parts[0], parts[1], parts[1] + "." + parts[0], BACKEND_PORT, parts[1]));
        });
        var text = new StringBuilder();
        documents.forEach(document -> text.append("---\n").append(json(document)).append('\n'));
        // Placeholders stand for numbers.
        return text.toString().replaceAll("\"(\\$\\{[^}]*})\"", "$1");
    }

    private static Map<String, Object> service(
            String namespace, String name, String host, int port, String upstream) {
        return document(
                "Service",
                namespace,
                name,
                Map.of(
                        "hostnames",
                        List.of(host),
                        "ports",
                        List.of(Map.of("name", "http", "port", port)),
                        "endpoints",
                        Map.of(
                                "static",
                                List.of(
                                        Map.of(
                                                "address",
                                                "127.0.0.1",
                                                "port",
                                                "${upstream." + upstream + "}")))));
    }

    private static Map<String, Object> route(Map<String, Object> manifest, Set<String> services) {
        var metadata = GatewayRoutes.map(manifest.get("metadata"));
        var parents =
                services.stream()
                        .map(service -> Map.of("name", service, "namespace", INFRA))
                        .toList();
        return document(
                String.valueOf(manifest.get("kind")),
                String.valueOf(metadata.get("namespace")),
                String.valueOf(metadata.get("name")),
                Map.of(
                        "parentRefs",
                        parents,
                        "rules",
                        plain(
                                Optional.ofNullable(
                                                GatewayRoutes.map(manifest.get("spec"))
                                                        .get("rules"))
                                        .orElse(List.of()))));
    }

    /** Without what names the API's own groups. */
    private static Object plain(Object value) {
        if (value instanceof List<?> items) {
            return items.stream().map(item -> plain(item)).toList();
        }
        if (value instanceof Map<?, ?> fields) {
            var copy = new LinkedHashMap<String, Object>();
            fields.forEach((key, field) -> {
                if (!OF_GATEWAYS.contains(String.valueOf(key)) && field != null) {
                    copy.put(String.valueOf(key), plain(field));
                }
            });
            return copy;
        }
        return value;
    }

    private static Set<String> backends(Map<String, Object> manifest) {
        var namespace =
                String.valueOf(GatewayRoutes.map(manifest.get("metadata")).get("namespace"));
        var names = new TreeSet<String>();
        for (var rule : GatewayRoutes.maps(GatewayRoutes.map(manifest.get("spec")).get("rules"))) {
            var references = new ArrayList<>(GatewayRoutes.maps(rule.get("backendRefs")));
            for (var filter : GatewayRoutes.maps(rule.get("filters"))) {
                var mirror = GatewayRoutes.map(filter.get("requestMirror"));
                if (!mirror.isEmpty()) {
                    references.add(GatewayRoutes.map(mirror.get("backendRef")));
                }
            }
            for (var reference : references) {
                var own = reference.get("namespace");
                names.add((own == null ? namespace : own) + "/" + reference.get("name"));
            }
        }
        return names;
    }

    private static Map<String, Object> document(
            String kind, String namespace, String name, Map<String, Object> spec) {
        var document = new LinkedHashMap<String, Object>();
        document.put("apiVersion", "outrigger.dev/v1alpha1");
        document.put("kind", kind);
        document.put("metadata", Map.of("name", name, "namespace", namespace));
        document.put("spec", spec);
        return document;
    }

    private static Map<String, Object> exchange(int index, Step step) {
        var test = step.test();
        var request = test.path("Request");
        var text = new StringBuilder(request.path("Method").asText("GET"));
        text.append(' ').append(request.path("Path").asText("/")).append(" HTTP/1.1\r\nhost: ");
        text.append(step.host()).append("\r\n");
        if (step.port() == HTTPS_PORT) {
            // A Sidecar's listeners speak no TLS: it has ended before.
            text.append("x-forwarded-proto: https\r\n");
        }
        request.path("Headers")
                .propertyStream()
                .forEach(header ->
                        text.append(header.getKey())
                                .append(": ")
                                .append(header.getValue().asText())
                                .append("\r\n"));
        var exchange = new LinkedHashMap<String, Object>();
        exchange.put("name", "step-" + index);
        exchange.put("why", "As Gateway API's conformance test states.");
        boolean mirrors = test.has("MirroredTo");
        if (mirrors) {
            exchange.put(
                    "steps",
                    List.of(
                            Map.of("send", text.append("\r\n").toString()),
                            "response",
                            Map.of("attempts", 2)));
            exchange.put(
                    "ignore",
                    Map.of(
                            "attempt[*",
                            "the two may arrive in either order",
                            "stat.cluster.*",
                            "the copy may still be under way"));
        } else {
            exchange.put("send", text.append("\r\n").toString());
        }
        exchange.put("expect", expectation(test, step.host(), mirrors));
        return exchange;
    }

    private static Map<String, Object> expectation(JsonNode test, String host, boolean mirrors) {
        var expect = new LinkedHashMap<String, Object>();
        expect.put("status", test.path("Response").path("StatusCode").asInt(200));
        if (test.has("Backend") && !mirrors) {
            expect.put("upstream", backend(test.path("Backend").asText()));
        }
        var sent = test.path("ExpectedRequest").path("Request");
        if (sent.has("Path") && !mirrors) {
            expect.put("line", "GET " + sent.path("Path").asText() + " HTTP/1.1");
        }
        if (mirrors) {
            expect.put("attempts", 2);
        }
        var redirect = test.path("RedirectRequest");
        if (!redirect.isMissingNode()) {
            var port = redirect.has("Port") ? ":" + redirect.path("Port").asText() : "";
            expect.put(
                    "headers",
                    Map.of(
                            "location",
                            redirect.path("Scheme").asText("http")
                                    + "://"
                                    + redirect.path("Host").asText(host)
                                    + port
                                    + test.path("Request").path("Path").asText()));
        }
        return expect;
    }

    private static String backend(String name) {
        return name.startsWith("@confsuite.InfraBackendServiceNameV")
                ? "infra-backend-v" + name.charAt(name.length() - 1)
                : name;
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Map<String, Object>> manifests() {
        return manifests;
    }
}
