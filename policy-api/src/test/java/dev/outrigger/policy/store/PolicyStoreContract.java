// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrigger.policy.document.DocumentReader.Format;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.store.WriteOutcome.Written;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What every store must do, whatever its engine. One subclass per engine. */
abstract class PolicyStoreContract extends StoreStory {
    @Test
    void startsEmptyAtRevisionZero() {
        assertThat(store.documents().revision()).isZero();
        assertThat(store.current().all()).isEmpty();
        assertThat(store.revisions(Long.MAX_VALUE, 10)).isEmpty();
    }

    @Test
    void keepsWhatItAcknowledgedAcrossReopening() {
        apply(service("b", 80));
        apply(service("c", 80));
        reopen();

        assertThat(store.documents().revision()).isEqualTo(2);
        assertThat(store.documents().find(id("b")).orElseThrow().generation()).isEqualTo(1);
        assertThat(store.documents().find(id("c")).orElseThrow().generation()).isEqualTo(2);
        Revision second = store.findRevision(2).orElseThrow();
        assertThat(second.author()).isEqualTo("ada");
        assertThat(second.message()).isEqualTo("why");
        assertThat(second.time()).isEqualTo(now);
        assertThat(apply(service("d", 80)).revision()).isEqualTo(3);
    }

    @Test
    void anUnchangedSaveMakesNoRevisionAndWakesNobody() throws Exception {
        apply(service("b", 80));
        var told = new LinkedBlockingQueue<Long>();
        store.onChange(set -> told.add(set.revision()));
        assertThat(told.poll(5, TimeUnit.SECONDS)).isEqualTo(1);

        Written again = apply(service("b", 80).replace("{name: b}", "{\"name\": \"b\"}"));
        apply(service("c", 80));

        assertThat(again.changed()).isFalse();
        assertThat(again.documents().getFirst().action()).isEqualTo(Action.UNCHANGED);
        // The next thing heard is the later change, so the unchanged save told nothing.
        assertThat(told.poll(5, TimeUnit.SECONDS)).isEqualTo(2);
    }

    @Test
    void storesAllOfASubmissionOrNothing() {
        String good = service("b", 80);
        String dangling =
                """
                apiVersion: outrigger.dev/v1alpha1
                kind: TrafficPolicy
                metadata: {name: p}
                spec: {targetRefs: [{kind: Service, name: nobody}], retry: {}}
                """;

        WriteOutcome outcome =
                writes.commit(writes.apply(bytes(good + "---\n" + dangling), Format.YAML), NOBODY);

        assertThat(outcome).isInstanceOf(WriteOutcome.Invalid.class);
        assertThat(store.documents().revision()).isZero();
        reopen();
        assertThat(store.documents().size()).isZero();
    }

    @Test
    void aDecisionThatThrowsLeavesNothing() {
        assertThatThrownBy(() ->
                        store.write(
                                NOBODY,
                                _ -> {
                                    throw new IllegalStateException("no");
                                }))
                .hasMessage("no");

        assertThat(apply(service("b", 80)).revision()).isEqualTo(1);
    }

    @Test
    void showsDeletionsInTheFeed() {
        apply(service("b", 80) + "---\n" + service("c", 80));
        writes.commit(writes.delete(id("b"), new Precondition.Exists()), NOBODY);
        apply(service("d", 80));
        reopen();

        assertThat(store.feed(0, 10))
                .extracting(entry -> entry.id().name() + "@" + entry.generation())
                .containsExactly("c@1", "b@2", "d@3");
        assertThat(store.feed(1, 10).getFirst().json()).isEmpty();
        assertThat(store.feed(1, 1)).hasSize(1);
        assertThat(store.findRevision(2).orElseThrow().changes().getFirst().action())
                .isEqualTo(Action.DELETED);
    }

    @Test
    void aNameThatComesBackHasANewGeneration() {
        apply(service("b", 80));
        writes.commit(writes.delete(id("b"), new Precondition.Exists()), NOBODY);

        Written back = apply(service("b", 80));

        assertThat(back.documents().getFirst())
                .isEqualTo(new DocumentOutcome(id("b"), Action.CREATED, 3));
    }

    @Test
    void listsRevisionsLatestFirst() {
        apply(service("b", 80));
        apply(service("b", 81));
        apply(service("b", 82));

        assertThat(store.revisions(Long.MAX_VALUE, 2))
                .extracting(Revision::number)
                .containsExactly(3L, 2L);
        Revision.Change change = store.findRevision(2).orElseThrow().changes().getFirst();
        assertThat(change.before().orElseThrow()).contains("\"port\":80");
        assertThat(change.after().orElseThrow()).contains("\"port\":81");
        assertThat(store.findRevision(4)).isEmpty();
    }

    @Test
    void remembersAnIdempotencyKeyForADay() {
        var keyed = keyed("f1");
        Written first = applyAs(keyed, service("b", 80));
        apply(service("b", 81));
        reopen();

        Written repeated = applyAs(keyed, service("b", 80));
        assertThat(repeated.replayed()).isTrue();
        assertThat(repeated.documents()).isEqualTo(first.documents());
        assertThat(store.documents().revision()).isEqualTo(2);
        assertThat(writes.commit(writes.apply(bytes(service("b", 80)), Format.YAML), keyed("f2")))
                .isInstanceOf(WriteOutcome.KeyReused.class);

        now = now.plus(Duration.ofHours(24));
        assertThat(applyAs(keyed, service("b", 80)).revision()).isEqualTo(3);
    }

    @Test
    void doesNotRememberARefusedWrite() {
        var keyed = keyed("f1");
        WriteOutcome refused = writes.commit(writes.apply(bytes("kind: X"), Format.YAML), keyed);
        assertThat(refused).isInstanceOf(WriteOutcome.Invalid.class);

        assertThat(applyAs(keyed, service("b", 80)).replayed()).isFalse();
    }

    @Test
    void concurrentWritersGetRevisionsWithoutGaps() throws Exception {
        List<Callable<Long>> writers = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String document = service("s" + i, 80);
            writers.add(() -> apply(document).revision());
        }

        List<Long> revisions = new ArrayList<>();
        try (var executor = Executors.newFixedThreadPool(8)) {
            for (var future : executor.invokeAll(writers)) {
                revisions.add(future.get());
            }
        }

        assertThat(revisions).containsExactlyInAnyOrderElementsOf(range(40));
        assertThat(store.documents().size()).isEqualTo(40);
    }

    @Test
    void tellsListenersOnItsOwnThreadInOrder() throws Exception {
        var threads = new LinkedBlockingQueue<Thread>();
        var told = new LinkedBlockingQueue<Long>();
        store.onChange(set -> {
            threads.add(Thread.currentThread());
            told.add(set.revision());
        });
        for (int i = 1; i <= 20; i++) {
            apply(service("b", i));
        }

        List<Long> heard = new ArrayList<>();
        while (heard.isEmpty() || heard.getLast() < 20) {
            Long revision = told.poll(5, TimeUnit.SECONDS);
            assertThat(revision).isNotNull();
            heard.add(revision);
        }
        assertThat(heard).isSorted().doesNotHaveDuplicates();
        assertThat(threads.stream().distinct()).hasSize(1).doesNotContain(Thread.currentThread());
    }

    @Test
    void aSlowListenerSeesTheLatest() throws Exception {
        var release = new CountDownLatch(1);
        var entered = new CountDownLatch(1);
        var told = new LinkedBlockingQueue<Long>();
        store.onChange(set -> {
            entered.countDown();
            await(release);
            told.add(set.revision());
        });
        await(entered);
        for (int i = 1; i <= 5; i++) {
            apply(service("b", i));
        }
        release.countDown();

        assertThat(told.poll(5, TimeUnit.SECONDS)).isZero();
        assertThat(told.poll(5, TimeUnit.SECONDS)).isEqualTo(5);
    }

    @Test
    void aListenerThatThrowsDoesNotHurtTheOthers() throws Exception {
        var told = new LinkedBlockingQueue<Long>();
        store.onChange(_ -> {
            throw new IllegalStateException("listener");
        });
        store.onChange(set -> told.add(set.revision()));
        apply(service("b", 80));
        apply(service("c", 80));

        Long last = 0L;
        while (last < 2) {
            last = told.poll(5, TimeUnit.SECONDS);
            assertThat(last).isNotNull();
        }
    }

    @Test
    void aClosedRegistrationHearsNothing() throws Exception {
        var gone = new LinkedBlockingQueue<PolicySet>();
        var told = new LinkedBlockingQueue<Long>();
        var registration = store.onChange(gone::add);
        assertThat(gone.poll(5, TimeUnit.SECONDS)).isNotNull();
        registration.close();
        registration.close();
        store.onChange(set -> told.add(set.revision()));
        apply(service("b", 80));

        Long last = 0L;
        while (last < 1) {
            last = told.poll(5, TimeUnit.SECONDS);
            assertThat(last).isNotNull();
        }
        assertThat(gone).isEmpty();
    }

    @Test
    void refusesWritesOnceClosed() {
        store.close();

        assertThatThrownBy(() -> apply(service("b", 80)))
                .isInstanceOfSatisfying(
                        StoreUnavailable.class,
                        e -> assertThat(e.reason()).isEqualTo(StoreUnavailable.Reason.CLOSED));
        assertThat(store.failure()).isPresent();
    }

    private static List<Long> range(int last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(5, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
