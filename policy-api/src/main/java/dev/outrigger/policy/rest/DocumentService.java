// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.model.DocumentSet;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicyKind;
import dev.outrigger.policy.model.StoredDocument;
import dev.outrigger.policy.patch.JsonPatch;
import dev.outrigger.policy.patch.MergePatch;
import dev.outrigger.policy.patch.PatchFailure;
import dev.outrigger.policy.plan.Effects;
import dev.outrigger.policy.plan.Overridden;
import dev.outrigger.policy.rest.Operation.MediaSchema;
import dev.outrigger.policy.status.PolicyStatus;
import dev.outrigger.policy.status.StatusSource;
import dev.outrigger.policy.store.Action;
import dev.outrigger.policy.store.DocumentOutcome;
import dev.outrigger.policy.store.DocumentPatch;
import dev.outrigger.policy.store.PolicyStore;
import dev.outrigger.policy.store.PolicyWrite;
import dev.outrigger.policy.store.PolicyWrites;
import dev.outrigger.policy.store.WriteOutcome;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** {@code /api/v1/{plural}}: the documents of one kind. */
final class DocumentService {
    private static final String MERGE_PATCH = "application/merge-patch+json";
    private static final String JSON_PATCH = "application/json-patch+json";
    private static final int DEFAULT_LIMIT = 100;
    private static final int MAX_LIMIT = 500;
    private static final Pattern LABEL = Pattern.compile("[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?");

    private final PolicyKind<?> kind;
    private final PolicyStore store;
    private final PolicyWrites writes;
    private final StatusSource proxies;
    private final Effects effects;
    private final ApiMetrics metrics;
    private final Cursors cursors;
    private final Snapshots snapshots;

    DocumentService(
            PolicyKind<?> kind,
            PolicyStore store,
            PolicyWrites writes,
            StatusSource proxies,
            Effects effects,
            ApiMetrics metrics,
            Cursors cursors,
            Snapshots snapshots) {
        this.kind = kind;
        this.store = store;
        this.writes = writes;
        this.proxies = proxies;
        this.effects = effects;
        this.metrics = metrics;
        this.cursors = cursors;
        this.snapshots = snapshots;
    }

    List<Operation> operations() {
        String all = "/api/v1/" + kind.plural();
        String one = all + "/{name}";
        String word = kind.specType().getSimpleName().replace("Spec", "");
        var document =
                List.of(
                        new MediaSchema("application/yaml", kind.kind()),
                        new MediaSchema("application/json", kind.kind()));
        return List.of(
                Operation.of("GET", all, "list" + word)
                        .saying("The documents of kind " + kind.kind() + ", page by page.")
                        .needing(Role.VIEWER)
                        .taking(Parameters.IN_NAMESPACE, Parameters.SELECTOR)
                        .taking(Parameters.limit(DEFAULT_LIMIT, MAX_LIMIT), Parameters.CURSOR)
                        .replying(
                                200,
                                "A page, in the order of namespaces and names; all pages are of"
                                        + " one revision.",
                                "application/json",
                                kind.kind() + "List",
                                "Link")
                        .refusing(410)
                        .by(this::list),
                Operation.of("POST", all, "create" + word)
                        .saying("Creates a document.")
                        .needing(Role.EDITOR)
                        .taking(Parameters.DRY_RUN)
                        .taking(Parameters.WRITER)
                        .reading(true, document.toArray(MediaSchema[]::new))
                        .replying(
                                201, "Created.", "application/json", "Written", "ETag", "Location")
                        .replying(
                                200,
                                "Would be created; or had been, by a request with the same"
                                        + " idempotency key.",
                                "application/json",
                                "Written",
                                "ETag",
                                "Location")
                        .refusing(404, 409, 412, 422, 503, 507)
                        .by(this::create),
                Operation.of("GET", one, "get" + word)
                        .saying("A document as its author wrote it, with its generation.")
                        .needing(Role.VIEWER)
                        .taking(Parameters.NAME, Parameters.NAMESPACE, Parameters.IF_NONE_MATCH)
                        .replying(200, "The document.", "application/json", kind.kind(), "ETag")
                        .replyingNothing(304, "As the caller knows it.", "ETag")
                        .refusing(404)
                        .by(this::get),
                Operation.of("PUT", one, "put" + word)
                        .saying("Creates or replaces a document.")
                        .needing(Role.EDITOR)
                        .taking(Parameters.NAME, Parameters.NAMESPACE, Parameters.DRY_RUN)
                        .taking(Parameters.IF_MATCH, Parameters.IF_NONE_MATCH)
                        .taking(Parameters.WRITER)
                        .reading(true, document.toArray(MediaSchema[]::new))
                        .replying(200, "Stored.", "application/json", "Written", "ETag")
                        .replying(201, "Created.", "application/json", "Written", "ETag")
                        .refusing(404, 409, 412, 422, 428, 503, 507)
                        .by(this::put),
                Operation.of("PATCH", one, "patch" + word)
                        .saying("Changes parts of a document.")
                        .needing(Role.EDITOR)
                        .taking(Parameters.NAME, Parameters.NAMESPACE, Parameters.DRY_RUN)
                        .taking(Parameters.IF_MATCH)
                        .taking(Parameters.WRITER)
                        .reading(
                                true,
                                new MediaSchema(MERGE_PATCH, "MergePatch"),
                                new MediaSchema(JSON_PATCH, "JsonPatch"))
                        .replying(200, "Stored.", "application/json", "Written", "ETag")
                        .refusing(404, 409, 412, 422, 428, 503, 507)
                        .by(this::patch),
                Operation.of("DELETE", one, "delete" + word)
                        .saying("Deletes a document that no other refers to.")
                        .needing(Role.EDITOR)
                        .taking(Parameters.NAME, Parameters.NAMESPACE, Parameters.DRY_RUN)
                        .taking(Parameters.IF_MATCH)
                        .taking(Parameters.WRITER)
                        .replying(200, "Deleted.", "application/json", "Written")
                        .refusing(404, 409, 412, 422, 428, 503, 507)
                        .by(this::delete),
                Operation.of("GET", one + "/status", "status" + word)
                        .saying("What became of a document, with each proxy's answer.")
                        .needing(Role.VIEWER)
                        .taking(Parameters.NAME, Parameters.NAMESPACE)
                        .replying(200, "Its status.", "application/json", "DocumentStatus")
                        .refusing(404)
                        .by(this::status));
    }

    private void list(ServerRequest request, ServerResponse response, Caller caller) {
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
                        .filter(document -> Permissions.isListed(caller, document.id(), namespace))
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
            new NextPage("/api/v1/" + kind.plural(), limit)
                    .with("namespace", namespace)
                    .with(
                            "labelSelector",
                            Optional.of(selectorText).filter(text -> !text.isEmpty()))
                    .tell(response, root, cursor);
        }
        Responses.json(response, 200, root);
    }

    private void get(ServerRequest request, ServerResponse response, Caller caller) {
        PolicyId id = id(request);
        Permissions.requireVisible(caller, id);
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
    private void status(ServerRequest request, ServerResponse response, Caller caller) {
        PolicyId id = id(request);
        Permissions.requireVisible(caller, id);
        StoredDocument document =
                store.documents()
                        .find(id)
                        .orElseThrow(() ->
                                Problem.of(404, "Not found", id + " does not exist.").raise());
        ObjectNode root = Json.object();
        Json.identify(root, id);
        root.set(
                "status",
                Json.policyStatus(
                        PolicyStatus.of(
                                id,
                                document.generation(),
                                proxies.proxies(id),
                                overridden(id, caller))));
        Responses.json(response, 200, root);
    }

    /** Without naming what the caller may not see. */
    private List<Overridden> overridden(PolicyId id, Caller caller) {
        return effects.overridden(store.documents().policies(), id).stream()
                .map(one ->
                        new Overridden(
                                one.consumer(),
                                one.rule(),
                                one.block(),
                                PlanJson.shown(one.by(), caller)))
                .toList();
    }

    private void create(ServerRequest request, ServerResponse response, Caller caller) {
        boolean dryRun = Requests.flag(request, "dryRun");
        var body = Bodies.of(request);
        var write = writes.create(kind.kind(), body.bytes(), body.format());
        var written = run("create", write, body.bytes(), request, caller);
        var document = written.documents().getFirst();
        response.header(
                HeaderNames.LOCATION,
                "/api/v1/"
                        + kind.plural()
                        + "/"
                        + document.id().name()
                        + (document.id().namespace().equals(PolicyId.DEFAULT_NAMESPACE)
                                ? ""
                                : "?namespace=" + document.id().namespace()));
        boolean isNew = !dryRun && !written.replayed();
        send(response, isNew ? 201 : 200, written, dryRun);
    }

    private void put(ServerRequest request, ServerResponse response, Caller caller) {
        boolean dryRun = Requests.flag(request, "dryRun");
        PolicyId id = id(request);
        Permissions.requireVisible(caller, id);
        var precondition = Requests.precondition(request);
        var body = Bodies.of(request);
        var write = writes.put(id, body.bytes(), body.format(), precondition);
        var written = run("put", write, body.bytes(), request, caller);
        boolean created = written.documents().getFirst().action() == Action.CREATED && !dryRun;
        send(response, created ? 201 : 200, written, dryRun);
    }

    private void patch(ServerRequest request, ServerResponse response, Caller caller) {
        boolean dryRun = Requests.flag(request, "dryRun");
        PolicyId id = id(request);
        Permissions.requireVisible(caller, id);
        var precondition = Requests.precondition(request);
        var body = Bodies.of(request);
        var write = writes.patch(id, patch(body), precondition);
        var written = run("patch", write, body.bytes(), request, caller);
        send(response, 200, written, dryRun);
    }

    private static DocumentPatch patch(Bodies.Body body) {
        JsonNode patch = Json.patch(body.bytes());
        if (body.type().equals(MERGE_PATCH)) {
            if (!patch.isObject()) {
                throw malformed("A merge patch of a document is an object.");
            }
            return document -> MergePatch.apply(patch, document);
        }
        try {
            return JsonPatch.parse(patch)::apply;
        } catch (PatchFailure e) {
            throw malformed(e.detail());
        }
    }

    private static Problem.Raised malformed(String detail) {
        return Problem.of(400, "Patch cannot be read", detail).raise();
    }

    private void delete(ServerRequest request, ServerResponse response, Caller caller) {
        PolicyId id = id(request);
        Permissions.requireVisible(caller, id);
        var write = writes.delete(id, Requests.precondition(request));
        var written = run("delete", write, new byte[0], request, caller);
        Responses.json(response, 200, Json.written(written, Requests.flag(request, "dryRun")));
    }

    private WriteOutcome.Written run(
            String operation,
            PolicyWrite write,
            byte[] body,
            ServerRequest request,
            Caller caller) {
        boolean dryRun = Requests.flag(request, "dryRun");
        var context = Requests.writeContext(request, body, caller);
        WriteOutcome outcome =
                writes.run(Requests.guarded(write, context, request, caller), context, dryRun);
        metrics.write(operation, WriteResults.word(outcome, dryRun));
        return Responses.requireWritten(outcome);
    }

    private static void send(
            ServerResponse response, int status, WriteOutcome.Written written, boolean dryRun) {
        DocumentOutcome document = written.documents().getFirst();
        if (document.generation() > 0) {
            response.header(HeaderNames.ETAG, ETags.of(document.generation()));
        }
        Responses.json(response, status, Json.written(written, dryRun));
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

    /** Sorts as the set does: no character of a name sorts before the blank. */
    private static String key(StoredDocument document) {
        return document.id().namespace() + " " + document.id().name();
    }
}
