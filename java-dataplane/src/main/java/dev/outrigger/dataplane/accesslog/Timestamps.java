// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.IsoFields;
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
     * Turns a strftime pattern with Envoy's extensions ({@code %3f}, {@code %E4S}, {@code %s}) into
     * what prints times. A conversion not known stays as it is.
     */
    static Formatter strftime(String pattern, ZoneId zone) {
        return epochMillis -> render(pattern, Instant.ofEpochMilli(epochMillis).atZone(zone));
    }

    /** Prints a time. */
    @FunctionalInterface
    interface Formatter {
        String text(long epochMillis);
    }

    private static String render(String pattern, ZonedDateTime time) {
        var out = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c != '%' || i + 1 == pattern.length()) {
                out.append(c);
                continue;
            }
            int start = i;
            char conversion = pattern.charAt(++i);
            boolean extended = conversion == 'E' && i + 1 < pattern.length();
            if (extended) {
                conversion = pattern.charAt(++i);
            }
            int width = 0;
            if (Character.isDigit(conversion) && i + 1 < pattern.length()) {
                width = conversion - '0';
                conversion = pattern.charAt(++i);
            }
            if (extended) {
                extended(out, pattern.substring(start, i + 1), conversion, width, time);
            } else if (conversion == 'f') {
                // Without a width: all digits of a nanosecond.
                out.append(nanos(time), 0, width == 0 ? 9 : width);
            } else if (!date(out, conversion, time) && !clock(out, conversion, time)) {
                out.append(pattern, start, i + 1);
            }
        }
        return out.toString();
    }

    private static String nanos(ZonedDateTime time) {
        return String.format(Locale.ROOT, "%09d", time.getNano());
    }

    /** Seconds with a fraction. */
    private static void extended(
            StringBuilder out, String text, char conversion, int width, ZonedDateTime time) {
        if (conversion == 'S' && width > 0) {
            pad(out, time.getSecond(), 2);
            out.append('.').append(nanos(time), 0, width);
        } else {
            out.append(text);
        }
    }

    private static boolean date(StringBuilder out, char conversion, ZonedDateTime time) {
        switch (conversion) {
            case 'Y' -> pad(out, time.getYear(), 4);
            case 'C' -> pad(out, time.getYear() / 100, 2);
            case 'y' -> pad(out, time.getYear() % 100, 2);
            case 'm' -> pad(out, time.getMonthValue(), 2);
            case 'd' -> pad(out, time.getDayOfMonth(), 2);
            case 'e' -> blank(out, time.getDayOfMonth());
            case 'j' -> pad(out, time.getDayOfYear(), 3);
            case 'b', 'h' -> out.append(english("MMM", time));
            case 'B' -> out.append(english("MMMM", time));
            case 'a' -> out.append(english("EEE", time));
            case 'A' -> out.append(english("EEEE", time));
            case 'u' -> out.append(time.getDayOfWeek().getValue());
            case 'w' -> out.append(time.getDayOfWeek().getValue() % 7);
            case 'F' -> out.append(time.toLocalDate());
            case 'D', 'x' -> out.append(english("MM/dd/yy", time));
            case 'G' -> pad(out, time.get(IsoFields.WEEK_BASED_YEAR), 4);
            case 'V' -> pad(out, time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR), 2);
            case 'U' ->
                    pad(out, (time.getDayOfYear() + 6 - time.getDayOfWeek().getValue() % 7) / 7, 2);
            case 'W' ->
                    pad(
                            out,
                            (time.getDayOfYear() + 6 - (time.getDayOfWeek().getValue() + 6) % 7)
                                    / 7,
                            2);
            default -> {
                return false;
            }
        }
        return true;
    }

    private static boolean clock(StringBuilder out, char conversion, ZonedDateTime time) {
        switch (conversion) {
            case 'H' -> pad(out, time.getHour(), 2);
            case 'k' -> blank(out, time.getHour());
            case 'I' -> pad(out, hourOfHalfDay(time), 2);
            case 'l' -> blank(out, hourOfHalfDay(time));
            case 'M' -> pad(out, time.getMinute(), 2);
            case 'S' -> pad(out, time.getSecond(), 2);
            case 'p' -> out.append(time.getHour() < 12 ? "AM" : "PM");
            case 'P' -> out.append(time.getHour() < 12 ? "am" : "pm");
            case 'R' -> out.append(english("HH:mm", time));
            case 'T', 'X' -> out.append(english("HH:mm:ss", time));
            case 'r' -> out.append(english("hh:mm:ss a", time));
            case 'c' -> {
                out.append(english("EEE MMM ", time));
                blank(out, time.getDayOfMonth());
                out.append(english(" HH:mm:ss yyyy", time));
            }
            case 'z' -> out.append(english("xx", time));
            case 'Z' -> out.append(english("zzz", time));
            case 's' -> out.append(time.toEpochSecond());
            case 'n' -> out.append('\n');
            case 't' -> out.append('\t');
            case '%' -> out.append('%');
            default -> {
                return false;
            }
        }
        return true;
    }

    private static int hourOfHalfDay(ZonedDateTime time) {
        return time.getHour() % 12 == 0 ? 12 : time.getHour() % 12;
    }

    private static void blank(StringBuilder out, int value) {
        if (value < 10) {
            out.append(' ');
        }
        out.append(value);
    }

    private static String english(String pattern, ZonedDateTime time) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(time);
    }
}
