// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.translate;

import dev.outrigger.policy.kind.httproute.HttpRouteSpec;
import dev.outrigger.policy.kind.httproute.RouteFilters.PathChange;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatchAndSubstitute;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;

/**
 * Changes of a path, with Gateway API's meaning: a prefix consists of whole segments, and a slash
 * at its end means nothing.
 */
final class PathTranslator {
    private PathTranslator() {}

    static void rewrite(
            PathChange change, HttpRouteSpec.PathMatch match, RouteAction.Builder action) {
        switch (change) {
            case PathChange.ReplaceFull(var path) -> action.setRegexRewrite(whole(path));
            case PathChange.ReplacePrefix(var prefix) -> {
                var from = matched(match);
                var to = trimmed(prefix);
                if (!from.isEmpty() && to.isEmpty()) {
                    action.setRegexRewrite(cut(from));
                } else if (!from.equals(to)) {
                    action.setPrefixRewrite(replacement(from, to));
                }
            }
        }
    }

    static void redirect(
            PathChange change, HttpRouteSpec.PathMatch match, RedirectAction.Builder redirect) {
        switch (change) {
            case PathChange.ReplaceFull(var path) -> redirect.setPathRedirect(path);
            case PathChange.ReplacePrefix(var prefix) -> {
                var from = matched(match);
                var to = trimmed(prefix);
                if (!from.isEmpty() && to.isEmpty()) {
                    redirect.setRegexRewrite(cut(from));
                } else if (!from.equals(to)) {
                    redirect.setPrefixRewrite(replacement(from, to));
                }
            }
        }
    }

    /** Envoy puts it before what follows the match, which for "/" is a path without its slash. */
    private static String replacement(String from, String to) {
        return from.isEmpty() ? to + "/" : to;
    }

    private static String matched(HttpRouteSpec.PathMatch match) {
        return switch (match) {
            case HttpRouteSpec.PathMatch.Prefix(var value) -> trimmed(value);
            case HttpRouteSpec.PathMatch.Exact(var value) -> value;
            case HttpRouteSpec.PathMatch.Regex(var value) -> value;
        };
    }

    private static String trimmed(String path) {
        int end = path.length();
        while (end > 0 && path.charAt(end - 1) == '/') {
            end--;
        }
        return path.substring(0, end);
    }

    private static RegexMatchAndSubstitute whole(String path) {
        return substitute("^/.*$", path.replace("\\", "\\\\"));
    }

    /** Nothing in place of the prefix would leave two slashes, or none. */
    private static RegexMatchAndSubstitute cut(String prefix) {
        return substitute("^" + RouteTranslator.literal(prefix) + "/*", "/");
    }

    private static RegexMatchAndSubstitute substitute(String regex, String substitution) {
        return RegexMatchAndSubstitute.newBuilder()
                .setPattern(RegexMatcher.newBuilder().setRegex(regex))
                .setSubstitution(substitution)
                .build();
    }
}
