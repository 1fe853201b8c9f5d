// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Any;
import dev.outrigger.conformance.Subjects;
import dev.outrigger.conformance.control.TypedYaml;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.xds.resource.ResourceType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Configurations of Envoy's own tests, over ADS to both proxies, one after the other: both accept
 * and refuse the same, except for what {@code delivery/refused.yaml} lists. Bootstraps go through
 * {@code --mode validate} instead.
 */
class EmbeddedConfigsIT {
    private static final Path FILE =
            Path.of("..", "..", "shared", "data", "envoy-embedded-configs", "configs.json");

    private static final String MANAGER =
            "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3"
                    + ".HttpConnectionManager";

    private static final int STARTS_AT_ONCE = 3;

    @TempDir Path folder;

    /** One configuration; the index tells several of a test apart. */
    private record Case(int index, String test, String type, String yaml) {
        String name() {
            return index + " " + test + " (" + type + ")";
        }
    }

    @Test
    void bothTakeTheSameResources() throws Exception {
        assumeTrue(Files.exists(FILE), "no envoy-embedded-configs beside the project");
        var cases = cases().stream().filter(each -> !each.type().equals("Bootstrap")).toList();
        var theirs =
                CompletableFuture.supplyAsync(
                        () -> give(Subjects.oracle(), cases, "127.42"),
                        task -> Thread.ofVirtual().start(task));
        var ours = give(Subjects.subject(), cases, "127.43");
        compare(theirs.join(), ours, "embedded");
    }

    @Test
    void bothTakeTheSameBootstraps() throws Exception {
        assumeTrue(Files.exists(FILE), "no envoy-embedded-configs beside the project");
        var cases = cases().stream().filter(each -> each.type().equals("Bootstrap")).toList();
        var theirs =
                CompletableFuture.supplyAsync(
                        () -> validate(Subjects.oracle(), cases),
                        task -> Thread.ofVirtual().start(task));
        var ours = validate(Subjects.subject(), cases);
        compare(theirs.join(), ours, "bootstraps");
    }

    private static void compare(Map<String, String> theirs, Map<String, String> ours, String part)
            throws IOException {
        var table = Refusals.read(part);
        var wrong = new ArrayList<String>();
        assertThat(ours.keySet()).isEqualTo(theirs.keySet());
        ours.forEach((name, here) -> {
            var there = Optional.ofNullable(theirs.get(name)).orElse("");
            if (here.isEmpty() && !there.isEmpty()) {
                wrong.add(name + ": only Envoy refuses: " + there);
            } else if (there.isEmpty() && !here.isEmpty() && !table.explain(here)) {
                wrong.add(name + ": only ours refuses: " + here);
            }
        });
        assertThat(wrong).isEmpty();
        assertThat(table.unused()).as("entries of refused.yaml that no refusal needs").isEmpty();
    }

    /** Why each was refused, empty where it was taken; without those that cannot be packed. */
    private Map<String, String> give(ProxyUnderTest proxy, List<Case> cases, String net) {
        // Nobody else listens there, so that the ports of the cases can stay.
        var address = net + "." + new Random().nextInt(1, 255) + ".1";
        var refused = new TreeMap<String, String>();
        try (var delivered = Delivered.to(proxy, "GRPC", folder.resolve(proxy.name()))) {
            for (Case each : cases) {
                var resources = resources(each, address);
                if (resources.isPresent()) {
                    refused.put(
                            each.name(),
                            String.join(" ", delivered.give(resources.get()).values()));
                    delivered.give(Map.of());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(proxy.name() + " after " + refused.size(), e);
        }
        return refused;
    }

    /** Most of it is processes that start: a few at once. */
    private Map<String, String> validate(ProxyUnderTest proxy, List<Case> cases) {
        var refused = new TreeMap<String, String>();
        try (var starts = Executors.newFixedThreadPool(STARTS_AT_ONCE)) {
            var here = Files.createDirectories(folder.resolve("validate-" + proxy.name()));
            var verdicts = new LinkedHashMap<String, Future<String>>();
            for (Case each : cases) {
                verdicts.put(each.name(), starts.submit(() -> validate(proxy, each, here)));
            }
            for (var each : verdicts.entrySet()) {
                refused.put(each.getKey(), each.getValue().get());
            }
        } catch (IOException | ExecutionException e) {
            throw new IllegalStateException(proxy.name(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return refused;
    }

    private static String validate(ProxyUnderTest proxy, Case each, Path here) throws IOException {
        var place = Files.createDirectories(here.resolve(String.valueOf(each.index())));
        var file = place.resolve("bootstrap.yaml");
        Files.writeString(file, each.yaml());
        var verdict = proxy.validate(file, place);
        return verdict.exitCode() == 0 ? "" : verdict.output();
    }

    /** What is held; empty if it is no document of that type, which some of them are to show. */
    private static Optional<Map<String, Map<String, Any>>> resources(Case each, String address) {
        var yaml = each.yaml();
        try {
            return TypedYaml.load(yaml) instanceof Map<?, ?> tree
                    ? Optional.of(
                            switch (each.type()) {
                                case "Cluster" -> one(ResourceType.CLUSTER, tree);
                                case "Listener" -> one(ResourceType.LISTENER, here(yaml, address));
                                case "HttpConnectionManager" ->
                                        one(ResourceType.LISTENER, listener(tree, address));
                                case "RouteConfiguration" -> routes(tree, address);
                                default -> throw new IllegalArgumentException(each.type());
                            })
                    : Optional.empty();
        } catch (IllegalArgumentException | YamlEngineException e) {
            return Optional.empty();
        }
    }

    private static Map<?, ?> here(String yaml, String address) {
        var text = yaml.replace("127.0.0.1", address);
        return TypedYaml.load(text) instanceof Map<?, ?> tree ? tree : Map.of();
    }

    private static Map<String, Map<String, Any>> one(ResourceType type, Map<?, ?> tree) {
        var name = tree.containsKey("name") ? String.valueOf(tree.get("name")) : "";
        return Map.of(type.typeUrl(), Map.of(name, TypedYaml.pack(type.typeUrl(), tree)));
    }

    private static Map<?, ?> listener(Map<?, ?> manager, String address) {
        var typed = new LinkedHashMap<Object, Object>();
        typed.put("@type", MANAGER);
        typed.putAll(manager);
        return Map.of(
                "name",
                "embedded",
                "address",
                Map.of("socket_address", Map.of("address", address, "port_value", 4000)),
                "filter_chains",
                List.of(
                        Map.of(
                                "filters",
                                List.of(Map.of("name", "manager", "typed_config", typed)))));
    }

    private static Map<String, Map<String, Any>> routes(Map<?, ?> tree, String address) {
        var named = new LinkedHashMap<Object, Object>(tree);
        named.put("name", "embedded");
        var router =
                Map.of(
                        "name",
                        "router",
                        "typed_config",
                        Map.of(
                                "@type",
                                "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"));
        var source = Map.of("ads", Map.of(), "resource_api_version", "V3");
        var manager =
                Map.of(
                        "stat_prefix",
                        "embedded",
                        "rds",
                        Map.of("route_config_name", "embedded", "config_source", source),
                        "http_filters",
                        List.of(router));
        var resources = new TreeMap<>(one(ResourceType.LISTENER, listener(manager, address)));
        resources.putAll(one(ResourceType.ROUTE, named));
        return resources;
    }

    private static List<Case> cases() throws IOException {
        var cases = new ArrayList<Case>();
        for (var each : new ObjectMapper().readTree(Files.readString(FILE))) {
            cases.add(
                    new Case(
                            cases.size(),
                            each.path("test").asText(),
                            each.path("type").asText(),
                            each.path("yaml").asText()));
        }
        return cases;
    }
}
