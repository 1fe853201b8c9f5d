// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.model.DocumentSet;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicyKind;
import dev.outrigger.policy.model.StoredDocument;
import dev.outrigger.policy.status.PolicyStatus;
import dev.outrigger.policy.status.StatusSource;
import dev.outrigger.policy.store.Action;
import dev.outrigger.policy.store.DocumentOutcome;
import dev.outrigger.policy.store.PolicyStore;
import dev.outrigger.policy.store.PolicyWrites;
import dev.outrigger.policy.store.WriteOutcome;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRules;
import io.helidon.webserver.http.HttpService;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code /api/v1/{plural}}: the documents of one kind. */
final class DocumentService implements HttpService {
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 500;
    private static final Pattern LABEL = Pattern.compile("[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?");

    private final PolicyKind<?> kind;
    private final PolicyStore store;
    private final PolicyWrites writes;
    private final StatusSource proxies;
    private final ApiMetrics metrics;
    private final Cursors cursors;
    private final Snapshots snapshots;
    private final Bodies bodies;

    DocumentService(
            PolicyKind<?> kind,
            PolicyStore store,
            PolicyWrites writes,
            StatusSource proxies,
            ApiMetrics metrics,
            Cursors cursors,
            Snapshots snapshots,
            Bodies bodies) {
        this.kind = kind;
        this.store = store;
        this.writes = writes;
        this.proxies = proxies;
        this.metrics = metrics;
        this.cursors = cursors;
        this.snapshots = snapshots;
        this.bodies = bodies;
    }

    @Override
    public void routing(HttpRules rules) {
        rules.get("/", this::list)
                .any("/", Methods.notAllowed("GET"))
                .get("/{name}", this::get)
                .put("/{name}", this::put)
                .delete("/{name}", this::delete)
                .any("/{name}", Methods.notAllowed("GET, PUT, DELETE"))
                .get("/{name}/status", this::status)
                .any("/{name}/status", Methods.notAllowed("GET"));
    }

    private void list(ServerRequest request, ServerResponse response) {
        Requests.allowOnly(request, "namespace", "labelSelector", "limit", "cursor");
        var namespace = Requests.parameter(request, "namespace");
        String selectorText = Requests.parameter(request, "labelSelector").orElse("");
        LabelSelector selector = LabelSelector.parse(selectorText);
        int limit = Requests.number(request, "limit", DEFAULT_LIMIT, 1, MAX_LIMIT, true);
        String list = kind.plural() + "\n" + namespace.orElse("") + "\n" + selectorText;
        var position =
                Requests.parameter(request, "cursor").map(cursor -> cursors.read(list, cursor));
        DocumentSet set = position.map(this::pinned).orElseGet(store::documents);
        String after = position.map(Cursors.Position::last).orElse("");

        List<StoredDocument> found =
                set.all().stream()
                        .filter(document -> document.id().kind().equals(kind.kind()))
                        .filter(document -> namespace.isEmpty() || isIn(document, namespace.get()))
                        .filter(document -> selector.matches(document.policy().metadata().labels()))
                        .filter(document -> key(document).compareTo(after) > 0)
                        .limit(limit + 1L)
                        .toList();
        boolean hasMore = found.size() > limit;
        List<StoredDocument> page = hasMore ? found.subList(0, limit) : found;

        ObjectNode root = Json.object();
        var items = root.putArray("items");
        page.forEach(document -> items.add(Json.document(document)));
        root.put("revision", set.revision());
        if (hasMore) {
            snapshots.keep(set);
            String cursor =
                    cursors.write(list, new Cursors.Position(set.revision(), key(page.getLast())));
            root.put("next", cursor);
            response.header(
                    HeaderNames.LINK,
                    "<" + nextUri(namespace, selectorText, limit, cursor) + ">; rel=\"next\"");
        }
        Responses.json(response, 200, root);
    }

    private void get(ServerRequest request, ServerResponse response) {
        Requests.allowOnly(request, "namespace");
        PolicyId id = id(request);
        StoredDocument document =
                store.documents()
                        .find(id)
                        .orElseThrow(() ->
                                Problem.of(404, "Not found", id + " does not exist.").raise());
        response.header(HeaderNames.ETAG, ETags.of(document.generation()));
        if (ETags.isKnown(Requests.ifNoneMatch(request), document.generation())) {
            response.status(304).send();
            return;
        }
        Responses.json(response, 200, Json.document(document));
    }

    /**
     * What became of the document. A resource of its own, for it changes while the document and its
     * strong tag do not.
     */
    private void status(ServerRequest request, ServerResponse response) {
        Requests.allowOnly(request, "namespace");
        PolicyId id = id(request);
        StoredDocument document =
                store.documents()
                        .find(id)
                        .orElseThrow(() ->
                                Problem.of(404, "Not found", id + " does not exist.").raise());
        ObjectNode root = Json.object();
        Json.identify(root, id);
        root.set(
                "status",
                Json.policyStatus(PolicyStatus.of(id, document.generation(), proxies.proxies(id))));
        Responses.json(response, 200, root);
    }

    private void put(ServerRequest request, ServerResponse response) {
        Requests.allowOnly(request, "namespace", "dryRun", "message");
        boolean dryRun = Requests.flag(request, "dryRun");
        PolicyId id = id(request);
        var precondition = Requests.precondition(request);
        var body = bodies.read(request);
        var context = Requests.writeContext(request, body.bytes());
        WriteOutcome outcome =
                writes.put(id, body.bytes(), body.format(), precondition, context, dryRun);
        metrics.write("put", WriteResults.word(outcome, dryRun));
        var written = Responses.requireWritten(outcome);
        DocumentOutcome document = written.documents().getFirst();
        if (document.generation() > 0) {
            response.header(HeaderNames.ETAG, ETags.of(document.generation()));
        }
        boolean created = document.action() == Action.CREATED && !dryRun;
        Responses.json(response, created ? 201 : 200, Json.written(written, dryRun));
    }

    private void delete(ServerRequest request, ServerResponse response) {
        Requests.allowOnly(request, "namespace", "dryRun", "message");
        boolean dryRun = Requests.flag(request, "dryRun");
        PolicyId id = id(request);
        var precondition = Requests.precondition(request);
        var context = Requests.writeContext(request, new byte[0]);
        WriteOutcome outcome = writes.delete(id, precondition, context, dryRun);
        metrics.write("delete", WriteResults.word(outcome, dryRun));
        Responses.json(response, 200, Json.written(Responses.requireWritten(outcome), dryRun));
    }

    private PolicyId id(ServerRequest request) {
        String name = request.path().pathParameters().get("name");
        String namespace =
                Requests.parameter(request, "namespace").orElse(PolicyId.DEFAULT_NAMESPACE);
        for (String part : List.of(name, namespace)) {
            if (!LABEL.matcher(part).matches()) {
                throw Problem.of(
                                400,
                                "Name not valid",
                                Quoted.of(part)
                                        + " is not a name (expected: 1..63 of a-z, 0-9 and '-').")
                        .raise();
            }
        }
        return new PolicyId(kind.kind(), namespace, name);
    }

    /** The set of the list's first page, so that nothing is shown twice or left out. */
    private DocumentSet pinned(Cursors.Position position) {
        DocumentSet current = store.documents();
        if (current.revision() == position.revision()) {
            return current;
        }
        return snapshots
                .find(position.revision())
                .orElseThrow(() ->
                        Problem.of(
                                        410,
                                        "Cursor expired",
                                        "Revision "
                                                + position.revision()
                                                + " is no longer at hand: start again"
                                                + " without the cursor.")
                                .raise());
    }

    private String nextUri(Optional<String> namespace, String selector, int limit, String cursor) {
        var uri = new StringBuilder("/api/v1/").append(kind.plural());
        uri.append("?limit=").append(limit);
        namespace.ifPresent(text -> uri.append("&namespace=").append(encoded(text)));
        if (!selector.isEmpty()) {
            uri.append("&labelSelector=").append(encoded(selector));
        }
        return uri.append("&cursor=").append(cursor).toString();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static boolean isIn(StoredDocument document, String namespace) {
        return document.id().namespace().equals(namespace);
    }

    /** Sorts as the set does: no character of a name sorts before the blank. */
    private static String key(StoredDocument document) {
        return document.id().namespace() + " " + document.id().name();
    }
}
