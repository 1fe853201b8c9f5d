// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every scenario of xds-test-harness in every variant it is meant for. The feature files are not
 * ours and not in this repository; without them there is nothing to run, and that is said.
 */
class HarnessTest {
    private static final Optional<Path> SCENARIOS =
            List.of("../shared", "../../shared").stream()
                    .map(folder -> Path.of(folder, "data", "xds-test-harness"))
                    .filter(Files::isDirectory)
                    .findFirst();

    @Test
    void scenariosAreThere() {
        assumeTrue(
                SCENARIOS.isPresent(),
                "no ../shared/data/xds-test-harness: its scenarios are NOT run");
    }

    @TestFactory
    List<DynamicTest> scenarios() throws IOException {
        var tests = new ArrayList<DynamicTest>();
        if (SCENARIOS.isEmpty()) {
            return tests;
        }
        try (var files = Files.list(SCENARIOS.get())) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".feature")).sorted().toList()) {
                var feature = Feature.read(file);
                assertThat(feature.scenarios()).as("%s", file).isNotEmpty();
                feature.scenarios().forEach(scenario -> tests.addAll(tests(feature, scenario)));
            }
        }
        // As many rows as its own runner has, for the variants that the tags name.
        assertThat(tests).hasSize(98);
        return tests;
    }

    private static List<DynamicTest> tests(Feature feature, Feature.Scenario scenario) {
        var tests = new ArrayList<DynamicTest>();
        for (boolean incremental : new boolean[] {false, true}) {
            for (boolean aggregated : new boolean[] {false, true}) {
                if (scenario.tags().contains(incremental ? "incremental" : "sotw")
                        && scenario.tags().contains(aggregated ? "aggregated" : "non-aggregated")) {
                    tests.add(
                            DynamicTest.dynamicTest(
                                    feature.name()
                                            + (incremental ? " incremental" : " sotw")
                                            + (aggregated ? " aggregated " : " non-aggregated ")
                                            + scenario.name(),
                                    () -> run(scenario, incremental, aggregated)));
                }
            }
        }
        return tests;
    }

    private static void run(Feature.Scenario scenario, boolean incremental, boolean aggregated)
            throws Exception {
        try (var steps = new HarnessSteps(incremental, aggregated)) {
            for (String step : scenario.steps()) {
                try {
                    steps.run(step);
                } catch (AssertionError failed) {
                    throw new AssertionError("step: " + step, failed);
                }
            }
            steps.assertNothingMore();
        }
    }
}
