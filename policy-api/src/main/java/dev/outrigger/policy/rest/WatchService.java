// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.store.PolicySource;
import dev.outrigger.policy.store.PolicyStore;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code GET /api/v1/watch}: every change of a document as a server-sent event, from a revision on.
 * One virtual thread per watcher; how many there may be is bounded, in all and for one client.
 */
final class WatchService {
    private static final HeaderName LAST_EVENT_ID = HeaderNames.create("Last-Event-ID");

    private final PolicyStore store;
    private final WatchLimits limits;
    private final ApiMetrics metrics;
    private final Map<String, Integer> watchers = new HashMap<>();
    private int total;

    WatchService(PolicyStore store, WatchLimits limits, ApiMetrics metrics) {
        this.store = store;
        this.limits = limits;
        this.metrics = metrics;
        metrics.gauge("outrigger.watchers", "Clients that watch", this, WatchService::count);
    }

    List<Operation> operations() {
        return List.of(
                Operation.of("GET", "/api/v1/watch", "watch")
                        .saying("Every change of a document as it happens, as server-sent events.")
                        .needing(Role.VIEWER)
                        .waiting()
                        .taking(
                                Parameters.query(
                                        "since",
                                        Parameters.number(0, Long.MAX_VALUE),
                                        "The last revision the caller knows; 0 for all documents,"
                                                + " default what stands now."),
                                Parameters.selector(
                                        "Only documents with these labels; one that no longer has"
                                                + " them is told of as deleted"),
                                Parameters.header(
                                        "Last-Event-ID",
                                        Parameters.text("^[0-9]{1,18}$"),
                                        "As since, and before it: what browsers send when they"
                                                + " connect again."))
                        .replying(
                                200,
                                "Events put, delete and, last, end; id is the revision they"
                                        + " complete.",
                                "text/event-stream",
                                "Text")
                        .refusing(410)
                        .by(this::watch));
    }

    private void watch(ServerRequest request, ServerResponse response, Caller caller) {
        LabelSelector selector = Requests.selector(request);
        long last = store.documents().revision();
        long since = since(request, last);
        if (since > last) {
            throw Requests.badParameter(
                    "since", since + " is in the future (expected: 0.." + last + ").");
        }
        if (since != 0 && since < store.feedFloor()) {
            throw Problem.of(
                            410,
                            "Revision gone",
                            "Deletions before revision "
                                    + store.feedFloor()
                                    + " are no longer at hand: read all documents again, with"
                                    + " since=0.")
                    .raise();
        }
        String client = caller.isAuthenticated() ? caller.name() : request.remotePeer().host();
        enter(client);
        try {
            response.header(HeaderNames.CONTENT_TYPE, "text/event-stream");
            response.header(HeaderNames.CACHE_CONTROL, "no-store");
            // Else a proxy in between collects events until a buffer is full.
            response.header(HeaderNames.create("X-Accel-Buffering"), "no");
            var signal = new WatchSignal();
            try (var out = response.outputStream();
                    PolicySource.Registration _ = store.onChange(_ -> signal.raise())) {
                new Watcher(
                                store,
                                caller,
                                out,
                                signal,
                                limits,
                                new WatchSelection(selector, since == 0))
                        .run(since);
            } catch (IOException | UncheckedIOException e) {
                metrics.watchEnded("disconnected");
            }
        } finally {
            leave(client);
        }
    }

    private static long since(ServerRequest request, long fallback) {
        Optional<String> header = request.headers().first(LAST_EVENT_ID);
        if (header.isEmpty()) {
            return Requests.longNumber(request, "since", fallback, 0, Long.MAX_VALUE);
        }
        if (!header.get().matches("[0-9]{1,18}")) {
            throw Requests.badParameter(
                    "Last-Event-ID", Quoted.of(header.get()) + " is not a revision.");
        }
        return Long.parseLong(header.get());
    }

    private synchronized void enter(String client) {
        int mine = watchers.getOrDefault(client, 0);
        if (total >= limits.maxWatchers() || mine >= limits.maxWatchersPerClient()) {
            throw Problem.of(
                            429,
                            "Too many watchers",
                            mine >= limits.maxWatchersPerClient()
                                    ? client + " watches " + mine + " times already."
                                    : total + " clients watch already.")
                    .withHeader("Retry-After", "5")
                    .raise();
        }
        watchers.put(client, mine + 1);
        total++;
    }

    private synchronized void leave(String client) {
        watchers.computeIfPresent(client, (_, count) -> count == 1 ? null : count - 1);
        total--;
    }

    private synchronized int count() {
        return total;
    }
}
