// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.document;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** The duration format of Gateway API's GEP-2257: one to four groups of digits and a unit. */
public final class Gep2257Duration {
    /** The format as a pattern for JSON Schema. */
    public static final String FORM = "^(?:[0-9]{1,5}(?:h|ms|m|s)){1,4}$";

    private static final Pattern FORMAT = Pattern.compile(FORM);
    private static final Pattern GROUP = Pattern.compile("([0-9]+)(h|ms|m|s)");

    private Gep2257Duration() {}

    /** Empty unless the text is in the format; {@code 1.5s}, {@code 1d}, {@code -1s} are not. */
    public static Optional<Duration> parse(String text) {
        if (text.length() > 32 || !FORMAT.matcher(text).matches()) {
            return Optional.empty();
        }
        long millis = 0;
        var groups = GROUP.matcher(text);
        while (groups.find()) {
            long count = Long.parseLong(groups.group(1));
            millis +=
                    switch (groups.group(2)) {
                        case "h" -> count * 3_600_000;
                        case "m" -> count * 60_000;
                        case "s" -> count * 1_000;
                        default -> count;
                    };
        }
        return Optional.of(Duration.ofMillis(millis));
    }

    /** The shortest text that {@link #parse} turns into the same duration, to the millisecond. */
    public static String format(Duration duration) {
        long millis = duration.toMillis();
        var out = new StringBuilder();
        if (millis / 3_600_000 > 0) {
            out.append(millis / 3_600_000).append('h');
        }
        if (millis / 60_000 % 60 > 0) {
            out.append(millis / 60_000 % 60).append('m');
        }
        if (millis / 1_000 % 60 > 0) {
            out.append(millis / 1_000 % 60).append('s');
        }
        if (millis % 1_000 > 0) {
            out.append(millis % 1_000).append("ms");
        }
        return out.isEmpty() ? "0s" : out.toString();
    }
}
