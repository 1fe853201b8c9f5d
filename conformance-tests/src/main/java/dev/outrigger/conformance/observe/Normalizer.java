// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.observe;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Removes from the fields of an {@link Observation} what no two runs share, and nothing else. Each
 * rule has a name and checks that what it hides has the right shape: a malformed date stays
 * visible.
 */
public final class Normalizer {
    private static final Pattern UUID =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    private static final Pattern DATE =
            Pattern.compile(
                    "(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \\d\\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep"
                            + "|Oct|Nov|Dec) \\d{4} \\d\\d:\\d\\d:\\d\\d GMT");
    private static final Pattern HEAD_IN_TEXT =
            Pattern.compile("connection\\[\\d+]\\.unparsed|response\\[\\d+]\\.body");
    private static final Pattern DATE_LINE = Pattern.compile("(?m)^date: " + DATE.pattern());
    private static final Pattern SERVICE_TIME_LINE =
            Pattern.compile("(?m)^(x-envoy-upstream-service-time): \\d+");
    private static final Pattern REQUEST_ID_LINE =
            Pattern.compile("(?im)^(x-request-id: )" + UUID.pattern());
    private static final Pattern DEFAULT_LINE = Pattern.compile("log\\[\\d+].default");
    private static final Pattern LINE_TIME =
            Pattern.compile("^\\[\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z]");

    /** Duration, then the upstream's time or a dash. */
    private static final Pattern LINE_DURATIONS =
            Pattern.compile("^((?:\\S+ ){1}\".*?\" \\d+ \\S+ \\d+ \\d+) \\d+ (?:\\d+|(-))");

    private static final Pattern DRAWN_LINE = Pattern.compile("log\\[\\d+].drawn");

    /** Times, the number of a connection, and the port that a client's came from. */
    private static final Pattern NAMED_NUMBER =
            Pattern.compile(
                    "\\b((?:REQUEST_|RESPONSE_)?DURATION|CONNECTION_ID)=\\d+"
                            + "|\\b(START_TIME)=\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z"
                            + "|\\b(DOWNSTREAM_(?:DIRECT_)?REMOTE_ADDRESS=127\\.0\\.0\\.1):\\d{1,5}");

    private static final Pattern DEBUG_PREFIX = Pattern.compile("goo\\.gle/debug\\w+\\s*");

    /** After an address only, as 127.0.0.1:80 or in a stat's name 127.0.0.1_80. */
    private static final Pattern PORT =
            Pattern.compile("(127\\.0\\.0\\.1|localhost)([:_])(\\d{1,5})(?!\\d)");

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
                        UUID,
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
                        "heads-in-text",
                        field -> HEAD_IN_TEXT.matcher(field).matches(),
                        Normalizer::withoutTimesOfHeads));
        rules.add(
                new Rule(
                        "default-log-line",
                        field -> DEFAULT_LINE.matcher(field).matches(),
                        Normalizer::withoutTimes));
        rules.add(
                new Rule(
                        "named-values-of-a-log-line",
                        field -> DRAWN_LINE.matcher(field).matches(),
                        text -> NAMED_NUMBER.matcher(text).replaceAll("$1$2$3=<number>")));
        rules.add(new Rule("ports", _ -> true, text -> named(text, ports)));
        rules.add(
                new Rule(
                        "debug-prefix",
                        field -> field.startsWith("admin["),
                        text -> DEBUG_PREFIX.matcher(text).replaceAll("")));
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

    /**
     * What comes behind a response that has no body is taken for it, and may be another response.
     */
    private static String withoutTimesOfHeads(String text) {
        var named = REQUEST_ID_LINE.matcher(text).replaceAll("$1<uuid>");
        return SERVICE_TIME_LINE
                .matcher(DATE_LINE.matcher(named).replaceAll("date: <date>"))
                .replaceAll("$1: <ms>");
    }

    private static String withoutTimes(String line) {
        var text = UUID.matcher(line).replaceAll("<uuid>");
        text = LINE_TIME.matcher(text).replaceFirst("[<time>]");
        return LINE_DURATIONS.matcher(text).replaceFirst("$1 <ms> <ms>$2");
    }

    private static String named(String text, Map<Integer, String> ports) {
        if (!text.contains("127.0.0.1") && !text.contains("localhost")) {
            return text;
        }
        return PORT.matcher(text)
                .replaceAll(match -> {
                    var name = ports.get(Integer.parseInt(match.group(3)));
                    return Matcher.quoteReplacement(
                            name == null
                                    ? match.group()
                                    : match.group(1) + match.group(2) + "<" + name + ">");
                });
    }

    private record Rule(String name, Predicate<String> applies, UnaryOperator<String> change) {}
}
