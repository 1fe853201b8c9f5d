// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import dev.outrigger.conformance.observe.SeenResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the responses out of everything a client received, in the light of what it asked. */
final class ResponseReader {
    private static final Pattern STATUS_LINE =
            Pattern.compile("(HTTP/\\d\\.\\d) (\\d{2,4})(?: (.*))?");
    private static final Pattern REQUEST_LINE =
            Pattern.compile("(?m)^(\\S+) \\S.* HTTP/1\\.\\d\\r?$");

    /** Headers of an interim response that are different each time. */
    private static final Set<String> VOLATILE =
            Set.of("date", "x-envoy-upstream-service-time", "x-request-id");

    private ResponseReader() {}

    /** What was read, and what could not be. */
    record Reading(List<SeenResponse> responses, String rest) {

        long completed() {
            return responses.stream().filter(SeenResponse::complete).count();
        }
    }

    /** The methods of the requests in the text; a body that looks like a request misleads it. */
    static List<String> methods(String sent) {
        return REQUEST_LINE.matcher(sent).results().map(match -> match.group(1)).toList();
    }

    /**
     * Reads responses until the text ends or is none.
     *
     * @param closed whether the connection ended with FIN, which completes an unframed body
     */
    static Reading read(String received, List<String> methods, boolean closed) {
        var responses = new ArrayList<SeenResponse>();
        var interim = new ArrayList<String>();
        int at = 0;
        while (true) {
            var head = HttpText.head(received, at);
            if (head.isEmpty()) {
                break;
            }
            var line = STATUS_LINE.matcher(head.get().startLine());
            if (!line.matches()) {
                break;
            }
            int status = Integer.parseInt(line.group(2));
            if (status < 200 && status != 101) {
                interim.add(interim(line, head.get()));
                at = head.get().end();
                continue;
            }
            var method = responses.size() < methods.size() ? methods.get(responses.size()) : "GET";
            var body = body(received, head.get(), status, method, closed);
            responses.add(
                    new SeenResponse(
                            interim,
                            line.group(1),
                            status,
                            line.group(3) == null ? "" : line.group(3),
                            head.get().headers(),
                            body.text(),
                            body.trailers(),
                            body.complete()));
            interim.clear();
            at = body.end();
            if (!body.complete()) {
                break;
            }
        }
        interim.forEach(each -> responses.add(onlyInterim(each)));
        return new Reading(responses, received.substring(at));
    }

    private static HttpText.Body body(
            String text, HttpText.Head head, int status, String method, boolean closed) {
        if (method.equals("HEAD") || status == 204 || status == 304) {
            return bodiless(text, head.end());
        }
        if (status == 101) {
            return new HttpText.Body(text.substring(head.end()), List.of(), text.length(), true);
        }
        if (head.chunked()) {
            return HttpText.chunked(text, head.end());
        }
        return head.contentLength()
                .map(length -> HttpText.ofLength(text, head.end(), length))
                .orElseGet(() ->
                        new HttpText.Body(
                                text.substring(head.end()), List.of(), text.length(), closed));
    }

    /** Nothing; what comes all the same, up to the next response, is shown. */
    private static HttpText.Body bodiless(String text, int from) {
        int next = text.indexOf("HTTP/1.", from);
        int end = next < 0 ? text.length() : next;
        // The beginning of a response may be on its way.
        boolean more = next < 0 && "HTTP/1.".startsWith(text.substring(from));
        return more
                ? new HttpText.Body("", List.of(), from, true)
                : new HttpText.Body(text.substring(from, end), List.of(), end, true);
    }

    private static String interim(Matcher line, HttpText.Head head) {
        var text = new StringJoiner(" ").add(line.group(2));
        if (line.group(3) != null) {
            text.add(line.group(3));
        }
        for (var header : head.headers()) {
            if (!VOLATILE.contains(header.name())) {
                text.add(header.name() + ": " + header.value());
            }
        }
        return text.toString();
    }

    /** A 1xx that no response has followed. */
    private static SeenResponse onlyInterim(String interim) {
        int status = Integer.parseInt(interim.split(" ", 2)[0]);
        return new SeenResponse(
                List.of(interim), "HTTP/1.1", status, "", List.of(), "", List.of(), false);
    }
}
