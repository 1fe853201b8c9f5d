// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A condition on labels in Kubernetes' notation: {@code a=b}, {@code a==b}, {@code a!=b}, {@code a
 * in (b, c)}, {@code a notin (b, c)}, {@code a}, {@code !a}, joined by commas. Immutable.
 */
final class LabelSelector {
    private static final int MAX_CHARS = 2_048;
    private static final String KEY = "((?:[a-z0-9.-]+/)?[A-Za-z0-9][A-Za-z0-9._-]*)";
    private static final Pattern SET =
            Pattern.compile("\\s*" + KEY + "\\s+(in|notin)\\s*\\(([A-Za-z0-9._,\\s-]*)\\)\\s*");
    private static final Pattern EQUALITY =
            Pattern.compile("\\s*" + KEY + "\\s*(==|=|!=)\\s*([A-Za-z0-9._-]*)\\s*");
    private static final Pattern EXISTENCE = Pattern.compile("\\s*(!?)\\s*" + KEY + "\\s*");

    /** Accepts everything. */
    static final LabelSelector ANY = new LabelSelector(List.of());

    private final List<Term> terms;

    private LabelSelector(List<Term> terms) {
        this.terms = List.copyOf(terms);
    }

    /** As in Kubernetes: a label that is not there is not equal to, and not in, anything. */
    private sealed interface Term {
        record Present(String key, boolean wanted) implements Term {}

        record OneOf(String key, Set<String> values, boolean wanted) implements Term {}
    }

    /** Throws a problem for a text that is no selector. */
    static LabelSelector parse(String text) {
        if (text.length() > MAX_CHARS) {
            throw refuse("Has " + text.length() + " characters (expected: at most 2048).");
        }
        if (text.isBlank()) {
            return ANY;
        }
        var terms = new ArrayList<Term>();
        for (String part : splitOutsideParentheses(text)) {
            terms.add(term(part));
        }
        return new LabelSelector(terms);
    }

    /** Whether it accepts everything. */
    boolean isAny() {
        return terms.isEmpty();
    }

    /** Whether it accepts a document with these labels; one without any has none of them. */
    boolean matches(JsonNode document) {
        var labels = new HashMap<String, String>();
        document.path("metadata")
                .path("labels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
        return matches(labels);
    }

    boolean matches(Map<String, String> labels) {
        return terms.stream().allMatch(term -> matches(term, labels));
    }

    private static boolean matches(Term term, Map<String, String> labels) {
        return switch (term) {
            case Term.Present(var key, var wanted) -> labels.containsKey(key) == wanted;
            case Term.OneOf(var key, var values, var wanted) ->
                    (labels.containsKey(key) && values.contains(labels.get(key))) == wanted;
        };
    }

    private static Term term(String part) {
        Matcher set = SET.matcher(part);
        if (set.matches()) {
            var values = new TreeSet<String>();
            for (String value : set.group(3).split(",", -1)) {
                values.add(value.strip());
            }
            return new Term.OneOf(set.group(1), values, set.group(2).equals("in"));
        }
        Matcher equality = EQUALITY.matcher(part);
        if (equality.matches()) {
            return new Term.OneOf(
                    equality.group(1), Set.of(equality.group(3)), !equality.group(2).equals("!="));
        }
        Matcher existence = EXISTENCE.matcher(part);
        if (existence.matches()) {
            return new Term.Present(existence.group(2), existence.group(1).isEmpty());
        }
        throw refuse(
                "Not understood (expected: such as team=checkout, env in (prod, test), !legacy).");
    }

    private static List<String> splitOutsideParentheses(String text) {
        var parts = new ArrayList<String>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '(') {
                depth++;
            } else if (c == ')') {
                depth--;
            } else if (c == ',' && depth == 0) {
                parts.add(text.substring(start, i));
                start = i + 1;
            }
        }
        parts.add(text.substring(start));
        return parts;
    }

    private static Problem.Raised refuse(String detail) {
        return Problem.of(400, "Label selector not understood", "labelSelector: " + detail).raise();
    }
}
