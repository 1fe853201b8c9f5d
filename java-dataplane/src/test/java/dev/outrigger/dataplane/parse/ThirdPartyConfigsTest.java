// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.parse;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Configurations of Envoy's own tests, where the data is beside this repository. */
class ThirdPartyConfigsTest {
    private static final Path DATA = Path.of("..", "..", "shared", "data");

    /** Refused only because that test registers a metadata factory of its own. */
    private static final String FACTORY_OF_A_TEST = "RouteConfigurationV2.BrokenTypedMetadata";

    static Stream<Case> refusedRoutes() throws IOException {
        return read("envoy-route-matcher/rejected_configs.json", "RouteConfiguration");
    }

    static Stream<Case> embedded() throws IOException {
        return read("envoy-embedded-configs/configs.json", "");
    }

    record Case(String test, String type, boolean isRefused, String yaml) {
        @Override
        public String toString() {
            return test;
        }
    }

    private static Stream<Case> read(String file, String type) throws IOException {
        Path path = DATA.resolve(file);
        if (!Files.exists(path)) {
            return Stream.of(new Case("no data", "", false, ""));
        }
        JsonArray all = JsonParser.parseString(Files.readString(path)).getAsJsonArray();
        return StreamSupport.stream(all.spliterator(), false)
                .map(JsonElement::getAsJsonObject)
                .map(each -> one(each, type));
    }

    private static Case one(JsonObject each, String type) {
        boolean refused =
                !each.has("outcome") || each.get("outcome").getAsString().equals("rejected");
        return new Case(
                each.get("test").getAsString(),
                each.has("type") ? each.get("type").getAsString() : type,
                refused,
                each.get("yaml").getAsString());
    }

    @ParameterizedTest
    @MethodSource("refusedRoutes")
    void refusesRoutesThatEnvoyRefuses(Case each) {
        Assumptions.assumeFalse(each.yaml().isEmpty(), "no third-party data beside the repository");

        assertThat(isRefused(each)).isTrue();
    }

    /**
     * Envoy's other refusals may need state a file alone does not have; none may crash a parser.
     */
    @ParameterizedTest
    @MethodSource("embedded")
    void readsOrRefusesWithoutAFault(Case each) {
        Assumptions.assumeFalse(each.yaml().isEmpty(), "no third-party data beside the repository");

        boolean refused = isRefused(each);

        boolean mustRefuse =
                each.isRefused()
                        && each.type().equals("RouteConfiguration")
                        && !each.test().equals(FACTORY_OF_A_TEST);
        assertThat(refused || !mustRefuse).isTrue();
    }

    /** A document the descriptors cannot hold is refused by the loader before any parser. */
    private static boolean isRefused(Case each) {
        try {
            return switch (each.type()) {
                case "RouteConfiguration" ->
                        rejected(
                                RouteParser.parse(
                                        Protos.merge(each.yaml(), RouteConfiguration.newBuilder())
                                                .build(),
                                        Outcomes.XDS));
                case "Cluster" ->
                        rejected(
                                ClusterParser.parse(
                                        Protos.merge(each.yaml(), Cluster.newBuilder()).build(),
                                        Outcomes.XDS));
                case "Listener" ->
                        rejected(
                                ListenerParser.parse(
                                        Protos.merge(each.yaml(), Listener.newBuilder()).build(),
                                        Outcomes.XDS));
                default -> true;
            };
        } catch (IllegalArgumentException e) {
            return true;
        } catch (org.snakeyaml.engine.v2.exceptions.YamlEngineException e) {
            return true;
        }
    }

    private static boolean rejected(Parsed<?> parsed) {
        return parsed instanceof Parsed.Rejected<?>;
    }
}
