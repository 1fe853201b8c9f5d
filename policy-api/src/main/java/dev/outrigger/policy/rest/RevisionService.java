// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.status.ProxyStatus;
import dev.outrigger.policy.status.StatusSource;
import dev.outrigger.policy.status.SyncReport;
import dev.outrigger.policy.store.PolicyStore;
import dev.outrigger.policy.store.PolicyWrites;
import dev.outrigger.policy.store.Revision;
import dev.outrigger.policy.store.StoredJson;
import dev.outrigger.policy.store.WriteContext;
import dev.outrigger.policy.store.WriteOutcome;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code /api/v1/revisions}: the log of writes, whether one is live, and undoing one. */
final class RevisionService {
    /** A diff reads them all. */
    private static final int MAX_DIFFED = 1_000;

    /** A list that selects by labels looks at so many changes, then goes on as another page. */
    private static final int MAX_EXAMINED = 20_000;

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
    private final Set<String> kinds;

    RevisionService(
            PolicyStore store,
            PolicyWrites writes,
            ApiMetrics metrics,
            StatusSource status,
            Cursors cursors,
            Set<String> kinds) {
        this.store = store;
        this.writes = writes;
        this.metrics = metrics;
        this.status = status;
        this.cursors = cursors;
        this.kinds = Set.copyOf(kinds);
    }

    List<Operation> operations() {
        String all = "/api/v1/revisions";
        String one = all + "/{number}";
        var number =
                Parameters.path(
                        "number", Parameters.number(0, Long.MAX_VALUE), "The revision's number.");
        return List.of(
                Operation.of("GET", all, "listRevisions")
                        .saying("The log of writes, the latest first.")
                        .needing(Role.VIEWER)
                        .taking(
                                Parameters.query(
                                        "document",
                                        Parameters.limited(200),
                                        "Only those that changed this document: Kind/name or"
                                                + " Kind/namespace/name."),
                                Parameters.selector(
                                        "Only those that changed a document which had or then has"
                                                + " these labels"))
                        .taking(Parameters.limit(DEFAULT_LIMIT, MAX_LIMIT), Parameters.CURSOR)
                        .replying(200, "A page.", "application/json", "RevisionList", "Link")
                        .by(this::list),
                Operation.of("GET", one, "getRevision")
                        .saying(
                                "A write with the documents before and after it, and what became of it"
                                        + " on the proxies.")
                        .needing(Role.VIEWER)
                        .taking(number)
                        .replying(200, "The revision.", "application/json", "Revision")
                        .refusing(404)
                        .by(this::get),
                Operation.of("GET", one + "/diff", "diffRevision")
                        .saying("What changed up to a revision, as a JSON Patch per document.")
                        .needing(Role.VIEWER)
                        .taking(
                                number,
                                Parameters.query(
                                        "from",
                                        Parameters.number(0, Long.MAX_VALUE),
                                        "Since which revision; default the one before."))
                        .replying(200, "The changes.", "application/json", "RevisionDiff")
                        .refusing(404)
                        .by(this::diff),
                Operation.of("GET", one + "/sync", "syncRevision")
                        .saying("Waits until the proxies concerned have a revision.")
                        .needing(Role.VIEWER)
                        .waiting()
                        .taking(
                                number,
                                Parameters.query(
                                        "timeout",
                                        Parameters.duration(),
                                        "How long to wait, at most 5m; default 30s."))
                        .replying(200, "As far as it got.", "application/json", "SyncReport")
                        .refusing(404, 503)
                        .by(this::sync),
                Operation.of("POST", one + "/rollback", "rollbackRevision")
                        .saying("Undoes a revision by a new one.")
                        .needing(Role.EDITOR)
                        .taking(number, Parameters.DRY_RUN)
                        .taking(
                                Parameters.query(
                                        "only",
                                        Parameters.limited(200),
                                        "Only this document of it: Kind/name or"
                                                + " Kind/namespace/name."))
                        .taking(Parameters.WRITER)
                        .replying(200, "Undone.", "application/json", "Written")
                        .refusing(404, 409, 412, 422, 503, 507)
                        .by(this::rollback));
    }

    /** A new revision in which everything is as it was before that one. */
    private void rollback(ServerRequest request, ServerResponse response, Caller caller) {
        boolean dryRun = Requests.flag(request, "dryRun");
        var only = Requests.parameter(request, "only").map(text -> document("only", text));
        Revision revision = require(request, caller);
        if (only.isPresent()
                && revision.changes().stream()
                        .noneMatch(change -> change.id().equals(only.get()))) {
            throw Problem.of(
                            404,
                            "Not found",
                            "Revision " + revision.number() + " did not change " + only.get() + ".")
                    .raise();
        }
        var given = Requests.writeContext(request, new byte[0], caller);
        var context =
                given.message().isEmpty()
                        ? new WriteContext(
                                given.author(),
                                "Rolls back revision " + revision.number(),
                                given.source(),
                                given.key())
                        : given;
        var write = writes.undo(revision, id -> only.isEmpty() || only.get().equals(id));
        WriteOutcome outcome =
                writes.run(Requests.guarded(write, context, request, caller), context, dryRun);
        metrics.write("rollback", WriteResults.word(outcome, dryRun));
        Responses.json(response, 200, Json.written(Responses.requireWritten(outcome), dryRun));
    }

    private void list(ServerRequest request, ServerResponse response, Caller caller) {
        int limit = Requests.number(request, "limit", DEFAULT_LIMIT, 1, MAX_LIMIT, true);
        var text = Requests.parameter(request, "document");
        var document = text.map(given -> document("document", given));
        var labels = Requests.parameter(request, "labelSelector").filter(given -> !given.isBlank());
        LabelSelector selector = Requests.selector(request);
        String list =
                LIST
                        + document.map(id -> "\n" + id).orElse("")
                        + labels.map(given -> "\n\n" + given).orElse("");
        long before =
                Requests.parameter(request, "cursor")
                        .map(cursor -> cursors.read(list, cursor).revision())
                        .orElse(Long.MAX_VALUE);
        var page = page(before, limit, document, selector);
        ObjectNode root = Json.object();
        var items = root.putArray("items");
        page.revisions().stream()
                .filter(revision -> isVisible(caller, revision))
                .forEach(revision -> items.add(json(revision, false, caller)));
        root.put("revision", store.documents().revision());
        if (page.next().isPresent()) {
            String cursor = cursors.write(list, new Cursors.Position(page.next().getAsLong(), ""));
            new NextPage("/api/v1/revisions", limit)
                    .with("document", text)
                    .with("labelSelector", labels)
                    .tell(response, root, cursor);
        }
        Responses.json(response, 200, root);
    }

    /**
     * Some revisions, the latest first.
     *
     * @param next the revision below which the next page begins, if there may be one
     */
    private record Page(List<Revision> revisions, OptionalLong next) {}

    private Page page(long before, int limit, Optional<PolicyId> document, LabelSelector selector) {
        var page = new ArrayList<Revision>();
        long next = before;
        int examined = 0;
        while (examined < MAX_EXAMINED) {
            List<Revision> found = store.revisions(next, limit + 1, document);
            for (Revision revision : found) {
                next = revision.number();
                examined += revision.changes().size();
                if (!isSelected(revision, selector)) {
                    continue;
                }
                if (page.size() == limit) {
                    return new Page(page, OptionalLong.of(page.getLast().number()));
                }
                page.add(revision);
            }
            if (found.size() <= limit) {
                return new Page(page, OptionalLong.empty());
            }
        }
        return new Page(page, OptionalLong.of(next));
    }

    private static boolean isSelected(Revision revision, LabelSelector selector) {
        return selector.isAny()
                || revision.changes().stream()
                        .flatMap(change ->
                                Stream.concat(change.before().stream(), change.after().stream()))
                        .anyMatch(json -> selector.matches(StoredJson.read(json)));
    }

    private void get(ServerRequest request, ServerResponse response, Caller caller)
            throws InterruptedException {
        Revision revision = require(request, caller);
        ObjectNode root = json(revision, true, caller);
        var report = status.awaitSync(revision.number(), Duration.ZERO);
        root.set("sync", Json.outcome(visible(caller, report)));
        Responses.json(response, 200, root);
    }

    private void diff(ServerRequest request, ServerResponse response, Caller caller) {
        Revision to = require(request, caller);
        long from = Requests.longNumber(request, "from", to.number() - 1, 0, to.number());
        if (to.number() - from > MAX_DIFFED) {
            throw Requests.badParameter(
                    "from", "is more than " + MAX_DIFFED + " revisions before the other.");
        }
        var revisions =
                store.revisions(to.number() + 1, (int) (to.number() - from), Optional.empty());
        Responses.json(
                response,
                200,
                RevisionDiff.of(
                        from,
                        to.number(),
                        revisions.reversed(),
                        id -> caller.may(Role.VIEWER, id.namespace())));
    }

    private static ObjectNode json(Revision revision, boolean withDocuments, Caller caller) {
        return Json.revision(
                revision, withDocuments, id -> caller.may(Role.VIEWER, id.namespace()));
    }

    /** Nothing of what others do in namespaces that are not the caller's. */
    private static boolean isVisible(Caller caller, Revision revision) {
        return revision.changes().stream()
                .anyMatch(change -> caller.may(Role.VIEWER, change.id().namespace()));
    }

    private PolicyId document(String parameter, String text) {
        return PolicyId.parse(text)
                .filter(id -> kinds.contains(id.kind()))
                .orElseThrow(() ->
                        Requests.badParameter(
                                parameter,
                                Quoted.of(text)
                                        + " names no document (expected: Kind/name or"
                                        + " Kind/namespace/name, with a kind of "
                                        + String.join(", ", new TreeSet<>(kinds))
                                        + ")."));
    }

    private void sync(ServerRequest request, ServerResponse response, Caller caller)
            throws InterruptedException {
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
            var report = status.awaitSync(number, timeout);
            Responses.json(response, 200, Json.sync(visible(caller, report)));
        } finally {
            waiting.release();
        }
    }

    /** Whether it is live stays true; which proxies it is about is for those who may see them. */
    private static SyncReport visible(Caller caller, SyncReport report) {
        if (caller.may(Role.VIEWER, Caller.EVERYWHERE)) {
            return report;
        }
        var proxies =
                report.proxies().stream()
                        .filter(proxy -> ProxyService.isVisible(caller, proxy))
                        .toList();
        var ids = proxies.stream().map(ProxyStatus::id).collect(Collectors.toSet());
        return new SyncReport(
                report.revision(),
                report.publishedRevision(),
                report.synced(),
                proxies,
                report.withheld().stream()
                        .filter(each -> each.proxies().stream().anyMatch(ids::contains))
                        .toList(),
                report.missing().stream().filter(each -> ids.contains(each.proxy())).toList());
    }

    private Revision require(ServerRequest request, Caller caller) {
        long number = number(request);
        return store.findRevision(number)
                .filter(revision -> isVisible(caller, revision))
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
