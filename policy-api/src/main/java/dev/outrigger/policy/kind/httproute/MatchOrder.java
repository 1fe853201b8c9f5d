// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.kind.httproute;

import dev.outrigger.policy.kind.httproute.HttpRouteSpec.Match;
import dev.outrigger.policy.kind.httproute.HttpRouteSpec.PathMatch;
import java.util.Comparator;

/**
 * Which of several matches takes a request that all of them would take: the most specific one, as
 * Gateway API has it. Of an exact path, an expression and a prefix the first; of two prefixes the
 * longer one; then the one with a method, with more headers, with more query parameters. What is
 * equal by that is in the order of the documents and of their rules.
 *
 * <p>Expressions come before prefixes because a rule for everything would leave them nothing. Among
 * gRPC calls a service by its name comes before a method of whichever service.
 */
public final class MatchOrder {
    /** Of requests over HTTP; the most specific first. */
    public static final Comparator<Match> HTTP =
            Comparator.comparingInt(MatchOrder::httpRank)
                    .thenComparing(MatchOrder::prefixLength, Comparator.reverseOrder())
                    .thenComparing(match -> match.method().isEmpty())
                    .thenComparing(match -> match.headers().size(), Comparator.reverseOrder())
                    .thenComparing(match -> match.queryParams().size(), Comparator.reverseOrder());

    /** Of gRPC calls; the most specific first. */
    public static final Comparator<Match> GRPC =
            Comparator.comparingInt(MatchOrder::grpcRank)
                    .thenComparing(MatchOrder::prefixLength, Comparator.reverseOrder())
                    .thenComparing(match -> match.headers().size(), Comparator.reverseOrder());

    private MatchOrder() {}

    /** A prefix without the slashes at its end, which mean nothing. */
    public static String trimmed(String prefix) {
        int end = prefix.length();
        while (end > 0 && prefix.charAt(end - 1) == '/') {
            end--;
        }
        return prefix.substring(0, end);
    }

    private static int httpRank(Match match) {
        return switch (match.path()) {
            case PathMatch.Exact _ -> 0;
            case PathMatch.Regex _ -> 1;
            case PathMatch.Prefix _ -> 2;
        };
    }

    private static int grpcRank(Match match) {
        return switch (match.path()) {
            case PathMatch.Exact _ -> 0;
            case PathMatch.Prefix(var value) -> trimmed(value).isEmpty() ? 3 : 1;
            case PathMatch.Regex _ -> 2;
        };
    }

    private static int prefixLength(Match match) {
        return match.path() instanceof PathMatch.Prefix(var value) ? trimmed(value).length() : 0;
    }
}
