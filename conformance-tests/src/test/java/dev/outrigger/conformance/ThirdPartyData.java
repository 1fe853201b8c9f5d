// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** Routes of Envoy's own tests, beside this repository, as bootstraps and requests. */
final class ThirdPartyData {
    private static final Path DATA = Path.of("..", "..", "shared", "data");

    private ThirdPartyData() {}

    static boolean isThere() {
        return Files.isDirectory(DATA);
    }

    /** One route configuration and the requests its tests make. */
    record Routes(String name, Map<String, Object> config, List<Request> requests) {}

    /**
     * @param random whether the outcome depends on a random number that only a unit test can fix
     */
    record Request(String name, String text, boolean random) {}

    static List<Routes> routes() throws IOException {
        var all = new ArrayList<Routes>();
        read(DATA.resolve("envoy-router-check"), ".golden.proto.json", all);
        read(DATA.resolve("envoy-route-matcher"), ".golden.json", all);
        return all;
    }

    private static void read(Path folder, String suffix, List<Routes> all) throws IOException {
        List<Path> files;
        try (var list = Files.list(folder)) {
            files = list.filter(f -> f.toString().endsWith(".yaml")).sorted().toList();
        }
        for (Path file : files) {
            String name = file.getFileName().toString().replace(".yaml", "");
            Path tests = folder.resolve(name + suffix);
            if (!Files.exists(tests)) {
                continue;
            }
            Map<String, Object> config = map(load(Files.readString(file)));
            var requests = new ArrayList<Request>();
            String text = Files.readString(file);
            boolean random = text.contains("runtime_fraction");
            var numberHeaders = new TreeSet<>(Set.of(RANDOM_HEADER));
            adapt(config, numberHeaders);
            for (Object each : list(map(load(Files.readString(tests))).get("tests"))) {
                requests.add(request(map(each), requests.size(), numberHeaders, random));
            }
            all.add(new Routes(folder.getFileName() + "/" + name, config, requests));
        }
    }

    private static Request request(
            Map<String, Object> test, int index, Set<String> numberHeaders, boolean drawn) {
        Map<String, Object> input = map(test.get("input"));
        Object random = input.get("random_value");
        String method = String.valueOf(input.getOrDefault("method", "GET"));
        var text = new StringBuilder(method);
        text.append(' ').append(input.getOrDefault("path", "/")).append(" HTTP/1.1\r\nhost: ");
        text.append(input.getOrDefault("authority", "")).append("\r\n");
        if (Boolean.TRUE.equals(input.get("ssl"))) {
            text.append("x-forwarded-proto: https\r\n");
        }
        if (Boolean.TRUE.equals(input.get("internal"))) {
            text.append("x-forwarded-for: 127.0.0.1\r\n");
        }
        var own = new TreeSet<String>();
        for (Object header : list(input.get("additional_request_headers"))) {
            String key = String.valueOf(map(header).get("key"));
            if (!key.startsWith(":")) {
                own.add(key);
                text.append(key).append(": ").append(map(header).get("value")).append("\r\n");
            }
        }
        for (String header : numberHeaders) {
            if (!own.contains(header)) {
                text.append(header).append(": ").append(random == null ? 0 : random).append("\r\n");
            }
        }
        if (!method.equals("GET") && !method.equals("HEAD")) {
            text.append("content-length: 0\r\n");
        }
        String name = index + "-" + test.getOrDefault("test_name", "");
        return new Request(
                name.replaceAll("[^A-Za-z0-9_-]", "_"),
                text.append("\r\n").toString(),
                input.containsKey("runtime") || drawn);
    }

    private static final String RANDOM_HEADER = "x-random-value";

    /**
     * A weighted choice takes the number of the test from a header; there is no other way in. A
     * duration written as a message becomes one written as text.
     *
     * @param numberHeaders gets the headers that the choices of this configuration read
     */
    private static void adapt(@Nullable Object node, Set<String> numberHeaders) {
        if (node instanceof Map<?, ?>) {
            Map<String, Object> fields = map(node);
            if (fields.get("weighted_clusters") instanceof Map<?, ?> weighted) {
                map(weighted).putIfAbsent("header_name", RANDOM_HEADER);
                numberHeaders.add(String.valueOf(map(weighted).get("header_name")));
            }
            if (fields.get("timeout") instanceof Map<?, ?> timeout) {
                Object seconds = timeout.get("seconds");
                fields.put("timeout", (seconds == null ? 0 : seconds) + "s");
            }
            fields.values().forEach(each -> adapt(each, numberHeaders));
        } else if (node instanceof List<?> items) {
            items.forEach(each -> adapt(each, numberHeaders));
        }
    }

    /** Route configurations Envoy's tests expect to be refused, by name. */
    static Map<String, Map<String, Object>> refused() throws IOException {
        var refused = new LinkedHashMap<String, Map<String, Object>>();
        Path file = DATA.resolve("envoy-route-matcher").resolve("rejected_configs.json");
        for (Object each : list(load(Files.readString(file)))) {
            String name = refused.size() + "-" + map(each).get("test");
            refused.put(name, map(load(String.valueOf(map(each).get("yaml")))));
        }
        return refused;
    }

    /** One header matcher for each route, answered with 200 where it matches. */
    static Routes headerMatchers() throws IOException {
        Path file = DATA.resolve("envoy-header-matchers").resolve("cases.json");
        var routes = new ArrayList<Object>();
        var requests = new ArrayList<Request>();
        for (Object each : list(load(Files.readString(file)))) {
            String path = "/m" + routes.size() + "/";
            routes.add(
                    Map.of(
                            "name",
                            String.valueOf(map(each).get("test")),
                            "match",
                            Map.of("prefix", path, "headers", List.of(matcher(each))),
                            "direct_response",
                            Map.of("status", 200)));
            for (Object one : list(map(each).get("cases"))) {
                var text = new StringBuilder("GET " + path + " HTTP/1.1\r\nhost: b.local\r\n");
                for (Object header : list(map(one).get("headers"))) {
                    String name = String.valueOf(list(header).get(0));
                    if (!name.startsWith(":")) {
                        text.append(name).append(": ").append(list(header).get(1)).append("\r\n");
                    }
                }
                String name = requests.size() + "-" + map(each).get("test");
                requests.add(new Request(name, text.append("\r\n").toString(), false));
            }
        }
        Map<String, Object> host = new LinkedHashMap<>();
        host.put("name", "all");
        host.put("domains", List.of("*"));
        host.put("routes", routes);
        return new Routes(
                "envoy-header-matchers", Map.of("virtual_hosts", List.of(host)), requests);
    }

    private static Object matcher(Object each) {
        return Optional.ofNullable(map(each).get("header_matcher")).orElse(Map.of());
    }

    /** A bootstrap with these routes, whose clusters all lead to one upstream. */
    static String bootstrap(Map<String, Object> routeConfig) {
        var named = new LinkedHashMap<String, Object>();
        named.put("name", "routes");
        named.putAll(routeConfig);
        named.put("validate_clusters", false);
        var text = new StringBuilder(HEAD.replace("${routes}", flow(named)));
        Set<String> clusters = new TreeSet<>(Set.of("b"));
        collectClusters(routeConfig, clusters);
        for (String cluster : clusters) {
            text.append(CLUSTER.replace("${cluster}", flow(cluster)));
        }
        return text.toString();
    }

    private static void collectClusters(@Nullable Object node, Set<String> into) {
        if (node instanceof Map<?, ?>) {
            Map<String, Object> fields = map(node);
            if (fields.get("cluster") instanceof String name) {
                into.add(name);
            }
            if (fields.get("weighted_clusters") instanceof Map<?, ?> weighted) {
                for (Object choice : list(map(weighted).get("clusters"))) {
                    if (map(choice).get("name") instanceof String name) {
                        into.add(name);
                    }
                }
            }
            fields.values().forEach(each -> collectClusters(each, into));
        } else if (node instanceof List<?> items) {
            items.forEach(each -> collectClusters(each, into));
        }
    }

    /** JSON, which is YAML too. */
    private static String flow(Object value) {
        try {
            return new ObjectMapper().writeValueAsString(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static @Nullable Object load(String text) {
        return new Load(LoadSettings.builder().setSchema(new CoreSchema()).build())
                .loadFromString(text);
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(@Nullable Object value) {
        return value == null ? new LinkedHashMap<>() : (Map<String, Object>) value;
    }

    private static List<?> list(@Nullable Object value) {
        return value instanceof List<?> list ? list : List.of();
    }

    private static final String HEAD =
            """
            admin: ${admin}
            static_resources:
              listeners:
                - name: main
                  address: {socket_address: {address: 127.0.0.1, port_value: 0}}
                  filter_chains:
                    - filters:
                        - name: envoy.filters.network.http_connection_manager
                          typed_config:
                            "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                            stat_prefix: main
                            delayed_close_timeout: 0.05s
                            access_log: ${accessLog}
                            internal_address_config: {cidr_ranges: [{address_prefix: 127.0.0.0, prefix_len: 8}]}
                            route_config: ${routes}
                            http_filters:
                              - name: envoy.filters.http.router
                                typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
              clusters:
            """;

    private static final String CLUSTER =
            """
                - {name: ${cluster}, type: STATIC, load_assignment: {cluster_name: ${cluster}, endpoints: [{lb_endpoints: [{endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: ${upstream.b}}}}}]}]}}
            """;
}
