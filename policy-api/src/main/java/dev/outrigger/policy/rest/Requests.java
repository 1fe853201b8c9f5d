// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import dev.outrigger.policy.document.Gep2257Duration;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.store.PolicyWrite;
import dev.outrigger.policy.store.Precondition;
import dev.outrigger.policy.store.WriteContext;
import dev.outrigger.policy.store.WriteContext.IdempotencyKey;
import dev.outrigger.policy.store.WriteContext.Source;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads what a request says, and refuses what it should not say. */
final class Requests {
    private static final HeaderName IDEMPOTENCY_KEY = HeaderNames.create("Idempotency-Key");
    private static final HeaderName AUTHOR = HeaderNames.create("X-Outrigger-Author");
    private static final HeaderName SOURCE = HeaderNames.create("X-Outrigger-Source");
    private static final Map<String, Source> SOURCES =
            Map.of(
                    "api", Source.API,
                    "cli", Source.CLI,
                    "console", Source.CONSOLE,
                    "git", Source.GIT);
    private static final int MAX_KEY_CHARS = 255;

    private Requests() {}

    /** Refuses parameters that a call does not have: a typo must not change its meaning. */
    static void allowOnly(ServerRequest request, String... names) {
        var allowed = Set.of(names);
        for (String name : request.query().names()) {
            if (!allowed.contains(name)) {
                throw Problem.of(
                                400,
                                "Parameter not known",
                                "Parameter "
                                        + Quoted.of(name)
                                        + " is not known here (expected: "
                                        + (allowed.isEmpty()
                                                ? "none"
                                                : String.join(
                                                        ", ", allowed.stream().sorted().toList()))
                                        + ").")
                        .raise();
            }
            if (request.query().all(name).size() > 1) {
                throw badParameter(name, "is given more than once.");
            }
        }
    }

    /** What the request selects by labels; everything if it does not say. */
    static LabelSelector selector(ServerRequest request) {
        return LabelSelector.parse(parameter(request, "labelSelector").orElse(""));
    }

    static Optional<String> parameter(ServerRequest request, String name) {
        return request.query().contains(name)
                ? Optional.of(request.query().get(name))
                : Optional.empty();
    }

    static boolean flag(ServerRequest request, String name) {
        return switch (parameter(request, name).orElse("false")) {
            case "true" -> true;
            case "false" -> false;
            case String other ->
                    throw badParameter(name, Quoted.of(other) + " (expected: true or false).");
        };
    }

    /** One of some words; the first of them if it is not given. */
    static String word(ServerRequest request, String name, String... words) {
        String text = parameter(request, name).orElse(words[0]);
        if (!List.of(words).contains(text)) {
            throw badParameter(
                    name, Quoted.of(text) + " (expected: " + String.join(", ", words) + ").");
        }
        return text;
    }

    /** A number; one above the maximum counts as the maximum when {@code capped}. */
    static int number(
            ServerRequest request, String name, int fallback, int min, int max, boolean capped) {
        var text = parameter(request, name);
        if (text.isEmpty()) {
            return fallback;
        }
        boolean isNumber = text.get().matches("[0-9]{1,18}");
        long number = isNumber ? Long.parseLong(text.get()) : -1;
        if (!isNumber || number < min || (!capped && number > max)) {
            throw badParameter(
                    name, Quoted.of(text.get()) + " (expected: " + min + ".." + max + ").");
        }
        return (int) Math.min(number, max);
    }

    /** As {@link #number}, for numbers of revisions. */
    static long longNumber(ServerRequest request, String name, long fallback, long min, long max) {
        var text = parameter(request, name);
        if (text.isEmpty()) {
            return fallback;
        }
        long number = text.get().matches("[0-9]{1,18}") ? Long.parseLong(text.get()) : -1;
        if (number < min || number > max) {
            throw badParameter(
                    name, Quoted.of(text.get()) + " (expected: " + min + ".." + max + ").");
        }
        return number;
    }

    /** For a query. */
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    static Duration duration(ServerRequest request, String name, Duration fallback, Duration max) {
        var text = parameter(request, name);
        if (text.isEmpty()) {
            return fallback;
        }
        return Gep2257Duration.parse(text.get())
                .filter(duration -> duration.compareTo(max) <= 0)
                .orElseThrow(() ->
                        badParameter(
                                name,
                                Quoted.of(text.get())
                                        + " (expected: 0s.."
                                        + Gep2257Duration.format(max)
                                        + ")."));
    }

    static Precondition precondition(ServerRequest request) {
        return ETags.precondition(
                joined(request, HeaderNames.IF_MATCH), joined(request, HeaderNames.IF_NONE_MATCH));
    }

    static Optional<String> ifNoneMatch(ServerRequest request) {
        return joined(request, HeaderNames.IF_NONE_MATCH);
    }

    /** Who writes and why; {@code body} goes into the fingerprint of an idempotency key. */
    static WriteContext writeContext(ServerRequest request, byte[] body, Caller caller) {
        if (caller.isAuthenticated() && request.headers().contains(AUTHOR)) {
            throw badParameter(
                    AUTHOR.defaultCase(), "the author is who has authenticated: leave it out.");
        }
        String author = line(request.headers().first(AUTHOR).orElse(caller.name()), 128, "author");
        String message = line(parameter(request, "message").orElse(""), 1_024, "message");
        String source = request.headers().first(SOURCE).orElse("api");
        if (!SOURCES.containsKey(source)) {
            throw badParameter(
                    SOURCE.defaultCase(),
                    Quoted.of(source) + " (expected: api, cli, console, git).");
        }
        return new WriteContext(
                author, message, SOURCES.getOrDefault(source, Source.API), key(request, body));
    }

    /** A write as far as its caller may do it, and may do it here. */
    static PolicyWrite guarded(
            PolicyWrite write, WriteContext context, ServerRequest request, Caller caller) {
        return Permissions.guard(
                ManagedDocuments.guard(write, context.source(), flag(request, "force")), caller);
    }

    static Problem.Raised badParameter(String name, String detail) {
        return Problem.of(400, "Parameter not valid", name + ": " + detail).raise();
    }

    private static Optional<IdempotencyKey> key(ServerRequest request, byte[] body) {
        var text = request.headers().first(IDEMPOTENCY_KEY);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        String key = text.get();
        if (key.isEmpty()
                || key.length() > MAX_KEY_CHARS
                || key.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw badParameter("Idempotency-Key", "expected 1..255 visible ASCII characters.");
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (String part :
                    List.of(
                            request.prologue().method().text(),
                            request.path().absolute().path(),
                            request.query().rawValue(),
                            joined(request, HeaderNames.IF_MATCH).orElse(""),
                            joined(request, HeaderNames.IF_NONE_MATCH).orElse(""))) {
                digest.update(part.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
            return Optional.of(
                    new IdempotencyKey(key, HexFormat.of().formatHex(digest.digest(body))));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is in every JDK", e);
        }
    }

    /** One line of a log or a table, whatever the sender put in. */
    private static String line(String text, int maxChars, String name) {
        if (text.length() > maxChars) {
            throw badParameter(name, "has more than " + maxChars + " characters.");
        }
        if (text.codePoints().anyMatch(Quoted::breaksLine)) {
            throw badParameter(name, "has control characters, or others that break a line.");
        }
        return text;
    }

    private static Optional<String> joined(ServerRequest request, HeaderName name) {
        List<String> values = request.headers().all(name, List::of);
        return values.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", values));
    }
}
