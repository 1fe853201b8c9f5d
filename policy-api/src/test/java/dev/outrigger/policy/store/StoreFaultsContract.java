// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrigger.policy.document.DocumentReader.Format;
import dev.outrigger.policy.store.WriteOutcome.Written;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What no store may lose: what somebody else wrote, what a reader must know, and what it has
 * acknowledged when its disk fails. One subclass per engine.
 */
abstract class StoreFaultsContract extends StoreStory {
    @Test
    void r25RevisionsIncreaseWhereverTheClockGoes() {
        apply(service("b", 80));
        now = now.minus(Duration.ofDays(1));
        assertThat(apply(service("c", 80)).revision()).isEqualTo(2);
        now = now.plus(Duration.ofDays(2));
        assertThat(apply(service("d", 80)).revision()).isEqualTo(3);
        now = now.minus(Duration.ofDays(2));
        reopen();

        assertThat(apply(service("e", 80)).revision()).isEqualTo(4);
        assertThat(store.revisions(Long.MAX_VALUE, 10))
                .extracting(Revision::number)
                .containsExactly(4L, 3L, 2L, 1L);
        assertThat(store.feed(0, 10)).extracting(FeedEntry::generation).isSorted();
    }

    @Test
    void storesOnlyOverTheGenerationTheWriterHasSeen() {
        apply(service("b", 80));
        var seen = new Precondition.Generation(Set.of(1L));
        assertThat(put("b", 81, seen)).isInstanceOf(Written.class);

        WriteOutcome put = put("b", 82, seen);
        WriteOutcome deleted = writes.commit(writes.delete(id("b"), seen), NOBODY);
        WriteOutcome blind = put("b", 82, new Precondition.None());

        assertThat(put).isInstanceOf(WriteOutcome.Stale.class);
        assertThat(deleted).isInstanceOf(WriteOutcome.Stale.class);
        assertThat(blind).isEqualTo(new WriteOutcome.PreconditionRequired(id("b"), 2));
        reopen();
        assertThat(store.documents().revision()).isEqualTo(2);
        assertThat(store.documents().find(id("b")).orElseThrow().json()).contains("\"port\":81");
    }

    @Test
    void oneOfManyWritersWithTheSameGenerationWins() throws Exception {
        apply(service("b", 80));
        List<Callable<WriteOutcome>> writers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int port = 1_000 + i;
            writers.add(() -> put("b", port, new Precondition.Generation(Set.of(1L))));
        }

        List<WriteOutcome> outcomes = new ArrayList<>();
        try (var executor = Executors.newFixedThreadPool(8)) {
            for (var future : executor.invokeAll(writers)) {
                outcomes.add(future.get());
            }
        }

        assertThat(outcomes).filteredOn(Written.class::isInstance).hasSize(1);
        assertThat(outcomes).filteredOn(WriteOutcome.Stale.class::isInstance).hasSize(19);
        assertThat(store.documents().revision()).isEqualTo(2);
    }

    @Test
    void forgetsTheOldestDeletionsAndSaysSo() {
        maxDeletions = 2;
        reopen();
        apply(service("a", 80) + "---\n" + service("b", 80) + "---\n" + service("c", 80));
        delete("a");
        delete("b");
        assertThat(store.feedFloor()).isZero();
        delete("c");
        reopen();

        assertThat(store.feedFloor()).isEqualTo(2);
        assertThat(store.feed(2, 10))
                .extracting(entry -> entry.id().name() + "@" + entry.generation())
                .containsExactly("b@3", "c@4");
        // The log of writes is whole, and goes on.
        assertThat(store.findRevision(2).orElseThrow().changes().getFirst().before()).isPresent();
        assertThat(apply(service("a", 80)).revision()).isEqualTo(5);
        assertThat(store.documents().find(id("a")).orElseThrow().generation()).isEqualTo(5);
    }

    @ParameterizedTest
    @EnumSource(
            value = StoreFault.class,
            names = {"FULL", "READ_ONLY"})
    void r21TakesWritesAgainWhenItCan(StoreFault fault) {
        apply(service("b", 80));
        fail(fault);

        assertThatThrownBy(() -> apply(large()))
                .isInstanceOfSatisfying(
                        StoreUnavailable.class,
                        e -> assertThat(e.reason()).hasToString(fault.name()));

        assertThat(store.failure()).isEmpty();
        assertThat(store.documents().revision()).isEqualTo(1);
        assertThat(store.feed(0, 10)).hasSize(1);
        fail(StoreFault.NONE);
        assertThat(apply(large()).revision()).isEqualTo(2);
        reopen();
        assertThat(store.documents().size()).isEqualTo(301);
    }

    @ParameterizedTest
    @EnumSource(
            value = StoreFault.class,
            names = {"WRITE_FAILS", "SYNC_FAILS_AND_LOSES", "SYNC_FAILS_AND_KEEPS"})
    void f04TakesNoMoreWritesAfterTheDiskFailedUntilItIsOpenedAgain(StoreFault fault)
            throws Exception {
        apply(service("b", 80));
        var told = new LinkedBlockingQueue<Long>();
        store.onChange(set -> told.add(set.revision()));
        assertThat(told.poll(5, TimeUnit.SECONDS)).isEqualTo(1);
        fail(fault);

        assertIoError(() -> applyAs(keyed("f1"), service("c", 80) + "---\n" + service("d", 80)));
        fail(StoreFault.NONE);
        assertIoError(() -> apply(service("e", 80)));

        assertThat(store.failure()).isPresent();
        // Reading goes on, and shows nothing that may not be on the disk.
        assertThat(store.documents().revision()).isEqualTo(1);
        assertThat(told).isEmpty();
        reopen();
        assertThat(store.failure()).isEmpty();
        boolean kept = fault == StoreFault.SYNC_FAILS_AND_KEEPS;
        assertThat(store.documents().size()).as("all of it or nothing").isEqualTo(kept ? 3 : 1);
        // The key of the write settles what became of it.
        var settled = applyAs(keyed("f1"), service("c", 80) + "---\n" + service("d", 80));
        assertThat(settled.replayed()).isEqualTo(kept);
        assertThat(store.documents().size()).isEqualTo(3);
        assertThat(store.documents().revision()).isEqualTo(2);
    }

    private static void assertIoError(ThrowingCallable write) {
        assertThatThrownBy(write)
                .isInstanceOfSatisfying(
                        StoreUnavailable.class,
                        e -> assertThat(e.reason()).isEqualTo(StoreUnavailable.Reason.IO_ERROR));
    }

    private WriteOutcome put(String name, int port, Precondition precondition) {
        byte[] body = bytes(service(name, port));
        return writes.commit(writes.put(id(name), body, Format.YAML, precondition), NOBODY);
    }

    private void delete(String name) {
        var outcome = writes.commit(writes.delete(id(name), new Precondition.Exists()), NOBODY);
        assertThat(outcome).isInstanceOf(Written.class);
    }
}
