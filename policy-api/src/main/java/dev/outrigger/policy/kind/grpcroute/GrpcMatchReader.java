// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.grpcroute;

import dev.outrigger.policy.document.DocumentNode;
import dev.outrigger.policy.document.Quoted;
import dev.outrigger.policy.document.ViolationCode;
import dev.outrigger.policy.kind.field.Regexes;
import dev.outrigger.policy.kind.httproute.HttpRouteSpec.Match;
import dev.outrigger.policy.kind.httproute.HttpRouteSpec.PathMatch;
import dev.outrigger.policy.kind.httproute.HttpRouteSpec.ValueMatch;
import dev.outrigger.policy.kind.httproute.ValueMatches;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads one of a rule's {@code matches}: {@code method} ({@code type} Exact (the default) or
 * RegularExpression, {@code service} with its package, {@code method}; at least one of the two) and
 * {@code headers}, as those of an HTTPRoute.
 */
final class GrpcMatchReader {
    /** Any call. */
    static final Match ANY = match(new PathMatch.Prefix("/"), List.of());

    private static final int MAX_NAME = 1_024;

    /** Gateway API's form of both names. */
    private static final Pattern SERVICE =
            Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*(?:\\.[a-zA-Z_][a-zA-Z0-9_]*)*");

    private static final Pattern METHOD = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");

    /** A name that is not given is any. */
    private static final String ANY_NAME = "[^/]+";

    private GrpcMatchReader() {}

    static Optional<Match> read(DocumentNode node) {
        var mark = node.violations().mark();
        if (!node.objectOf(List.of("method", "headers"))) {
            return Optional.empty();
        }
        DocumentNode methodNode = node.field("method");
        var path =
                methodNode.isPresent()
                        ? readMethod(methodNode)
                        : Optional.<PathMatch>of(ANY.path());
        var headers = ValueMatches.headers(node.field("headers"));
        return mark.ifClean(() -> match(path.orElseThrow(), headers));
    }

    private static Match match(PathMatch path, List<ValueMatch> headers) {
        return new Match(path, Optional.of("POST"), headers, List.of());
    }

    private static Optional<PathMatch> readMethod(DocumentNode node) {
        if (!node.objectOf(List.of("type", "service", "method"))) {
            return Optional.empty();
        }
        boolean regex =
                node.field("type")
                        .oneOf(Map.of("Exact", false, "RegularExpression", true))
                        .orElse(false);
        DocumentNode serviceNode = node.field("service");
        DocumentNode methodNode = node.field("method");
        if (!serviceNode.isPresent() && !methodNode.isPresent()) {
            node.violate(
                    ViolationCode.MISSING_FIELD,
                    "Names neither (expected: at least one of service, method).");
            return Optional.empty();
        }
        var mark = node.violations().mark();
        var service = regex ? Regexes.re2(serviceNode) : name(serviceNode, SERVICE, "a.b.Service");
        var method = regex ? Regexes.re2(methodNode) : name(methodNode, METHOD, "Method");
        return mark.isClean()
                ? regex ? expression(node, service, method) : Optional.of(exact(service, method))
                : Optional.empty();
    }

    private static PathMatch exact(Optional<String> service, Optional<String> method) {
        if (service.isPresent()) {
            var prefix = "/" + service.get();
            return method.<PathMatch>map(name -> new PathMatch.Exact(prefix + "/" + name))
                    .orElseGet(() -> new PathMatch.Prefix(prefix));
        }
        return new PathMatch.Regex("/" + ANY_NAME + "/" + method.orElseThrow());
    }

    /** Grouped, so that what an expression chooses between stays within its part of the path. */
    private static Optional<PathMatch> expression(
            DocumentNode node, Optional<String> service, Optional<String> method) {
        return Regexes.checked(
                        node,
                        "/"
                                + service.map(regex -> "(?:" + regex + ")").orElse(ANY_NAME)
                                + "/"
                                + method.map(regex -> "(?:" + regex + ")").orElse(ANY_NAME))
                .map(PathMatch.Regex::new);
    }

    private static Optional<String> name(DocumentNode node, Pattern form, String example) {
        // Its form is told to nobody: as an expression the same field takes others.
        var text = node.string(MAX_NAME);
        if (text.isPresent() && !form.matcher(text.get()).matches()) {
            node.violate(
                    ViolationCode.BAD_VALUE,
                    Quoted.of(text.get())
                            + " is not a name of gRPC (expected: such as "
                            + example
                            + ").");
            return Optional.empty();
        }
        return text;
    }
}
