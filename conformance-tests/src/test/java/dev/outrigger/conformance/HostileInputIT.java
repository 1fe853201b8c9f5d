// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.outrigger.conformance.WireCase.Setup;
import dev.outrigger.conformance.exchange.CaseReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Malformed, ambiguous and oversized messages, from clients and from upstreams, on both proxies in
 * one running pair: each must hold what is written, and look alike in everything else. {@code
 * wire/<setup>/manager.json} holds what a setup's connection manager says beside the usual, {@code
 * exchange.yaml} beside it the cases. {@code -Doutrigger.cases=default/d01} plays the cases whose
 * id begins so.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileInputIT {
    private static final Path CASES = Path.of("src/test/resources/wire");

    private final SelectedCases selected = SelectedCases.fromProperty();
    private final Map<String, List<WireCase>> sets = new LinkedHashMap<>();
    private Map<String, WirePlay.Outcome> outcomes = Map.of();

    @BeforeAll
    void play(@TempDir Path folder) throws IOException {
        List<Path> files;
        try (var tree = Files.walk(CASES)) {
            files = tree.filter(each -> each.endsWith("exchange.yaml")).sorted().toList();
        }
        var all = new ArrayList<WireCase>();
        for (var file : files) {
            var setup = Setup.of(Files.readString(file.resolveSibling("manager.json")).strip());
            var cases =
                    CaseReader.read(CASES, file).stream()
                            .filter(each -> selected.contains(each.id()))
                            .map(each -> WireCase.of(each, setup))
                            .toList();
            sets.put(String.valueOf(CASES.relativize(file).getParent()), cases);
            all.addAll(cases);
        }
        selected.checkMetBy(all);
        outcomes = new WirePlay(Subjects.oracle(), Subjects.subject(), folder).play(all);
    }

    @TestFactory
    Stream<DynamicContainer> isAnsweredAsWrittenAndAsByEnvoy() {
        return sets.entrySet().stream()
                .map(set ->
                        dynamicContainer(
                                set.getKey(),
                                set.getValue().stream()
                                        .map(each -> dynamicTest(each.id(), () -> check(each)))));
    }

    private void check(WireCase each) {
        assertThat(outcomes.get(each.id()))
                .as("%s: %s", each.id(), each.steps())
                .satisfies(outcome -> {
                    assertThat(outcome.ofOracle()).as("expectation on Envoy").isEmpty();
                    assertThat(outcome.ofSubject()).as("expectation on ours").isEmpty();
                    assertThat(outcome.differences()).as("differences from Envoy").isEmpty();
                });
    }
}
