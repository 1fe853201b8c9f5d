// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.outrigger.conformance.ThirdPartyData.Request;
import dev.outrigger.conformance.ThirdPartyData.Routes;
import dev.outrigger.conformance.compare.Comparison;
import dev.outrigger.conformance.exchange.CaseGroup;
import dev.outrigger.conformance.exchange.ClientStep;
import dev.outrigger.conformance.exchange.Exchange;
import dev.outrigger.conformance.exchange.Expectation;
import dev.outrigger.conformance.exchange.Transport;
import dev.outrigger.conformance.exchange.ValueMatcher;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The route configurations of Envoy's own tests, where they are beside this repository: both
 * proxies must give the same verdict on each and the same answers to its requests. What the files
 * expect does not count; Envoy's answer does. {@code third-party/refused.yaml} lists what ours
 * refuses.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ThirdPartyRoutesIT {
    private static final Path REFUSED = Path.of("src/test/resources/third-party/refused.yaml");

    private ProxyUnderTest oracle;
    private ProxyUnderTest subject;
    private StagePair stages;
    private Path folder;
    private Map<?, ?> reasons;

    @BeforeAll
    void prepare(@TempDir Path temp) throws IOException {
        Assumptions.assumeTrue(
                ThirdPartyData.isThere(), "no third-party data beside the repository");
        folder = temp;
        oracle = Subjects.oracle();
        subject = Subjects.subject();
        stages = new StagePair(oracle, subject, folder);
        reasons =
                (Map<?, ?>)
                        new Load(LoadSettings.builder().build())
                                .loadFromString(Files.readString(REFUSED));
    }

    @AfterAll
    void end() {
        if (stages != null) {
            stages.close();
        }
    }

    @TestFactory
    Stream<DynamicContainer> answersAsEnvoy() throws IOException {
        var containers = new ArrayList<DynamicContainer>();
        for (Routes routes : ThirdPartyData.routes()) {
            containers.add(container(routes));
        }
        containers.add(container(ThirdPartyData.headerMatchers()));
        return containers.stream();
    }

    private DynamicContainer container(Routes routes) throws IOException {
        String bootstrap = ThirdPartyData.bootstrap(routes.config());
        if (reasons.containsKey(routes.name())) {
            return dynamicContainer(
                    routes.name(),
                    List.of(
                            dynamicTest(
                                    "is refused: " + reasons.get(routes.name()),
                                    () -> isStillRefused(routes.name(), bootstrap))));
        }
        Path file = folder.resolve(routes.name().replace('/', '-') + ".yaml");
        Files.writeString(file, bootstrap);
        var exchanges = new ArrayList<Exchange>();
        routes.requests().forEach(each -> exchanges.add(exchange(routes.name(), each)));
        var group =
                new CaseGroup(
                        routes.name().replace('/', '-'),
                        file,
                        CaseGroup.Source.BOOTSTRAP,
                        exchanges);
        var tests = new ArrayList<DynamicTest>();
        for (int i = 0; i < exchanges.size(); i++) {
            Exchange exchange = exchanges.get(i);
            boolean random = routes.requests().get(i).random();
            tests.add(
                    dynamicTest(
                            exchange.id(),
                            () -> {
                                Assumptions.assumeFalse(random, "decided by a random number");
                                compare(group, exchange);
                            }));
        }
        return dynamicContainer(routes.name(), tests);
    }

    private static Exchange exchange(String group, Request request) {
        var anything = new TreeMap<String, ValueMatcher>();
        anything.put("responses", new ValueMatcher.Exactly("1"));
        return new Exchange(
                group + "/" + request.name(),
                "as in Envoy's own test",
                "main",
                Transport.PLAIN,
                List.of(new ClientStep.Send(request.text()), new ClientStep.AwaitResponses(1)),
                Map.of(),
                new Expectation(anything),
                Map.of());
    }

    private void compare(CaseGroup group, Exchange exchange) throws IOException {
        var result = stages.run(group, exchange);
        assertThat(Comparison.of(result.oracle(), result.subject(), exchange.ignored().keySet()))
                .as("%s: differences from Envoy", exchange.id())
                .isEmpty();
    }

    private void isStillRefused(String name, String bootstrap) throws IOException {
        assertThat(exitCode(oracle, name, bootstrap)).as("Envoy").isZero();
        assertThat(exitCode(subject, name, bootstrap))
                .as("%s is listed in %s", name, REFUSED)
                .isNotZero();
    }

    @TestFactory
    Stream<DynamicTest> refusesAsEnvoy() throws IOException {
        return ThirdPartyData.refused().entrySet().stream()
                .map(each ->
                        dynamicTest(
                                each.getKey(),
                                () ->
                                        sameVerdict(
                                                each.getKey(),
                                                ThirdPartyData.bootstrap(each.getValue()))));
    }

    private void sameVerdict(String name, String bootstrap) {
        var ofOracle = CompletableFuture.supplyAsync(() -> exitCode(oracle, name, bootstrap));
        int ofSubject = exitCode(subject, name, bootstrap);
        assertThat(ofSubject).as("exit code of ours").isEqualTo(ofOracle.join());
    }

    private int exitCode(ProxyUnderTest proxy, String name, String bootstrap) {
        try {
            Path file = folder.resolve(proxy.name() + "-" + name.replaceAll("\\W", "_") + ".yaml");
            Files.writeString(
                    file,
                    bootstrap
                            .replace(
                                    "${admin}",
                                    "{address: {socket_address: {address: 127.0.0.1, port_value:"
                                            + " 0}}}")
                            .replace("${accessLog}", "[]")
                            .replace("${upstream.b}", "1"));
            return proxy.validate(file, folder).exitCode();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
