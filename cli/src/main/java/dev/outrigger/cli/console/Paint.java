// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.console;

import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Colours for a terminal, laid over lines that are complete without them: nothing is said by colour
 * alone, and columns stay where they are.
 */
final class Paint {
    private static final String RED = "31";
    private static final String GREEN = "32";
    private static final String YELLOW = "33";

    private static final Map<String, String> COLORS =
            Map.ofEntries(
                    Map.entry("SYNCED", GREEN),
                    Map.entry("True", GREEN),
                    Map.entry("ok", GREEN),
                    Map.entry("PENDING", YELLOW),
                    Map.entry("HELD", YELLOW),
                    Map.entry("DISCONNECTED", YELLOW),
                    Map.entry("Unknown", YELLOW),
                    Map.entry("unknown", YELLOW),
                    Map.entry("REJECTED", RED),
                    Map.entry("False", RED),
                    Map.entry("FAILED", RED));

    /** Words that stand alone between blanks: a name that contains one is no state. */
    private static final Pattern STATE =
            Pattern.compile("(?<=^|\\s|=)(?:" + String.join("|", COLORS.keySet()) + ")(?=$|\\s|,)");

    private static final String OLD = "  - ";
    private static final String NEW = "  + ";

    private Paint() {}

    /** A line of a table, or of a difference. */
    static String line(String line) {
        if (line.startsWith(OLD)) {
            return in(RED, line);
        }
        if (line.startsWith(NEW)) {
            return in(GREEN, line);
        }
        return STATE.matcher(line).replaceAll(Paint::state);
    }

    static String warning(String line) {
        return in(YELLOW, line);
    }

    static String failure(String line) {
        return in(RED, line);
    }

    private static String state(MatchResult found) {
        return in(COLORS.getOrDefault(found.group(), RED), found.group());
    }

    private static String in(String color, String text) {
        return "\u001b[" + color + "m" + text + "\u001b[0m";
    }
}
