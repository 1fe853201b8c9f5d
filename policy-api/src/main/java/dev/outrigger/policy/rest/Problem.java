// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.policy.document.Violation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An RFC 9457 problem: what a refused request is answered with.
 *
 * @param headers of the response, beside the content type
 */
record Problem(
        int status,
        String title,
        String detail,
        List<Violation> violations,
        Map<String, String> headers) {
    static final String MEDIA_TYPE = "application/problem+json";

    /** The last part of a type; the part before it names us, not a place on the web. */
    private static final String TYPE_PREFIX = "urn:outrigger:problem:";

    Problem {
        violations = List.copyOf(violations);
        headers = Map.copyOf(headers);
    }

    static Problem of(int status, String title, String detail) {
        return new Problem(status, title, detail, List.of(), Map.of());
    }

    /**
     * For violations; the status is that of the worst: unreadable before invalid before in
     * conflict.
     */
    static Problem of(List<Violation> violations) {
        int status =
                violations.stream()
                        .map(violation -> violation.code().status())
                        .min(java.util.Comparator.comparingInt(Problem::rank))
                        .orElse(422);
        String title =
                switch (status) {
                    case 400 -> "Submission cannot be read";
                    case 409 -> "Policies are in conflict";
                    case 412 -> "Document has changed";
                    default -> "Policy is not valid";
                };
        String detail =
                violations.size() == 1
                        ? violations.getFirst().detail()
                        : violations.size() + " violations; see errors.";
        return new Problem(status, title, detail, violations, Map.of());
    }

    /** What a status means here, for the OpenAPI document. */
    static String meaning(int status) {
        return switch (status) {
            case 400 -> "The request, or the text of a document, cannot be read.";
            case 401 -> "Who calls is not known.";
            case 403 -> "Who calls may not do this.";
            case 404 -> "It does not exist, or not for this caller.";
            case 406 -> "None of the media types of the answer is accepted.";
            case 408 -> "The body did not come in time.";
            case 409 -> "In conflict with another document.";
            case 410 -> "No longer at hand: start again.";
            case 412 -> "Not as the caller last saw it; nothing was written.";
            case 413 -> "The body is too large.";
            case 414 -> "The address is too long.";
            case 415 -> "The body's media type or coding is not supported.";
            case 422 -> "Readable but not valid; every violation is listed.";
            case 428 -> "Say with If-Match what is to be changed.";
            case 429 -> "Too many requests; see Retry-After.";
            case 431 -> "The header is too large.";
            case 503 -> "Not able to at the moment; see Retry-After.";
            case 507 -> "The store is full. Nothing was written.";
            default -> throw new IllegalArgumentException("status: " + status);
        };
    }

    /** The headers that go with a status. */
    static List<String> headersOf(int status) {
        return switch (status) {
            case 401 -> List.of("WWW-Authenticate");
            case 429, 503, 507 -> List.of("Retry-After");
            default -> List.of();
        };
    }

    Problem withHeader(String name, String value) {
        var more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Problem(status, title, detail, violations, more);
    }

    /** Whether the rest of the request is not worth reading. */
    boolean closesConnection() {
        return status == 413 || status == 408;
    }

    /** As sent. {@code instance} names this occurrence, as in the log. */
    ObjectNode toJson(String instance) {
        ObjectNode root = Json.object();
        root.put("type", type());
        root.put("title", title);
        root.put("status", status);
        root.put("detail", detail);
        root.put("instance", instance);
        if (!violations.isEmpty()) {
            var errors = root.putArray("errors");
            for (Violation violation : violations) {
                errors.addObject()
                        .put("code", violation.code().code())
                        .put("document", violation.document())
                        .put("pointer", violation.pointer())
                        .put("line", violation.line())
                        .put("column", violation.column())
                        .put("detail", violation.detail())
                        .put("docs", ErrorPages.link(violation.code().code()));
            }
        }
        return root;
    }

    private String type() {
        var codes = violations.stream().map(Violation::code).distinct().toList();
        if (codes.size() == 1) {
            return TYPE_PREFIX + codes.getFirst().code();
        }
        return violations.isEmpty() ? "about:blank" : TYPE_PREFIX + "invalid";
    }

    private static int rank(int status) {
        return switch (status) {
            case 400 -> 0;
            case 422 -> 1;
            case 412 -> 2;
            default -> 3;
        };
    }

    /** Carries a problem to the edge. No stack: it is an answer, not a fault. */
    static final class Raised extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient Problem problem;

        Raised(Problem problem) {
            super(problem.title(), null, false, false);
            this.problem = problem;
        }

        Problem problem() {
            return problem;
        }
    }

    /** To be thrown by a handler. */
    Raised raise() {
        return new Raised(this);
    }
}
