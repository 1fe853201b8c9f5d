// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.csds;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.outrigger.xds.node.NodeIdentity;
import io.envoyproxy.envoy.type.matcher.v3.NodeMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StructMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * Which clients a request is about: any of its matchers, each of which must hold as a whole. Of a
 * node's metadata only the strings at the top are kept, so only those can be asked for. Immutable.
 */
final class NodeMatch {
    private final List<Predicate<NodeIdentity>> any;

    private NodeMatch(List<Predicate<NodeIdentity>> any) {
        this.any = List.copyOf(any);
    }

    /**
     * @throws IllegalArgumentException naming the field that is not understood
     */
    static NodeMatch of(List<NodeMatcher> matchers) {
        var any = new ArrayList<Predicate<NodeIdentity>>();
        for (int i = 0; i < matchers.size(); i++) {
            any.add(of(matchers.get(i), "node_matchers[" + i + "]"));
        }
        return new NodeMatch(any);
    }

    /** Everybody if the request names nobody. */
    boolean accepts(NodeIdentity node) {
        return any.isEmpty() || any.stream().anyMatch(matcher -> matcher.test(node));
    }

    private static Predicate<NodeIdentity> of(NodeMatcher matcher, String path) {
        Predicate<NodeIdentity> all = _ -> true;
        if (matcher.hasNodeId()) {
            var id = string(matcher.getNodeId(), path + ".node_id");
            all = all.and(node -> id.test(node.id()));
        }
        for (int i = 0; i < matcher.getNodeMetadatasCount(); i++) {
            all =
                    all.and(
                            metadata(
                                    matcher.getNodeMetadatas(i),
                                    path + ".node_metadatas[" + i + "]"));
        }
        return all;
    }

    private static Predicate<NodeIdentity> metadata(StructMatcher matcher, String path) {
        if (matcher.getPathCount() != 1) {
            throw new IllegalArgumentException(
                    path + ".path: " + matcher.getPathCount() + " segments (expected: one)");
        }
        var key = matcher.getPath(0).getKey();
        var value = matcher.getValue();
        return switch (value.getMatchPatternCase()) {
            case STRING_MATCH -> {
                var string = string(value.getStringMatch(), path + ".value.string_match");
                yield node -> {
                    var label = node.labels().get(key);
                    return label != null && string.test(label);
                };
            }
            case PRESENT_MATCH -> node -> node.labels().containsKey(key) == value.getPresentMatch();
            case NULL_MATCH, DOUBLE_MATCH, BOOL_MATCH, LIST_MATCH, OR_MATCH, MATCHPATTERN_NOT_SET ->
                    throw new IllegalArgumentException(
                            path
                                    + ".value: "
                                    + value.getMatchPatternCase().name().toLowerCase(Locale.ROOT)
                                    + " (expected: string_match or present_match)");
        };
    }

    private static Predicate<String> string(StringMatcher matcher, String path) {
        boolean fold = matcher.getIgnoreCase();
        return switch (matcher.getMatchPatternCase()) {
            case EXACT -> folded(matcher.getExact(), fold, String::equals);
            case PREFIX -> folded(matcher.getPrefix(), fold, String::startsWith);
            case SUFFIX -> folded(matcher.getSuffix(), fold, String::endsWith);
            case CONTAINS -> folded(matcher.getContains(), fold, String::contains);
            case SAFE_REGEX -> {
                try {
                    var pattern = Pattern.compile(matcher.getSafeRegex().getRegex());
                    yield text -> pattern.matches(text);
                } catch (PatternSyntaxException e) {
                    throw new IllegalArgumentException(path + ".safe_regex: " + e.getMessage(), e);
                }
            }
            case CUSTOM, MATCHPATTERN_NOT_SET ->
                    throw new IllegalArgumentException(
                            path
                                    + ": no pattern (expected: exact, prefix, suffix, contains or"
                                    + " safe_regex)");
        };
    }

    private static Predicate<String> folded(String wanted, boolean fold, Comparison comparison) {
        var pattern = fold ? wanted.toLowerCase(Locale.ROOT) : wanted;
        return text -> comparison.holds(fold ? text.toLowerCase(Locale.ROOT) : text, pattern);
    }

    @FunctionalInterface
    private interface Comparison {
        boolean holds(String text, String pattern);
    }
}
