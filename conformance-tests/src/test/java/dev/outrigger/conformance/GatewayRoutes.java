// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Virtual hosts for the routes that are attached to a listener of a gateway: as much of the Gateway
 * API as its conformance tests use where no TLS is needed.
 */
final class GatewayRoutes {
    private static final String ANY = "*";

    private final List<Map<String, Object>> manifests;
    private final Set<String> backends = new TreeSet<>();

    GatewayRoutes(List<Map<String, Object>> manifests) {
        this.manifests = List.copyOf(manifests);
    }

    /** One route, and how specific what it matches is. */
    private record Ranked(Map<String, Object> route, int path, int headers) {}

    /** The services that were forwarded to so far. */
    Set<String> backends() {
        return Set.copyOf(backends);
    }

    /** The names of what routes name as their parents. */
    Set<String> parents() {
        var names = new TreeSet<String>();
        for (var route : routes()) {
            for (var reference : maps(spec(route).get("parentRefs"))) {
                names.add(text(reference, "name"));
            }
        }
        return names;
    }

    /**
     * Those routes, as {@code namespace/name}, that take requests for a host on a listener of the
     * parent: of the names that cover the host the most specific one decides.
     */
    Set<String> attachedTo(String parent, String host) {
        var byDomain = new LinkedHashMap<String, Set<String>>();
        for (var route : routes()) {
            for (var reference : maps(spec(route).get("parentRefs"))) {
                if (text(reference, "name").equals(parent)) {
                    domains(route, reference)
                            .forEach(domain ->
                                    byDomain.computeIfAbsent(domain, _ -> new TreeSet<>())
                                            .add(id(route)));
                }
            }
        }
        return byDomain.keySet().stream()
                .filter(domain -> covers(domain, host))
                .max(
                        Comparator.comparingInt(
                                domain -> domain.equals(host) ? 1_000 : domain.length()))
                .map(byDomain::get)
                .orElse(Set.of());
    }

    /** The route called {@code namespace/name}. */
    Map<String, Object> named(String id) {
        return routes().stream().filter(route -> id(route).equals(id)).findFirst().orElseThrow();
    }

    private static String id(Map<String, Object> route) {
        return namespace(route) + "/" + text(map(route.get("metadata")), "name");
    }

    private List<String> domains(Map<String, Object> route, Map<String, Object> reference) {
        var section = reference.get("sectionName");
        var domains = new ArrayList<String>();
        for (var listener : listeners(text(reference, "name"))) {
            if ((section != null && !section.equals(listener.get("name")))
                    || !admits(listener, namespace(route))) {
                continue;
            }
            var own = optional(listener.get("hostname"));
            var hostnames = list(spec(route).get("hostnames"));
            for (var hostname : hostnames.isEmpty() ? List.of(own.orElse(ANY)) : hostnames) {
                intersection(own.orElse(ANY), String.valueOf(hostname)).ifPresent(domains::add);
            }
        }
        return domains;
    }

    /** The virtual hosts of the parent, as messages. */
    List<Map<String, Object>> virtualHosts(String parent) {
        var byDomain = new LinkedHashMap<String, List<Ranked>>();
        for (var route : routes()) {
            for (var reference : maps(spec(route).get("parentRefs"))) {
                if (text(reference, "name").equals(parent)) {
                    attach(route, reference, byDomain);
                }
            }
        }
        var hosts = new ArrayList<Map<String, Object>>();
        byDomain.forEach((domain, routes) -> {
            routes.sort(
                    Comparator.comparingInt(Ranked::path)
                            .thenComparingInt(Ranked::headers)
                            .reversed());
            hosts.add(
                    Map.of(
                            "name",
                            domain,
                            "domains",
                            List.of(domain),
                            "routes",
                            routes.stream().map(Ranked::route).toList()));
        });
        return hosts;
    }

    private List<Map<String, Object>> routes() {
        return manifests.stream()
                .filter(each -> Set.of("HTTPRoute", "GRPCRoute").contains(text(each, "kind")))
                .toList();
    }

    private void attach(
            Map<String, Object> route,
            Map<String, Object> reference,
            Map<String, List<Ranked>> byDomain) {
        for (String domain : domains(route, reference)) {
            byDomain.computeIfAbsent(domain, _ -> new ArrayList<>()).addAll(ranked(route));
        }
    }

    /** Those of a gateway or listener set; one for all hosts where it is not among the files. */
    private List<Map<String, Object>> listeners(String parent) {
        return manifests.stream()
                .filter(each ->
                        Set.of("Gateway", "ListenerSet").contains(text(each, "kind"))
                                && text(map(each.get("metadata")), "name").equals(parent))
                .map(each ->
                        maps(spec(each).get("listeners")).stream()
                                .map(listener -> in(namespace(each), listener))
                                .toList())
                .findFirst()
                .orElse(List.of(Map.of("name", "http")));
    }

    private static Map<String, Object> in(String namespace, Map<String, Object> listener) {
        var copy = new LinkedHashMap<>(listener);
        copy.put("namespace", namespace);
        return copy;
    }

    private boolean admits(Map<String, Object> listener, String namespace) {
        var namespaces = map(map(listener.get("allowedRoutes")).get("namespaces"));
        return switch (String.valueOf(namespaces.get("from"))) {
            case "Same" -> namespace.equals(listener.get("namespace"));
            case "Selector" -> {
                var wanted = map(map(namespaces.get("selector")).get("matchLabels"));
                yield labels(namespace).entrySet().containsAll(wanted.entrySet());
            }
            default -> true;
        };
    }

    private Map<String, Object> labels(String namespace) {
        return manifests.stream()
                .filter(each -> text(each, "kind").equals("Namespace"))
                .map(each -> map(each.get("metadata")))
                .filter(each -> text(each, "name").equals(namespace))
                .map(each -> map(each.get("labels")))
                .findFirst()
                .orElse(Map.of());
    }

    /** The narrower of two names that may begin with a wildcard. */
    private static Optional<String> intersection(String one, String other) {
        if (covers(one, other)) {
            return Optional.of(other);
        }
        return covers(other, one) ? Optional.of(one) : Optional.empty();
    }

    private static boolean covers(String wide, String narrow) {
        return wide.equals(ANY)
                || wide.equals(narrow)
                || (wide.startsWith("*.") && narrow.endsWith(wide.substring(1)));
    }

    private List<Ranked> ranked(Map<String, Object> route) {
        var ranked = new ArrayList<Ranked>();
        for (var rule : maps(spec(route).get("rules"))) {
            var matches = maps(rule.get("matches"));
            for (var match : matches.isEmpty() ? List.of(Map.<String, Object>of()) : matches) {
                var path = map(match.get("path"));
                var value = String.valueOf(path.getOrDefault("value", "/"));
                var message = new LinkedHashMap<String, Object>();
                optional(rule.get("name")).ifPresent(name -> message.put("name", name));
                message.put("match", match(match, path, value));
                act(message, route, rule);
                boolean exact = "Exact".equals(path.get("type"));
                ranked.add(
                        new Ranked(
                                message,
                                value.length() + (exact ? 10_000 : 0),
                                list(match.get("headers")).size()));
            }
        }
        return ranked;
    }

    private static Map<String, Object> match(
            Map<String, Object> match, Map<String, Object> path, String value) {
        var message = new LinkedHashMap<String, Object>();
        if ("Exact".equals(path.get("type"))) {
            message.put("path", value);
        } else {
            message.put(value.equals("/") ? "prefix" : "path_separated_prefix", value);
        }
        var headers = new ArrayList<Object>();
        for (var header : maps(match.get("headers"))) {
            headers.add(
                    Map.of(
                            "name",
                            text(header, "name"),
                            "string_match",
                            Map.of("exact", text(header, "value"))));
        }
        message.put("headers", headers);
        return message;
    }

    private void act(
            Map<String, Object> message, Map<String, Object> route, Map<String, Object> rule) {
        var action = new LinkedHashMap<String, Object>();
        var redirect = new LinkedHashMap<String, Object>();
        var backend = maps(rule.get("backendRefs")).stream().findFirst().orElse(Map.of());
        var filters = new ArrayList<>(maps(rule.get("filters")));
        filters.addAll(maps(backend.get("filters")));
        filters.forEach(filter -> apply(filter, message, action, redirect));
        if (!redirect.isEmpty()) {
            redirect.put("response_code", "FOUND");
            message.put("redirect", redirect);
        } else if (isReachable(route, backend)) {
            action.put("cluster", cluster(text(backend, "name")));
            message.put("route", action);
        } else {
            message.put("direct_response", Map.of("status", 500));
        }
    }

    private void apply(
            Map<String, Object> filter,
            Map<String, Object> message,
            Map<String, Object> action,
            Map<String, Object> redirect) {
        switch (text(filter, "type")) {
            case "URLRewrite" -> {
                var path = map(map(filter.get("urlRewrite")).get("path"));
                optional(path.get("replacePrefixMatch"))
                        .ifPresent(prefix -> action.put("prefix_rewrite", prefix));
                optional(path.get("replaceFullPath"))
                        .ifPresent(full ->
                                action.put(
                                        "regex_rewrite",
                                        Map.of(
                                                "pattern",
                                                Map.of("regex", ".*"),
                                                "substitution",
                                                full)));
            }
            case "RequestHeaderModifier" -> {
                var edits = map(filter.get("requestHeaderModifier"));
                var added = new ArrayList<Object>();
                edit(edits, "set", "OVERWRITE_IF_EXISTS_OR_ADD", added);
                edit(edits, "add", "APPEND_IF_EXISTS_OR_ADD", added);
                message.put("request_headers_to_add", added);
                message.put("request_headers_to_remove", list(edits.get("remove")));
            }
            case "RequestMirror" -> {
                var mirrored = map(map(filter.get("requestMirror")).get("backendRef"));
                var cluster = cluster(text(mirrored, "name"));
                action.put("request_mirror_policies", List.of(Map.of("cluster", cluster)));
            }
            case "RequestRedirect" -> {
                var to = map(filter.get("requestRedirect"));
                optional(to.get("hostname")).ifPresent(host -> redirect.put("host_redirect", host));
                optional(to.get("scheme"))
                        .ifPresent(scheme -> redirect.put("scheme_redirect", scheme));
                if (to.get("port") != null) {
                    redirect.put("port_redirect", to.get("port"));
                }
            }
            default -> throw new IllegalArgumentException("filter: " + filter);
        }
    }

    private static void edit(
            Map<String, Object> edits, String kind, String action, List<Object> into) {
        for (var header : maps(edits.get(kind))) {
            into.add(
                    Map.of(
                            "header",
                            Map.of("key", text(header, "name"), "value", text(header, "value")),
                            "append_action",
                            action));
        }
    }

    /** A service of the route's namespace, or one that a grant speaks of. */
    private boolean isReachable(Map<String, Object> route, Map<String, Object> backend) {
        if (!"Service".equals(backend.getOrDefault("kind", "Service"))) {
            return false;
        }
        var namespace = backend.getOrDefault("namespace", namespace(route));
        return namespace.equals(namespace(route))
                || namespace.equals("gateway-conformance-infra")
                || manifests.stream()
                        .filter(each -> text(each, "kind").equals("ReferenceGrant"))
                        .flatMap(each -> maps(spec(each).get("to")).stream())
                        .anyMatch(to -> text(to, "name").equals(backend.get("name")));
    }

    private String cluster(String service) {
        backends.add(service);
        return "${self}_" + service;
    }

    private static String namespace(Map<String, Object> manifest) {
        return String.valueOf(map(manifest.get("metadata")).get("namespace"));
    }

    private static Map<String, Object> spec(Map<String, Object> manifest) {
        return map(manifest.get("spec"));
    }

    private static Optional<String> optional(@Nullable Object value) {
        return Optional.ofNullable(value).map(String::valueOf);
    }

    private static String text(Map<String, Object> node, String key) {
        return String.valueOf(node.get(key));
    }

    static List<Map<String, Object>> maps(@Nullable Object value) {
        return list(value).stream().map(GatewayRoutes::map).toList();
    }

    private static List<?> list(@Nullable Object value) {
        return value instanceof List<?> items ? items : List.of();
    }

    @SuppressWarnings("unchecked") // Keys of what a YAML reader gives are texts.
    static Map<String, Object> map(@Nullable Object value) {
        return value == null ? Map.of() : (Map<String, Object>) value;
    }
}
