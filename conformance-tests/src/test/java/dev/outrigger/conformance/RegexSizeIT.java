// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.re2.ProgramSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Envoy says how large RE2's program of each of some hundred random patterns is, and ours counts
 * the same. {@code -Dregex.seed} and {@code -Dregex.count} play others.
 */
class RegexSizeIT {
    private static final Pattern LOGGED =
            Pattern.compile("regex '(.*?)' RE2 program size of ([0-9]+) > max program size of 0 ");

    /** Parts an operator may follow, in which all of RE2's syntax for single bytes occurs. */
    private static final List<String> ATOMS =
            words(
                    """
                    a b A x 1 - / \\. \\d \\w \\s \\D \\W \\S . [a-z] [A-Za-z0-9] [^/] [^a-c] [aA]
                    [\\w-] [[:alpha:]] [[:^digit:]] \\pL \\p{Lu} \\PN \\p{Greek} \\b \\B ^ $ \\A
                    \\z [\\x{e9}-\\x{fc}] \\x41 \\x{e9} \\101 [^\\x00-\\xff] [\\x00-\\xff] Z
                    [a-cA-C] \\n (?:\\Qa.b\\E) (?:abc) (?:aa) (?:ac|ad|b) (?:a|B|[cd])
                    """);

    private static final List<String> OPERATORS =
            words("* + ? *? +? ?? {2} {0,3} {2,} {1,4} {3,5}? {0} {0,1} {1} {0,}");

    private static final List<String> GROUPS = words("( (?: (?i: (?s: (?m: (?U: (?i)(?: (?-s:");

    private static List<String> words(String text) {
        return List.of(text.strip().split("\\s+"));
    }

    @TempDir private Path folder;

    @Test
    void countsWhatEnvoyCounts() throws IOException {
        long seed = Long.getLong("regex.seed", 7);
        int count = Integer.getInteger("regex.count", 600);
        var random = new Random(seed);
        var patterns = new LinkedHashMap<String, Integer>();
        while (patterns.size() < count) {
            String pattern = (random.nextInt(5) == 0 ? "^" : "") + pattern(random, 4);
            if (pattern.length() < 300) {
                patterns.put(pattern, -1);
            }
        }

        var output = Subjects.oracle().validate(write(patterns.keySet()), folder).output();
        var logged = LOGGED.matcher(output);
        while (logged.find()) {
            patterns.replace(logged.group(1), Integer.parseInt(logged.group(2)));
        }

        assertThat(patterns.values()).as("Envoy's log: " + tail(output)).doesNotContain(-1);
        patterns.forEach((pattern, size) ->
                assertThat(ProgramSize.of(pattern))
                        .as("pattern %s, seed %d", pattern, seed)
                        .hasValue(size));
    }

    private static String pattern(Random random, int depth) {
        int kind = depth == 0 ? 0 : random.nextInt(10);
        if (kind < 3) {
            return any(random, ATOMS);
        }
        var text = new StringBuilder();
        if (kind < 6) {
            for (int i = random.nextInt(5); i >= 0; i--) {
                text.append(pattern(random, depth - 1));
            }
            return text.toString();
        }
        String group = any(random, GROUPS);
        text.append(group).append(pattern(random, depth - 1));
        for (int i = kind < 8 ? random.nextInt(4) : 0; i > 0; i--) {
            text.append('|').append(pattern(random, depth - 1));
        }
        text.append(')');
        return kind == 6 ? text.toString() : text.append(any(random, OPERATORS)).toString();
    }

    private static String any(Random random, List<String> of) {
        return of.get(random.nextInt(of.size()));
    }

    private Path write(Iterable<String> patterns) throws IOException {
        var routes = new StringBuilder();
        patterns.forEach(p ->
                routes.append("{match: {safe_regex: {regex: '")
                        .append(p)
                        .append("'}}, direct_response: {status: 200}},\n    "));
        var good = Files.readString(Path.of("src/test/resources/verdicts/good.yaml"));
        var file = folder.resolve("sizes.yaml");
        Files.writeString(
                file,
                good.replace("- {match: {prefix: /}", routes + "{match: {prefix: /}")
                                .replace("routes:\n                        ", "routes: [")
                                .replace("timeout: 1s}}", "timeout: 1s}}]")
                        + """
                        layered_runtime:
                          layers:
                            - name: sizes
                              static_layer:
                                re2.max_program_size.warn_level: 0
                                re2.max_program_size.error_level: 1000000
                        """);
        return file;
    }

    private static String tail(String output) {
        return output.substring(Math.max(0, output.length() - 500));
    }
}
