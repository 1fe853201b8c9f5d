// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.Subjects;
import dev.outrigger.conformance.delivery.ControlPlaneCases.Case;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Both proxies with control planes that are slow, wrong, hostile or gone: they ask for and answer
 * the same, in the same order, and are left with the same.
 */
class ControlPlaneIT {
    private static final int CASES_AT_ONCE = 3;

    private final Semaphore atOnce = new Semaphore(CASES_AT_ONCE);

    /** Whether nobody waits for cases that have not begun. */
    private volatile boolean over;

    @TempDir Path folder;

    /** What each proxy was seen to do. */
    private record Played(List<String> theirs, List<String> ours) {}

    @TestFactory
    Stream<DynamicTest> stateOfTheWorld() {
        var cases = new LinkedHashMap<>(ControlPlaneCases.all());
        cases.putAll(AcceptanceCases.all());
        cases.putAll(ArrivalCases.all());
        return tests("GRPC", cases);
    }

    @TestFactory
    Stream<DynamicTest> delta() {
        return tests("DELTA_GRPC", DeltaControlPlaneCases.all());
    }

    @TestFactory
    Stream<DynamicTest> listenerFilters() {
        return tests("GRPC", ListenerFilterCases.all());
    }

    @TestFactory
    Stream<DynamicTest> scopes() {
        return tests("GRPC", ScopeCases.all());
    }

    @TestFactory
    Stream<DynamicTest> virtualHosts() {
        return Stream.concat(
                tests("GRPC", VirtualHostCases.stateOfTheWorld()),
                tests("DELTA_GRPC", VirtualHostCases.delta()));
    }

    private Stream<DynamicTest> tests(String apiType, Map<String, Case> cases) {
        var only = System.getProperty("delivery.case", "");
        var played = new LinkedHashMap<String, CompletableFuture<Played>>();
        cases.forEach((name, each) -> {
            if (name.contains(only)) {
                played.put(name, begin(apiType, name, each));
            }
        });
        return played.entrySet().stream()
                .map(each ->
                        DynamicTest.dynamicTest(
                                each.getKey(), () -> assertAlike(each.getValue().join())))
                .onClose(() -> end(played.values()));
    }

    /** When one case alone is run again, nobody waits for the others: the folder is theirs too. */
    private void end(Collection<CompletableFuture<Played>> played) {
        over = true;
        played.forEach(each -> each.handle((done, failure) -> done).join());
    }

    /** Most of a case is waiting: the next ones are played meanwhile. */
    private CompletableFuture<Played> begin(String apiType, String name, Case played) {
        return inBackground(() -> {
            atOnce.acquireUninterruptibly();
            try {
                if (over) {
                    throw new CancellationException("nobody waits for this case any more");
                }
                var theirs =
                        inBackground(
                                () -> play("oracle", Subjects.oracle(), apiType, name, played));
                var ours = play("subject", Subjects.subject(), apiType, name, played);
                return new Played(theirs.join(), ours);
            } finally {
                atOnce.release();
            }
        });
    }

    private static <T> CompletableFuture<T> inBackground(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, task -> Thread.ofVirtual().start(task));
    }

    private static void assertAlike(Played played) {
        assertThat(played.ours())
                .as("beside Envoy's:%n%s", String.join("\n", played.theirs()))
                .isEqualTo(played.theirs());
    }

    private List<String> play(
            String as, ProxyUnderTest proxy, String apiType, String name, Case played) {
        var here = folder.resolve(apiType + "-" + as + "-" + name.replaceAll("\\W", "-"));
        Dialogue dialogue;
        try {
            dialogue = new Dialogue(proxy, apiType, played, here);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try (dialogue) {
            played.play().accept(dialogue);
        }
        return dialogue.seen();
    }
}
