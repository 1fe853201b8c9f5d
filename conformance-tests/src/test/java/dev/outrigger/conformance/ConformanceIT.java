// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.outrigger.conformance.compare.Comparison;
import dev.outrigger.conformance.compare.Difference;
import dev.outrigger.conformance.compare.KnownDivergences;
import dev.outrigger.conformance.compare.Mismatch;
import dev.outrigger.conformance.exchange.CaseGroup;
import dev.outrigger.conformance.exchange.CaseReader;
import dev.outrigger.conformance.exchange.Exchange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every case on a real Envoy and on the Java data plane: the written expectation must hold on
 * Envoy, then on ours, and both must look alike but for the reviewed divergences. {@code
 * -Doutrigger.cases=retry,upgrade} runs the cases whose id begins so.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConformanceIT {
    private static final Path CASES = Path.of("src/test/resources/cases");
    private static final Path DIVERGENCES = Path.of("../docs/divergences.md");
    private static final Path REPORT = Path.of("target/conformance-differences.md");

    private static final int TIMES = 3;

    private final SelectedCases selected = SelectedCases.fromProperty();

    private KnownDivergences known;
    private StagePair stages;

    @BeforeAll
    void prepare(@TempDir Path folder) throws IOException {
        known = KnownDivergences.read(DIVERGENCES);
        Files.createDirectories(REPORT.getParent());
        Files.deleteIfExists(REPORT);
        stages = new StagePair(Subjects.oracle(), Subjects.subject(), folder);
    }

    @AfterAll
    void end() {
        if (stages != null) {
            stages.close();
        }
    }

    @TestFactory
    Stream<DynamicContainer> behavesAsWrittenAndAsEnvoy() throws IOException {
        var groups = CaseReader.readAll(CASES);
        var containers = new ArrayList<DynamicContainer>();
        for (var group : groups) {
            var tests =
                    group.exchanges().stream()
                            .filter(exchange -> selected.contains(exchange.id()))
                            .map(each -> dynamicTest(each.id(), () -> check(group, each)))
                            .toList();
            if (!tests.isEmpty()) {
                containers.add(dynamicContainer(group.name(), tests));
            }
        }
        selected.checkMetBy(containers);
        if (selected.isAll()) {
            containers.add(
                    dynamicContainer(
                            "divergences",
                            Stream.of(dynamicTest("are all used", this::checkUnused))));
        }
        return containers.stream();
    }

    /** What differs is played again on fresh proxies: only what differs each time counts. */
    private void check(CaseGroup group, Exchange exchange) throws IOException {
        var found = find(group, exchange);
        for (int i = 1; i < TIMES && !found.isGood(); i++) {
            stages.renew();
            found = find(group, exchange);
        }
        report(exchange, found.ofSubject(), found.differences());
        assertThat(found.ofOracle())
                .as("%s: expectation on Envoy: %s", exchange.id(), exchange.why())
                .isEmpty();
        assertThat(found.ofSubject())
                .as("%s: expectation on the subject: %s", exchange.id(), exchange.why())
                .isEmpty();
        assertThat(found.differences())
                .as("%s: unexplained differences from Envoy", exchange.id())
                .isEmpty();
    }

    /** Where Envoy and the subject do not do as written, and where they differ. */
    private record Found(
            List<Mismatch> ofOracle, List<Mismatch> ofSubject, List<Difference> differences) {
        boolean isGood() {
            return ofOracle.isEmpty() && ofSubject.isEmpty() && differences.isEmpty();
        }
    }

    private Found find(CaseGroup group, Exchange exchange) throws IOException {
        var result = stages.run(group, exchange);
        return new Found(
                Mismatch.find(exchange.expectation(), result.oracle()),
                Mismatch.find(exchange.expectation(), result.subject()).stream()
                        .filter(each -> isUnexplained(exchange, each.field()))
                        .toList(),
                Comparison.of(result.oracle(), result.subject(), exchange.ignored().keySet())
                        .stream()
                        .filter(each -> isUnexplained(exchange, each.field()))
                        .toList());
    }

    private boolean isUnexplained(Exchange exchange, String field) {
        return known.explaining(exchange.id(), field).isEmpty();
    }

    private void checkUnused() {
        assertThat(known.unused()).as("divergences that no longer occur").isEmpty();
    }

    private static void report(
            Exchange exchange, List<Mismatch> mismatches, List<Difference> differences)
            throws IOException {
        if (mismatches.isEmpty() && differences.isEmpty()) {
            return;
        }
        var text = new StringBuilder("## " + exchange.id() + "\n" + exchange.why() + "\n\n");
        mismatches.forEach(
                each -> text.append("- against the expectation: ").append(each).append('\n'));
        differences.forEach(each -> text.append("- ").append(each).append('\n'));
        Files.writeString(
                REPORT, text.append('\n'), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
