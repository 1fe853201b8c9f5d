// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.policy.document.Gep2257Duration;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The control plane's REST API. Blocking; any thread. Every answer that is not the wanted one
 * becomes a {@link CliFailure} with the exit code of docs/cli.md.
 */
public final class ControlPlaneClient implements AutoCloseable {
    /** More than any page the server gives, and an end for a server that never stops. */
    private static final int MAX_PAGES = 10_000;

    private final RestTransport rest;

    /** Whether writes change what is managed elsewhere as well. */
    private final boolean insists;

    private ControlPlaneClient(RestTransport rest, boolean insists) {
        this.rest = rest;
        this.insists = insists;
    }

    /** The same connection, whose writes also change documents that are managed by git. */
    public ControlPlaneClient insisting(boolean force) {
        return new ControlPlaneClient(rest, force);
    }

    private void insist(Map<String, String> query) {
        if (insists) {
            query.put("force", "true");
        }
    }

    /**
     * A client for {@code http://host:port}, or {@code host:port} for short.
     *
     * @param timeout for each request; waiting for proxies comes on top where it is asked for
     */
    public static ControlPlaneClient of(String server, Duration timeout) {
        return of(server, timeout, Credentials.NONE, _ -> {});
    }

    /**
     * As {@link #of(String, Duration)}, saying who calls.
     *
     * @param trace is told of every request
     */
    public static ControlPlaneClient of(
            String server, Duration timeout, Credentials credentials, Consumer<String> trace) {
        return new ControlPlaneClient(RestTransport.of(server, timeout, credentials, trace), false);
    }

    /** One stored document and the tag that a change of it must name. */
    public record Tagged(JsonNode document, String etag) {}

    /**
     * Stores all documents of the bundle or none.
     *
     * @param prune a label selector: what has these labels and is not submitted is deleted
     */
    public JsonNode apply(
            DocumentBundle bundle,
            DryRun dryRun,
            Optional<String> message,
            Optional<String> prune) {
        var query = new LinkedHashMap<String, String>();
        dryRun.word().ifPresent(word -> query.put("dryRun", word));
        message.ifPresent(text -> query.put("message", text));
        prune.ifPresent(selector -> query.put("prune", selector));
        insist(query);
        return rest.submit(
                rest.request("/api/v1/apply", query)
                        .header("Content-Type", bundle.contentType())
                        .post(bundle.body()),
                bundle);
    }

    /** Commits exactly that plan. */
    public JsonNode commit(String plan, Optional<String> message) {
        var query = new LinkedHashMap<String, String>();
        query.put("plan", plan);
        message.ifPresent(text -> query.put("message", text));
        insist(query);
        return rest.ask(rest.request("/api/v1/apply", query).post(), "the plan");
    }

    /**
     * Whatever answers a GET.
     *
     * @param subject what it is, for a refusal
     */
    public JsonNode read(String path, Map<String, String> query, String subject) {
        return rest.ask(rest.request(path, query), subject);
    }

    /** Every document of a kind, page after page. */
    public List<JsonNode> list(
            ResourceKind kind, Optional<String> namespace, Optional<String> selector) {
        var query = new LinkedHashMap<String, String>();
        namespace.ifPresent(value -> query.put("namespace", value));
        selector.ifPresent(value -> query.put("labelSelector", value));
        return pages("/api/v1/" + kind.plural(), query, kind.plural());
    }

    private List<JsonNode> pages(String path, Map<String, String> query, String subject) {
        var items = new ArrayList<JsonNode>();
        for (int page = 0; page < MAX_PAGES; page++) {
            var answer = read(path, query, subject);
            answer.path("items").forEach(items::add);
            var next = answer.path("next").asText("");
            if (next.isEmpty()) {
                return List.copyOf(items);
            }
            query.put("cursor", next);
        }
        throw CliFailure.of(ExitCode.BUG, subject + ": more than " + MAX_PAGES + " pages");
    }

    /** One document. */
    public Tagged document(ResourceKind kind, String namespace, String name) {
        var answer =
                rest.good(
                        rest.request(path(kind, name), Map.of("namespace", namespace)),
                        subject(kind, namespace, name));
        return new Tagged(rest.json(answer), answer.header("ETag").orElse("*"));
    }

    /** Deletes the document if it still is the one with that tag; returns the answer, if any. */
    public JsonNode delete(
            ResourceKind kind,
            String namespace,
            String name,
            String etag,
            Map<String, String> options) {
        var query = new LinkedHashMap<>(Map.of("namespace", namespace));
        query.putAll(options);
        insist(query);
        var answer =
                rest.good(
                        rest.request(path(kind, name), query).header("If-Match", etag).delete(),
                        subject(kind, namespace, name));
        return answer.body().isBlank() ? MissingNode.getInstance() : rest.json(answer);
    }

    /** Every proxy the control plane knows. */
    public List<JsonNode> proxies() {
        return proxies(Optional.empty());
    }

    /** Every proxy whose metadata has these texts. */
    public List<JsonNode> proxies(Optional<String> selector) {
        Map<String, String> query =
                selector.map(labels -> Map.of("labelSelector", labels)).orElse(Map.of());
        var answer = read("/api/v1/proxies", query, "proxies");
        var proxies = new ArrayList<JsonNode>();
        (answer.isArray() ? answer : answer.path("items")).forEach(proxies::add);
        return proxies;
    }

    public JsonNode proxy(String id) {
        return read(proxyPath(id), Map.of(), "proxy '" + id + "'");
    }

    /** Every resource a proxy was given, page after page; empty words ask for all. */
    public List<JsonNode> resources(String id, String type, String name) {
        var query = new LinkedHashMap<String, String>();
        query.put("limit", "500");
        if (!type.isEmpty()) {
            query.put("type", type);
        }
        if (!name.isEmpty()) {
            query.put("name", name);
        }
        return pages(proxyPath(id) + "/xds", query, "proxy '" + id + "'");
    }

    /** What stands between what a proxy was given and what the documents ask for. */
    public JsonNode outstanding(String id, Optional<String> plan) {
        return read(
                proxyPath(id) + "/diff",
                plan.map(name -> Map.of("plan", name)).orElse(Map.of()),
                "proxy '" + id + "'");
    }

    /** The lines of the stream of changes, until the server ends it or the reader closes it. */
    public Stream<String> watch(Optional<Long> since, Optional<String> selector) {
        var query = new LinkedHashMap<String, String>();
        since.ifPresent(revision -> query.put("since", Long.toString(revision)));
        selector.ifPresent(labels -> query.put("labelSelector", labels));
        return rest.lines(
                rest.request("/api/v1/watch", query)
                        .header("Accept", "text/event-stream, application/problem+json"),
                "watch");
    }

    /** What became of a document. */
    public JsonNode status(ResourceKind kind, String namespace, String name) {
        return read(
                path(kind, name) + "/status",
                Map.of("namespace", namespace),
                subject(kind, namespace, name));
    }

    /** The number of the last revision; fails if nothing was ever stored. */
    public long lastRevision() {
        var revisions = read("/api/v1/revisions", Map.of("limit", "1"), "revisions").path("items");
        if (revisions.isEmpty()) {
            throw CliFailure.of(ExitCode.NOT_FOUND, "nothing was ever stored");
        }
        return revisions.path(0).path("revision").asLong();
    }

    /**
     * Undoes a revision by a new one; with {@code dryRun} only says what would be.
     *
     * @param only one document of it, as {@code Kind/namespace/name}
     */
    public JsonNode rollback(
            long revision, boolean dryRun, Optional<String> message, Optional<String> only) {
        var query = new LinkedHashMap<String, String>();
        if (dryRun) {
            query.put("dryRun", "true");
        }
        only.ifPresent(document -> query.put("only", document));
        message.ifPresent(text -> query.put("message", text));
        insist(query);
        return rest.ask(
                rest.request("/api/v1/revisions/" + revision + "/rollback", query).post(),
                "revision " + revision);
    }

    /** Whether it answers and says that it is ready to serve. */
    public boolean isReady() {
        return rest.answers(rest.request("/health/ready", Map.of()), 200);
    }

    /** Waits until the connected proxies concerned have answered, or the wait is over. */
    public JsonNode awaitSync(long revision, Duration wait) {
        return rest.json(
                rest.good(
                        rest.request(
                                "/api/v1/revisions/" + revision + "/sync",
                                Map.of("timeout", Gep2257Duration.format(wait))),
                        wait.plus(rest.timeout()),
                        "revision " + revision));
    }

    /** The time it is there, from the head of any answer; empty if it does not say. */
    public Optional<String> date() {
        return rest.good(rest.request("/health/live", Map.of()), "health").header("Date");
    }

    /** When the control plane's certificate expires; empty in plaintext. */
    public Optional<Instant> certificateEnd() {
        return rest.good(rest.request("/health/live", Map.of()), "health")
                .session()
                .map(RestTransport::ownCertificate)
                .map(certificate -> certificate.getNotAfter().toInstant());
    }

    /** A JSON body whatever the status: what is ready and what is not. */
    public JsonNode readiness() {
        return rest.json(rest.any(rest.request("/health/ready", Map.of())));
    }

    /** Lets go of the control plane; no connection outlives its answer. */
    @Override
    public void close() {}

    private static String proxyPath(String id) {
        return "/api/v1/proxies/" + RestTransport.encode(id);
    }

    private static String path(ResourceKind kind, String name) {
        return "/api/v1/" + kind.plural() + "/" + RestTransport.encode(name);
    }

    private static String subject(ResourceKind kind, String namespace, String name) {
        var where = namespace.equals("default") ? "" : " in namespace '" + namespace + "'";
        return kind.kind() + " '" + name + "'" + where;
    }
}
