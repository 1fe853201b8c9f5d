// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Times as Envoy writes them. */
final class Timestamps {
    private static final long DAY_MILLIS = 86_400_000;

    private Timestamps() {}

    /** {@code 2026-01-31T12:00:00.000Z}. */
    static void appendIsoMillis(StringBuilder out, long epochMillis) {
        LocalDate day = LocalDate.ofEpochDay(Math.floorDiv(epochMillis, DAY_MILLIS));
        long rest = Math.floorMod(epochMillis, DAY_MILLIS);
        pad(out, day.getYear(), 4);
        pad(out.append('-'), day.getMonthValue(), 2);
        pad(out.append('-'), day.getDayOfMonth(), 2);
        pad(out.append('T'), rest / 3_600_000, 2);
        pad(out.append(':'), rest / 60_000 % 60, 2);
        pad(out.append(':'), rest / 1000 % 60, 2);
        pad(out.append('.'), rest % 1000, 3);
        out.append('Z');
    }

    private static void pad(StringBuilder out, long value, int digits) {
        for (long limit = (long) Math.pow(10, digits - 1);
                limit > 1 && value < limit;
                limit /= 10) {
            out.append('0');
        }
        out.append(value);
    }

    /**
     * Turns a strftime pattern with Envoy's extensions ({@code %3f}, {@code %s}) into a formatter.
     *
     * @throws IllegalArgumentException for a conversion not known
     */
    static Operator.TextSource strftime(String pattern) {
        return context -> render(pattern, context.info().startMillis());
    }

    private static String render(String pattern, long epochMillis) {
        var out = new StringBuilder();
        Instant instant = Instant.ofEpochMilli(epochMillis);
        var time = instant.atOffset(ZoneOffset.UTC);
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c != '%' || i + 1 == pattern.length()) {
                out.append(c);
                continue;
            }
            char conversion = pattern.charAt(++i);
            int width = 0;
            if (Character.isDigit(conversion) && i + 1 < pattern.length()) {
                width = conversion - '0';
                conversion = pattern.charAt(++i);
            }
            switch (conversion) {
                case 'Y' -> pad(out, time.getYear(), 4);
                case 'm' -> pad(out, time.getMonthValue(), 2);
                case 'd' -> pad(out, time.getDayOfMonth(), 2);
                case 'H' -> pad(out, time.getHour(), 2);
                case 'M' -> pad(out, time.getMinute(), 2);
                case 'S' -> pad(out, time.getSecond(), 2);
                case 'T' -> out.append(DateTimeFormatter.ofPattern("HH:mm:ss").format(time));
                case 'F' -> out.append(time.toLocalDate());
                case 'y' -> pad(out, time.getYear() % 100, 2);
                case 'j' -> pad(out, time.getDayOfYear(), 3);
                case 'b' -> out.append(english("MMM").format(time));
                case 'B' -> out.append(english("MMMM").format(time));
                case 'a' -> out.append(english("EEE").format(time));
                case 'A' -> out.append(english("EEEE").format(time));
                case 'z' -> out.append("+0000");
                case 'Z' -> out.append("UTC");
                case '%' -> out.append('%');
                case 's' -> {
                    out.append(instant.getEpochSecond());
                }
                case 'f' -> {
                    String nanos = String.format(Locale.ROOT, "%09d", time.getNano());
                    out.append(nanos, 0, width == 0 ? 9 : width);
                }
                default -> out.append('%').append(conversion);
            }
        }
        return out.toString();
    }

    private static DateTimeFormatter english(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH);
    }
}
