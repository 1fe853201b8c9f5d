// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.observe;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Removes from the fields of an {@link Observation} what no two runs share, and nothing else. Each
 * rule has a name and checks that what it hides has the right shape: a malformed date stays
 * visible.
 */
public final class Normalizer {
    private static final String UUID =
            "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
    private static final Pattern DATE =
            Pattern.compile(
                    "(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \\d\\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep"
                            + "|Oct|Nov|Dec) \\d{4} \\d\\d:\\d\\d:\\d\\d GMT");

    private final List<Rule> rules;
    private final Map<Integer, String> ports;

    private Normalizer(List<Rule> rules, Map<Integer, String> ports) {
        this.rules = List.copyOf(rules);
        this.ports = Map.copyOf(ports);
    }

    /**
     * The rules for one stage.
     *
     * @param ports the name of each port that the run chose: upstreams, listeners, admin
     */
    public static Normalizer of(Map<Integer, String> ports) {
        var rules = new ArrayList<Rule>();
        rules.add(value("date", "response\\[\\d+].header.date", DATE, "<date>"));
        rules.add(
                value(
                        "request-id",
                        "(response|attempt)\\[\\d+].header.x-request-id",
                        Pattern.compile(UUID),
                        "<uuid>"));
        rules.add(
                value(
                        "upstream-service-time",
                        "response\\[\\d+].header.x-envoy-upstream-service-time",
                        Pattern.compile("\\d{1,5}"),
                        "<ms>"));
        rules.add(
                value(
                        "remaining-timeout",
                        // The first attempt has the whole timeout, later ones what is left.
                        "attempt\\[([2-9]|\\d\\d)].header.x-envoy-expected-rq-timeout-ms",
                        Pattern.compile("\\d{1,5}"),
                        "<ms>"));
        rules.add(
                new Rule(
                        "default-log-line",
                        field -> field.matches("log\\[\\d+].default"),
                        line ->
                                line.replaceAll(UUID, "<uuid>")
                                        .replaceFirst(
                                                "^\\[\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d"
                                                        + "\\.\\d{3}Z]",
                                                "[<time>]")
                                        // Duration, then the upstream's time or a dash.
                                        .replaceFirst(
                                                "^((?:\\S+ ){1}\".*?\" \\d+ \\S+ \\d+ \\d+) \\d+"
                                                        + " (?:\\d+|(-))",
                                                "$1 <ms> <ms>$2")));
        rules.add(new Rule("ports", _ -> true, text -> named(text, ports)));
        rules.add(
                new Rule(
                        "debug-prefix",
                        field -> field.startsWith("admin["),
                        text -> text.replaceAll("goo\\.gle/debug\\w+\\s*", "")));
        return new Normalizer(rules, ports);
    }

    /** The fields with every rule applied, names and values. */
    public SortedMap<String, String> apply(SortedMap<String, String> fields) {
        var normal = new TreeMap<String, String>();
        fields.forEach((field, value) -> {
            var text = value;
            for (var rule : rules) {
                if (rule.applies().test(field)) {
                    text = rule.change().apply(text);
                }
            }
            // Ports are part of the names of listener statistics too.
            normal.put(named(field, ports), text);
        });
        return normal;
    }

    /** The names of the rules, in the order of their application. */
    public List<String> ruleNames() {
        return rules.stream().map(Rule::name).toList();
    }

    private static Rule value(String name, String field, Pattern whole, String replacement) {
        // Names may be written in any case (header_key_format).
        var fields = Pattern.compile(field, Pattern.CASE_INSENSITIVE);
        return new Rule(
                name,
                candidate -> fields.matcher(candidate).matches(),
                text -> whole.matcher(text).matches() ? replacement : text);
    }

    private static String named(String text, Map<Integer, String> ports) {
        var result = text;
        for (var port : ports.entrySet()) {
            // After an address only, as 127.0.0.1:80 or in a stat's name 127.0.0.1_80.
            result =
                    result.replaceAll(
                            "(127\\.0\\.0\\.1|localhost)([:_])" + port.getKey() + "(?!\\d)",
                            "$1$2<" + port.getValue() + ">");
        }
        return result;
    }

    private record Rule(String name, Predicate<String> applies, UnaryOperator<String> change) {}
}
