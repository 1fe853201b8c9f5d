// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.policy.store.FeedEntry;
import dev.outrigger.policy.store.PolicyStore;
import dev.outrigger.policy.store.StoreUnavailable;
import dev.outrigger.policy.store.StoredJson;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One client that watches. Sends what changed since its revision, then what changes, until the
 * client goes, is too slow, or the store closes. Confined to its thread.
 *
 * <p>Events of one revision come together; only the last of them has an id, so that a client that
 * resumes never misses the rest of a revision it saw half of.
 */
final class Watcher {
    private static final int PAGE = 500;

    /** However the signal may fail, nobody is more than this late. */
    private static final Duration POLL = Duration.ofSeconds(1);

    private final PolicyStore store;
    private final Caller caller;
    private final OutputStream out;
    private final WatchSignal signal;
    private final WatchLimits limits;
    private final WatchSelection selection;

    Watcher(
            PolicyStore store,
            Caller caller,
            OutputStream out,
            WatchSignal signal,
            WatchLimits limits,
            WatchSelection selection) {
        this.store = store;
        this.caller = caller;
        this.out = out;
        this.signal = signal;
        this.limits = limits;
        this.selection = selection;
    }

    /** Returns when there is nothing more to send; throws when the client is gone. */
    void run(long since) throws IOException {
        write("retry: 1000\n\n");
        long sent = since;
        boolean caughtUp = false;
        long quietNanos = 0;
        try {
            while (store.failure().isEmpty()) {
                long before = sent;
                sent = sendChanges(sent, caughtUp);
                if (sent < 0) {
                    return;
                }
                caughtUp = true;
                quietNanos = sent == before ? quietNanos : 0;
                long start = System.nanoTime();
                if (!signal.await(POLL)) {
                    quietNanos += System.nanoTime() - start;
                }
                if (quietNanos >= limits.heartbeat().toNanos()) {
                    write(": still here at revision " + sent + "\n\n");
                    quietNanos = 0;
                }
            }
            end(sent, "stopping", "The control plane is stopping: connect again.");
        } catch (StoreUnavailable e) {
            end(sent, "unavailable", "The store cannot be read: connect again later.");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** The revision everything was sent up to; negative if the client was too slow. */
    private long sendChanges(long since, boolean caughtUp) throws IOException {
        long target = store.documents().revision();
        long sent = since;
        int count = 0;
        while (sent < target) {
            // Whole revisions only: more documents than a page holds may share one.
            List<FeedEntry> page = store.feed(sent, PAGE);
            if (page.isEmpty()) {
                break;
            }
            int limit = PAGE;
            while (page.size() == limit
                    && page.getFirst().generation() == page.getLast().generation()) {
                limit *= 2;
                page = store.feed(sent, limit);
            }
            long last = page.getLast().generation();
            boolean mayBeCut = page.size() == limit;
            var whole =
                    mayBeCut
                            ? page.stream().filter(entry -> entry.generation() < last).toList()
                            : page;
            count += whole.size();
            if (caughtUp && count > limits.maxLag()) {
                end(
                        sent,
                        "too-slow",
                        "More than "
                                + limits.maxLag()
                                + " changes behind: connect again with Last-Event-ID "
                                + sent
                                + ".");
                return -1;
            }
            send(whole, since == 0 && !caughtUp);
            sent = whole.getLast().generation();
        }
        return Math.max(sent, target);
    }

    private void send(List<FeedEntry> entries, boolean isFirstList) throws IOException {
        var text = new StringBuilder();
        for (int i = 0; i < entries.size(); i++) {
            FeedEntry entry = entries.get(i);
            // Who begins with nothing need not hear of what is gone.
            boolean isOpen =
                    caller.may(Role.VIEWER, entry.id().namespace())
                            && !(isFirstList && entry.json().isEmpty());
            boolean isSeen = isOpen && tell(entry, text);
            boolean completes =
                    i == entries.size() - 1
                            || entries.get(i + 1).generation() != entry.generation();
            if (completes) {
                text.append("id: ").append(entry.generation()).append('\n');
            }
            if (isSeen || completes) {
                text.append('\n');
            }
        }
        write(text.toString());
    }

    /** Whether there is something to tell. */
    private boolean tell(FeedEntry entry, StringBuilder text) {
        var document = entry.json().map(StoredJson::read);
        var told = selection.of(entry.id(), document);
        switch (told) {
            case PUT -> event(text, "put", entry, document);
            case DELETE -> event(text, "delete", entry, Optional.empty());
            case NOTHING -> {}
        }
        return told != WatchSelection.Told.NOTHING;
    }

    private static void event(
            StringBuilder text, String name, FeedEntry entry, Optional<ObjectNode> document) {
        ObjectNode data = Json.object();
        Json.identify(data, entry.id());
        data.put("revision", entry.generation());
        document.ifPresent(tree -> {
            if (tree.get("metadata") instanceof ObjectNode metadata) {
                metadata.put("generation", entry.generation());
            }
            data.set("document", tree);
        });
        text.append("event: ").append(name).append("\ndata: ").append(data).append('\n');
    }

    private void end(long revision, String reason, String detail) throws IOException {
        ObjectNode data =
                Json.object().put("reason", reason).put("revision", revision).put("detail", detail);
        write("event: end\ndata: " + data + "\n\n");
    }

    /**
     * A client that reads nothing blocks its own thread only; when it does so for too long, the
     * thread is interrupted, which closes the socket under it.
     */
    private void write(String text) throws IOException {
        var deadline = new Deadline(Thread.currentThread());
        CompletableFuture.delayedExecutor(limits.writeTimeout().toNanos(), TimeUnit.NANOSECONDS)
                .execute(deadline::expire);
        try {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        } finally {
            deadline.met();
        }
    }

    /** Interrupts a thread that is late, and never one that was not. */
    private static final class Deadline {
        private final Thread thread;
        private boolean met;

        private Deadline(Thread thread) {
            this.thread = thread;
        }

        private synchronized void met() {
            met = true;
        }

        private synchronized void expire() {
            if (!met) {
                thread.interrupt();
            }
        }
    }
}
