// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.httproute;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.kind.field.Names;
import dev.outrigger.policy.kind.field.Regexes;
import dev.outrigger.policy.kind.httproute.HttpRouteSpec.Match;
import dev.outrigger.policy.kind.httproute.HttpRouteSpec.PathMatch;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Reads one of a rule's {@code matches}: {@code path} ({@code type} Exact, PathPrefix (the default)
 * or RegularExpression, and {@code value}, default {@code /}), {@code method}, {@code headers} and
 * {@code queryParams} (each {@code type} Exact (the default) or RegularExpression, {@code name},
 * {@code value}).
 */
final class MatchReader {
    private static final int MAX_PATH = 1_024;

    private enum PathType {
        EXACT,
        PREFIX,
        REGEX
    }

    private MatchReader() {}

    static Optional<Match> read(DocumentNode node) {
        var mark = node.violations().mark();
        if (!node.objectOf(List.of("path", "method", "headers", "queryParams"))) {
            return Optional.empty();
        }
        DocumentNode pathNode = node.field("path");
        var path = pathNode.isPresent() ? readPath(pathNode) : Optional.of(Match.ANY.path());
        var method = Names.method(node.field("method"));
        var headers = ValueMatches.headers(node.field("headers"));
        var queryParams = ValueMatches.queryParams(node.field("queryParams"));
        return mark.ifClean(() -> new Match(path.orElseThrow(), method, headers, queryParams));
    }

    private static Optional<PathMatch> readPath(DocumentNode node) {
        if (!node.objectOf(List.of("type", "value"))) {
            return Optional.empty();
        }
        DocumentNode typeNode = node.field("type");
        var type =
                typeNode.isPresent()
                        ? typeNode.oneOf(
                                Map.of(
                                        "Exact",
                                        PathType.EXACT,
                                        "PathPrefix",
                                        PathType.PREFIX,
                                        "RegularExpression",
                                        PathType.REGEX))
                        : Optional.of(PathType.PREFIX);
        DocumentNode value = node.field("value");
        if (type.isEmpty()) {
            return Optional.empty();
        }
        return switch (type.get()) {
            case EXACT -> literal(value.required()).map(PathMatch.Exact::new);
            case PREFIX ->
                    value.isPresent()
                            ? literal(value).map(PathMatch.Prefix::new)
                            : Optional.of(new PathMatch.Prefix("/"));
            case REGEX -> Regexes.re2(value.required()).map(PathMatch.Regex::new);
        };
    }

    /** Gateway API's rules for a path: absolute, normalised, without query and fragment. */
    static Optional<String> literal(DocumentNode node) {
        var text = Names.printable(node, MAX_PATH);
        if (text.isEmpty()) {
            return text;
        }
        String path = text.get();
        String lower = path.toLowerCase(Locale.ROOT);
        String problem =
                !path.startsWith("/")
                        ? "does not begin with '/'"
                        : path.contains("//")
                                ? "contains '//'"
                                : path.contains("?") || path.contains("#")
                                        ? "contains '?' or '#'"
                                        : hasDotSegment(path)
                                                ? "contains a '.' or '..' segment"
                                                : lower.contains("%2f")
                                                        ? "contains an escaped '/'"
                                                        : path.chars()
                                                                        .anyMatch(c ->
                                                                                c <= ' ' || c > '~')
                                                                ? "contains a character that a URL"
                                                                        + " must escape"
                                                                : "";
        if (!problem.isEmpty()) {
            node.violate(
                    ViolationCode.BAD_VALUE,
                    "Path " + Quoted.of(path) + " " + problem + " (expected: such as /quotes).");
            return Optional.empty();
        }
        return text;
    }

    private static boolean hasDotSegment(String path) {
        for (String segment : path.split("/", -1)) {
            if (segment.equals(".") || segment.equals("..")) {
                return true;
            }
        }
        return false;
    }
}
