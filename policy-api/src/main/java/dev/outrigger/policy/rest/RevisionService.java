// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.status.StatusSource;
import dev.outrigger.policy.store.PolicyStore;
import dev.outrigger.policy.store.PolicyWrites;
import dev.outrigger.policy.store.Revision;
import dev.outrigger.policy.store.WriteContext;
import dev.outrigger.policy.store.WriteOutcome;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;

/** {@code /api/v1/revisions}: the log of writes, whether one is live, and undoing one. */
final class RevisionService implements HttpService {
    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_LIMIT = 500;
    private static final Duration DEFAULT_WAIT = Duration.ofSeconds(30);
    static final Duration MAX_WAIT = Duration.ofMinutes(5);
    private static final String LIST = "revisions";

    /** Waiting costs little, but not nothing. */
    private final Semaphore waiting = new Semaphore(256);

    private final PolicyStore store;
    private final PolicyWrites writes;
    private final ApiMetrics metrics;
    private final StatusSource status;
    private final Cursors cursors;

    RevisionService(
            PolicyStore store,
            PolicyWrites writes,
            ApiMetrics metrics,
            StatusSource status,
            Cursors cursors) {
        this.store = store;
        this.writes = writes;
        this.metrics = metrics;
        this.status = status;
        this.cursors = cursors;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/", this::list)
                .any("/", Methods.notAllowed("GET"))
                .get("/{number}", this::get)
                .any("/{number}", Methods.notAllowed("GET"))
                .get("/{number}/sync", this::sync)
                .any("/{number}/sync", Methods.notAllowed("GET"))
                .post("/{number}/rollback", this::rollback)
                .any("/{number}/rollback", Methods.notAllowed("POST"));
    }

    /** A new revision in which everything is as it was before that one. */
    private void rollback(ServerRequest request, ServerResponse response) {
        Requests.allowOnly(request, "dryRun", "message");
        boolean dryRun = Requests.flag(request, "dryRun");
        Revision revision = require(request);
        var given = Requests.writeContext(request, new byte[0]);
        var context =
                given.message().isEmpty()
                        ? new WriteContext(
                                given.author(),
                                "Rolls back revision " + revision.number(),
                                given.source(),
                                given.key())
                        : given;
        WriteOutcome outcome = writes.undo(revision, context, dryRun);
        metrics.write("rollback", WriteResults.word(outcome, dryRun));
        Responses.json(response, 200, Json.written(Responses.requireWritten(outcome), dryRun));
    }

    private void list(ServerRequest request, ServerResponse response) {
        Requests.allowOnly(request, "limit", "cursor");
        int limit = Requests.number(request, "limit", DEFAULT_LIMIT, 1, MAX_LIMIT, true);
        long before =
                Requests.parameter(request, "cursor")
                        .map(cursor -> cursors.read(LIST, cursor).revision())
                        .orElse(Long.MAX_VALUE);
        List<Revision> found = store.revisions(before, limit + 1);
        boolean hasMore = found.size() > limit;
        List<Revision> page = hasMore ? found.subList(0, limit) : found;
        ObjectNode root = Json.object();
        var items = root.putArray("items");
        page.forEach(revision -> items.add(Json.revision(revision, false)));
        root.put("revision", store.documents().revision());
        if (hasMore) {
            root.put(
                    "next", cursors.write(LIST, new Cursors.Position(page.getLast().number(), "")));
        }
        Responses.json(response, 200, root);
    }

    private void get(ServerRequest request, ServerResponse response) {
        Requests.allowOnly(request);
        Responses.json(response, 200, Json.revision(require(request), true));
    }

    private void sync(ServerRequest request, ServerResponse response) throws InterruptedException {
        Requests.allowOnly(request, "timeout");
        Duration timeout = Requests.duration(request, "timeout", DEFAULT_WAIT, MAX_WAIT);
        long number = number(request);
        long last = store.documents().revision();
        if (number > last) {
            throw notFound(number, last);
        }
        if (!waiting.tryAcquire()) {
            throw Problem.of(503, "Too many waiting", "Too many requests wait for a revision.")
                    .withHeader("Retry-After", "1")
                    .raise();
        }
        try {
            Responses.json(response, 200, Json.sync(status.awaitSync(number, timeout)));
        } finally {
            waiting.release();
        }
    }

    private Revision require(ServerRequest request) {
        long number = number(request);
        return store.findRevision(number)
                .orElseThrow(() -> notFound(number, store.documents().revision()));
    }

    private static Problem.Raised notFound(long number, long last) {
        return Problem.of(
                        404,
                        "Not found",
                        "There is no revision " + number + " (the last one is " + last + ").")
                .raise();
    }

    private static long number(ServerRequest request) {
        String text = request.path().pathParameters().get("number");
        if (!text.matches("[0-9]{1,18}")) {
            throw Problem.of(
                            400,
                            "Revision not valid",
                            Quoted.of(text) + " is not a revision (expected: a number).")
                    .raise();
        }
        return Long.parseLong(text);
    }
}
