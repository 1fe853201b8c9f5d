// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import dev.outrigger.policy.document.Quoted;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.List;

/** {@code /errors}: what the codes of violations and warnings mean, and what helps. */
final class ErrorService {
    private static final String MARKDOWN = "text/markdown";

    private final ErrorPages pages;

    ErrorService(ErrorPages pages) {
        this.pages = pages;
    }

    List<Operation> operations() {
        return List.of(
                Operation.of("GET", "/errors", "listErrors")
                        .saying("What every code of a violation or warning means.")
                        .replying(200, "All of them, as Markdown.", MARKDOWN, "Text")
                        .by(this::list),
                Operation.of("GET", "/errors/{code}", "getError")
                        .saying("What one code of a violation or warning means, and what helps.")
                        .taking(
                                Parameters.path(
                                        "code", Parameters.limited(20), "Such as OUT-1042."))
                        .replying(200, "Its explanation, as Markdown.", MARKDOWN, "Text")
                        .refusing(404)
                        .by(this::get));
    }

    private void list(ServerRequest request, ServerResponse response, Caller caller) {
        Responses.text(response, MARKDOWN, pages.page());
    }

    private void get(ServerRequest request, ServerResponse response, Caller caller) {
        String code = request.path().pathParameters().get("code");
        String section =
                pages.find(code)
                        .orElseThrow(() ->
                                Problem.of(
                                                404,
                                                "Not found",
                                                "There is no code "
                                                        + Quoted.of(code)
                                                        + " (expected: one of /errors).")
                                        .raise());
        Responses.text(response, MARKDOWN, section);
    }
}
