// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import io.helidon.webserver.http.Handler;

/** Answers for what is not there. */
final class Methods {
    private Methods() {}

    /** For a path that exists with other methods. */
    static Handler notAllowed(String allow) {
        return (request, _) -> {
            throw Problem.of(
                            405,
                            "Method not allowed",
                            request.prologue().method().text()
                                    + " is not possible here (expected: "
                                    + allow
                                    + ").")
                    .withHeader("Allow", allow)
                    .raise();
        };
    }

    /** For a path that does not exist. */
    static Handler notFound() {
        return (request, _) -> {
            throw Problem.of(
                            404,
                            "Not found",
                            "There is nothing at "
                                    + dev.outrigger.policy.document.Quoted.of(
                                            request.path().absolute().path())
                                    + ".")
                    .raise();
        };
    }
}
