// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.Subjects;
import dev.outrigger.conformance.delivery.ControlPlaneCases.Case;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Both proxies with control planes that are slow, wrong, hostile or gone: they ask for and answer
 * the same, in the same order, and are left with the same.
 */
class ControlPlaneIT {
    @TempDir Path folder;

    @TestFactory
    Stream<DynamicTest> stateOfTheWorld() {
        return tests("GRPC", ControlPlaneCases.all());
    }

    @TestFactory
    Stream<DynamicTest> delta() {
        return tests("DELTA_GRPC", DeltaControlPlaneCases.all());
    }

    private Stream<DynamicTest> tests(String apiType, Map<String, Case> cases) {
        var only = System.getProperty("delivery.case", "");
        return cases.entrySet().stream()
                .filter(each -> each.getKey().contains(only))
                .map(each ->
                        DynamicTest.dynamicTest(
                                each.getKey(),
                                () -> playsAlike(apiType, each.getKey(), each.getValue())));
    }

    private void playsAlike(String apiType, String name, Case played) {
        var theirs =
                CompletableFuture.supplyAsync(
                        () -> play(Subjects.oracle(), apiType, name, played),
                        task -> Thread.ofVirtual().start(task));
        var ours = play(Subjects.subject(), apiType, name, played);

        var expected = theirs.join();
        assertThat(ours).as("beside Envoy's:%n%s", String.join("\n", expected)).isEqualTo(expected);
    }

    private List<String> play(ProxyUnderTest proxy, String apiType, String name, Case played) {
        var here = folder.resolve(apiType + "-" + proxy.name() + "-" + name.replaceAll("\\W", "-"));
        Dialogue dialogue;
        try {
            dialogue = new Dialogue(proxy, apiType, played.fetchTimeout(), here);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try (dialogue) {
            played.play().accept(dialogue);
        }
        return dialogue.seen();
    }
}
