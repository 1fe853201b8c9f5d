// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.Subjects;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * What was seen on both proxies, played at the same time, each in a folder of its own.
 *
 * @param oracle by what was looked at
 */
record SideBySide(Map<String, String> oracle, Map<String, String> subject) {
    /** Plays everything on one proxy. */
    interface Play {
        Map<String, String> on(ProxyUnderTest proxy, Path folder) throws IOException;
    }

    static SideBySide play(Path folder, Play play) throws IOException {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var first = threads.submit(() -> play.on(Subjects.oracle(), folder.resolve("oracle")));
            var second =
                    threads.submit(() -> play.on(Subjects.subject(), folder.resolve("subject")));
            var subject = get(second);
            return new SideBySide(get(first), subject);
        }
    }

    /** A test for each thing that was looked at. */
    Stream<DynamicTest> comparisons() {
        return oracle.entrySet().stream()
                .map(each ->
                        DynamicTest.dynamicTest(
                                each.getKey(),
                                () ->
                                        assertThat(subject.get(each.getKey()))
                                                .isEqualTo(each.getValue())));
    }

    /** What another thread has brought, or why it failed. */
    static <T> T get(Future<T> future) throws IOException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }
}
