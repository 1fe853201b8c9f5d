// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * An RFC 9457 problem as the control plane answers it.
 *
 * @param status the HTTP status
 * @param title what kind of problem
 * @param detail this occurrence; empty when the errors say it all
 */
public record Problem(int status, String title, String detail, List<Fault> errors) {
    public Problem {
        errors = List.copyOf(errors);
    }

    /**
     * One violation of the request.
     *
     * @param document which document of the request, from 1; 0 where none is meant
     * @param line in the request's body, from 1; 0 where unknown
     */
    public record Fault(
            String code, int document, String pointer, int line, int column, String detail) {}

    /** Reads what is there; a field that is missing is empty. */
    public static Problem from(int status, JsonNode json) {
        var errors = new ArrayList<Fault>();
        for (var error : json.path("errors")) {
            errors.add(
                    new Fault(
                            error.path("code").asText(),
                            error.path("document").asInt(),
                            error.path("pointer").asText(),
                            error.path("line").asInt(),
                            error.path("column").asInt(),
                            error.path("detail").asText()));
        }
        return new Problem(
                status,
                json.path("title").asText("HTTP status " + status),
                json.path("detail").asText(),
                errors);
    }

    /** One line for the whole. */
    public String summary() {
        return detail.isEmpty() || detail.equals(title) ? title : title + ": " + detail;
    }

    /** The errors as {@code file:line:column pointer: message}, where the bundle is known. */
    public List<String> lines(DocumentBundle bundle) {
        return errors.stream().map(error -> line(error, bundle)).toList();
    }

    /** The errors without a place in a file. */
    public List<String> lines() {
        return errors.stream().map(error -> about(error) + error.detail).toList();
    }

    private static String line(Fault error, DocumentBundle bundle) {
        var place = error.line > 0 ? bundle.locate(error.line) : bundle.describe();
        var column = error.line > 0 && error.column > 0 ? ":" + error.column : "";
        return place + column + (error.line > 0 ? " " : ": ") + about(error) + error.detail;
    }

    private static String about(Fault error) {
        return isWholeDocument(error.pointer) ? "" : error.pointer + ": ";
    }

    private static boolean isWholeDocument(String pointer) {
        return pointer.isEmpty() || pointer.equals("#");
    }
}
