// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import dev.outrigger.conformance.exchange.CaseGroup;
import dev.outrigger.conformance.exchange.Exchange;
import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.stage.Stage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Oracle and subject on stages of their own, both playing the same exchange at the same time.
 * Stages stay open while exchanges of the same group come.
 */
public final class StagePair implements AutoCloseable {
    private final ProxyUnderTest oracle;
    private final ProxyUnderTest subject;
    private final Path folder;
    private final ExecutorService threads = Executors.newFixedThreadPool(2);
    private int opened;
    private Optional<CaseGroup> current = Optional.empty();
    private Opened oracleStage = new Opened(Optional.empty(), "");
    private Opened subjectStage = new Opened(Optional.empty(), "");

    public StagePair(ProxyUnderTest oracle, ProxyUnderTest subject, Path folder) {
        this.oracle = oracle;
        this.subject = subject;
        this.folder = folder;
    }

    /** The normalised fields of both. */
    public record Result(SortedMap<String, String> oracle, SortedMap<String, String> subject) {}

    public Result run(CaseGroup group, Exchange exchange) throws IOException {
        if (!current.equals(Optional.of(group))) {
            closeStages();
            current = Optional.of(group);
            opened++;
            var both =
                    both(
                            () -> open(oracle, group, "oracle-" + opened),
                            () -> open(subject, group, "subject-" + opened));
            oracleStage = both.oracle();
            subjectStage = both.subject();
        }
        var first = oracleStage.require();
        var second = subjectStage.require();
        var both = both(() -> play(first, exchange), () -> play(second, exchange));
        return new Result(both.oracle(), both.subject());
    }

    /** Whatever is run next is run on fresh proxies. */
    public void renew() {
        closeStages();
    }

    @Override
    public void close() {
        closeStages();
        threads.shutdownNow();
    }

    /** A stage, or why it could not be opened, which every exchange of the group then says. */
    private record Opened(Optional<Stage> stage, String failure) {
        Stage require() throws IOException {
            return stage.orElseThrow(() -> new IOException(failure));
        }

        void close() {
            stage.ifPresent(Stage::close);
        }
    }

    private Opened open(ProxyUnderTest proxy, CaseGroup group, String side) throws IOException {
        var workdir = folder.resolve(group.name()).resolve(side);
        try {
            return new Opened(Optional.of(Stage.open(proxy, group, workdir)), "");
        } catch (IOException e) {
            var failure = proxy.name() + " did not start with " + group.config() + ": ";
            return new Opened(Optional.empty(), failure + e.getMessage());
        }
    }

    private static SortedMap<String, String> play(Stage stage, Exchange exchange)
            throws IOException {
        return stage.normalizer().apply(stage.run(exchange).fields());
    }

    private void closeStages() {
        CompletableFuture.allOf(
                        CompletableFuture.runAsync(oracleStage::close, threads),
                        CompletableFuture.runAsync(subjectStage::close, threads))
                .join();
        current = Optional.empty();
    }

    private record Both<T>(T oracle, T subject) {}

    /** Both, even when the first one fails, so that nothing started stays behind. */
    private <T> Both<T> both(Callable<T> ofOracle, Callable<T> ofSubject) throws IOException {
        var first = threads.submit(ofOracle);
        var second = threads.submit(ofSubject);
        var later = get(second);
        return new Both<>(get(first), later);
    }

    private static <T> T get(Future<T> future) throws IOException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause() == null ? e : e.getCause());
        }
    }
}
