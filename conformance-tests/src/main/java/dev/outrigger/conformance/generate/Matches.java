// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import java.util.ArrayList;
import java.util.List;

/** What a route matches on. */
final class Matches {
    private static final List<String> REGEXES =
            List.of("/a.*", "/(a|x)/.+", "/[a-z]+", "(?i)/a/b", "/a\\.b", "/.*", "/x/\\d+", ".*b");
    private static final List<String> VALUE_REGEXES =
            List.of("\\d+", ".*", "[a-c]+", "(?i)abc", "a,.*", "1|2");

    private Matches() {}

    static Message route(Choices choices) {
        var match = new Message();
        switch (choices.weighted(10, 5, 4, 4)) {
            case 0 -> match.need("prefix", choices.pick(Words.PREFIXES));
            case 1 -> match.need("path", choices.pick(Words.PATHS));
            case 2 -> match.need("safe_regex", regex(choices.pick(REGEXES)));
            default ->
                    match.need(
                            "path_separated_prefix", choices.pick("/a", "/a/b", "/x", "/A", "/ab"));
        }
        if (choices.in100(20)) {
            match.with("case_sensitive", choices.in100(30));
        }
        if (choices.in100(30)) {
            var headers = new ArrayList<Message>();
            for (int i = choices.between(1, 2); i > 0; i--) {
                headers.add(header(choices));
            }
            match.with("headers", headers);
        }
        if (choices.in100(15)) {
            match.with("query_parameters", List.of(query(choices)));
        }
        return match;
    }

    static Message header(Choices choices) {
        var name =
                choices.in100(70)
                        ? choices.pick(Words.HEADERS)
                        : choices.pick(
                                ":method",
                                ":path",
                                ":authority",
                                "content-length",
                                "user-agent",
                                "X-A",
                                "cookie",
                                "host");
        var header = new Message().need("name", name);
        switch (choices.weighted(10, 3, 3, 2)) {
            case 0 -> header.with("string_match", string(choices));
            case 1 -> header.with("present_match", choices.in100(60));
            case 2 ->
                    header.with(
                            "range_match",
                            new Message()
                                    .with("start", choices.pick(-10, 0, 1, 2))
                                    .with("end", choices.pick(1, 2, 10, 11)));
            default -> {
                // No specifier: the header is to be present.
            }
        }
        return header.maybe(choices, 25, "invert_match", true)
                .maybe(choices, 15, "treat_missing_header_as_empty", true);
    }

    private static Message query(Choices choices) {
        var query = new Message().need("name", choices.pick("k", "l", "K"));
        return switch (choices.weighted(2, 1, 1)) {
            case 0 -> query.with("string_match", string(choices));
            case 1 -> query.with("present_match", choices.in100(60));
            default -> query;
        };
    }

    static Message string(Choices choices) {
        var string = new Message();
        switch (choices.weighted(6, 2, 2, 2, 2)) {
            case 0 -> string.need("exact", choices.pick(Words.VALUES));
            case 1 -> string.need("prefix", choices.pick("1", "a", "A", "GE", "/a"));
            case 2 -> string.need("suffix", choices.pick("0", "c", "C", "T", "b"));
            case 3 -> string.need("contains", choices.pick("b", "B", ",", "1", "."));
            default -> {
                string.need("safe_regex", regex(choices.pick(VALUE_REGEXES)));
                return string;
            }
        }
        return string.maybe(choices, 25, "ignore_case", true);
    }

    static Message regex(String regex) {
        return new Message().need("regex", regex);
    }
}
