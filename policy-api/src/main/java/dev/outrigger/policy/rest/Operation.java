// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * One call of the API, as routing, authorization and the OpenAPI document have it: whatever is not
 * said here is refused, and not described. Immutable.
 *
 * @param id unique, for generated clients
 * @param path with parameters in braces
 * @param isWaiting whether it may take long without being busy
 * @param needs what the caller must be allowed somewhere; empty if everybody may call it
 */
record Operation(
        String id,
        String method,
        String path,
        String summary,
        Optional<Role> needs,
        List<Parameter> parameters,
        Optional<Payload> payload,
        List<Reply> replies,
        boolean isWaiting,
        Call call) {
    Operation {
        parameters = List.copyOf(parameters);
        replies = List.copyOf(replies);
    }

    /** Answers a request by sending a response or throwing {@link Problem.Raised}. */
    @FunctionalInterface
    interface Call {
        @SuppressWarnings("PMD.SignatureDeclareThrowsException") // As Helidon's handlers.
        void answer(ServerRequest request, ServerResponse response, Caller caller) throws Exception;
    }

    /** Where a parameter stands. */
    enum In {
        QUERY,
        PATH,
        HEADER
    }

    /** A parameter with the schema of its text. */
    record Parameter(String name, In in, boolean required, ObjectNode schema, String summary) {}

    /** The body of a request. */
    record Payload(List<MediaSchema> media, boolean required) {
        Payload {
            media = List.copyOf(media);
        }

        List<String> types() {
            return media.stream().map(MediaSchema::type).toList();
        }
    }

    /** A media type and the name of the schema of what it carries. */
    record MediaSchema(String type, String schema) {}

    /**
     * One way in which it answers; a problem unless {@code media} says otherwise.
     *
     * @param headers its own, beside those that every response has
     */
    record Reply(int status, String summary, List<MediaSchema> media, List<String> headers) {
        Reply {
            media = List.copyOf(media);
            headers = List.copyOf(headers);
        }
    }

    /** Begins the description of a call. */
    static Draft of(String method, String path, String id) {
        return new Draft(method, path, id);
    }

    /** The media types it may answer with, problems aside. */
    List<String> produces() {
        return replies.stream()
                .flatMap(reply -> reply.media().stream())
                .map(MediaSchema::type)
                .filter(type -> !type.equals(Problem.MEDIA_TYPE))
                .distinct()
                .toList();
    }

    /** The names of its query parameters. */
    String[] queryNames() {
        return parameters.stream()
                .filter(parameter -> parameter.in() == In.QUERY)
                .map(Parameter::name)
                .toArray(String[]::new);
    }

    /** A description under way. Confined to the code that writes it down. */
    static final class Draft {
        private final String method;
        private final String path;
        private final String id;
        private String summary = "";
        private Optional<Role> needs = Optional.empty();
        private final List<Parameter> parameters = new ArrayList<>();
        private Optional<Payload> payload = Optional.empty();
        private final List<Reply> replies = new ArrayList<>();
        private boolean isWaiting;
        private final TreeSet<Integer> problems = new TreeSet<>(List.of(400, 406, 414, 429, 431));

        private Draft(String method, String path, String id) {
            this.method = method;
            this.path = path;
            this.id = id;
        }

        Draft saying(String text) {
            summary = text;
            return this;
        }

        Draft needing(Role role) {
            needs = Optional.of(role);
            problems.addAll(List.of(401, 403, 503));
            return this;
        }

        Draft taking(List<Parameter> more) {
            parameters.addAll(more);
            return this;
        }

        Draft taking(Parameter... more) {
            return taking(List.of(more));
        }

        /** With a body, and all that can be wrong with one. */
        Draft reading(boolean required, MediaSchema... media) {
            payload = Optional.of(new Payload(List.of(media), required));
            problems.addAll(List.of(408, 413, 415));
            return this;
        }

        Draft replying(int status, String text, String type, String schema, String... headers) {
            replies.add(
                    new Reply(
                            status,
                            text,
                            List.of(new MediaSchema(type, schema)),
                            List.of(headers)));
            return this;
        }

        /** It waits for something: its time says nothing about how busy the server is. */
        Draft waiting() {
            isWaiting = true;
            return this;
        }

        /** Without a body. */
        Draft replyingNothing(int status, String text, String... headers) {
            replies.add(new Reply(status, text, List.of(), List.of(headers)));
            return this;
        }

        Draft refusing(Integer... statuses) {
            problems.addAll(List.of(statuses));
            return this;
        }

        Operation by(Call call) {
            for (int status : problems) {
                replies.add(
                        new Reply(
                                status,
                                Problem.meaning(status),
                                List.of(new MediaSchema(Problem.MEDIA_TYPE, "Problem")),
                                Problem.headersOf(status)));
            }
            return new Operation(
                    id,
                    method,
                    path,
                    summary,
                    needs,
                    parameters,
                    payload,
                    replies,
                    isWaiting,
                    call);
        }
    }
}
