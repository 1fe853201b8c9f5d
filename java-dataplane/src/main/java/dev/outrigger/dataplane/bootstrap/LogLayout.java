// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.bootstrap;

import dev.outrigger.dataplane.admin.LogComponents;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/**
 * A log line in the layout of {@code --log-format} (spdlog's flags; an unknown one is written as it
 * stands). The line number is looked for on the caller's stack, so it is there only for records
 * formatted on the thread that logs.
 */
final class LogLayout extends Formatter {
    static final String DEFAULT = "[%Y-%m-%d %T.%e][%t][%l][%n] [%g:%#] %v";

    /** Above SEVERE, which is Envoy's error. */
    static final Level CRITICAL =
            new Level("CRITICAL", Level.SEVERE.intValue() + 100) {
                private static final long serialVersionUID = 1L;
            };

    private static final DateTimeFormatter DATE_TIME =
            DateTimeFormatter.ofPattern("EEE MMM dd HH:mm:ss yyyy", Locale.ROOT);

    private final String pattern;
    private final boolean escape;
    private final ZoneId zone;
    private final long processId = ProcessHandle.current().pid();

    /**
     * @param escape whether control characters of the message are written as escapes
     */
    LogLayout(String pattern, boolean escape, ZoneId zone) {
        this.pattern = pattern;
        this.escape = escape;
        this.zone = zone;
    }

    @Override
    public String format(LogRecord record) {
        var out = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '%' && i + 1 < pattern.length()) {
                flag(pattern.charAt(++i), record, out);
            } else {
                out.append(c);
            }
        }
        return out.append('\n').toString();
    }

    private void flag(char flag, LogRecord record, StringBuilder out) {
        switch (flag) {
            case 'v', '_', 'j' -> out.append(message(record));
            case 'l' -> out.append(level(record.getLevel()));
            case 'L' -> out.append(Character.toUpperCase(level(record.getLevel()).charAt(0)));
            case 'n' -> out.append(LogComponents.of(String.valueOf(record.getLoggerName())));
            case 't', 'P' -> out.append(processId);
            case 'g', 's' -> out.append(file(record));
            case '#' -> out.append(frame(record).map(f -> f.getLineNumber()).orElse(0));
            case '!' -> out.append(record.getSourceMethodName());
            case '@' ->
                    out.append(file(record))
                            .append(':')
                            .append(frame(record).map(f -> f.getLineNumber()).orElse(0));
            case '%' -> out.append('%');
            default -> time(flag, record.getInstant().atZone(zone), record.getInstant(), out);
        }
    }

    private static void time(char flag, ZonedDateTime time, Instant instant, StringBuilder out) {
        switch (flag) {
            case 'Y' -> out.append(time.getYear());
            case 'C' -> two(time.getYear() % 100, out);
            case 'm' -> two(time.getMonthValue(), out);
            case 'd' -> two(time.getDayOfMonth(), out);
            case 'H' -> two(time.getHour(), out);
            case 'I' -> two((time.getHour() + 11) % 12 + 1, out);
            case 'M' -> two(time.getMinute(), out);
            case 'S' -> two(time.getSecond(), out);
            case 'e' -> digits(time.getNano() / 1_000_000, 3, out);
            case 'f' -> digits(time.getNano() / 1_000, 6, out);
            case 'F' -> digits(time.getNano(), 9, out);
            case 'E' -> out.append(instant.getEpochSecond());
            case 'p' -> out.append(time.getHour() < 12 ? "AM" : "PM");
            case 'T', 'X' -> {
                two(time.getHour(), out);
                out.append(':');
                two(time.getMinute(), out);
                out.append(':');
                two(time.getSecond(), out);
            }
            case 'R' -> {
                two(time.getHour(), out);
                out.append(':');
                two(time.getMinute(), out);
            }
            case 'D', 'x' -> {
                two(time.getMonthValue(), out);
                out.append('/');
                two(time.getDayOfMonth(), out);
                out.append('/');
                two(time.getYear() % 100, out);
            }
            case 'c' -> out.append(DATE_TIME.format(time));
            case 'a' -> out.append(DateTimeFormatter.ofPattern("EEE", Locale.ROOT).format(time));
            case 'A' -> out.append(DateTimeFormatter.ofPattern("EEEE", Locale.ROOT).format(time));
            case 'b' -> out.append(DateTimeFormatter.ofPattern("MMM", Locale.ROOT).format(time));
            case 'B' -> out.append(DateTimeFormatter.ofPattern("MMMM", Locale.ROOT).format(time));
            case 'z' -> out.append(DateTimeFormatter.ofPattern("xxx", Locale.ROOT).format(time));
            default -> out.append('%').append(flag);
        }
    }

    private static void two(int value, StringBuilder out) {
        digits(value, 2, out);
    }

    private static void digits(int value, int width, StringBuilder out) {
        String text = Integer.toString(value);
        out.append("0".repeat(Math.max(0, width - text.length()))).append(text);
    }

    /** Envoy's name of a level. */
    static String level(Level level) {
        int value = level.intValue();
        if (value > Level.SEVERE.intValue()) {
            return "critical";
        }
        if (value >= Level.SEVERE.intValue()) {
            return "error";
        }
        if (value >= Level.WARNING.intValue()) {
            return "warning";
        }
        if (value >= Level.INFO.intValue()) {
            return "info";
        }
        return value >= Level.FINE.intValue() ? "debug" : "trace";
    }

    private String message(LogRecord record) {
        String text = formatMessage(record);
        if (record.getThrown() != null) {
            var trace = new StringWriter();
            record.getThrown().printStackTrace(new PrintWriter(trace));
            text = text + "\n" + trace.toString().stripTrailing();
        }
        return escape ? escaped(text) : text;
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\")
                .replace("\n", "\\n")
                .replace("\r", "\\r")
                .replace("\t", "\\t")
                .replace("\"", "\\\"");
    }

    private static String file(LogRecord record) {
        return frame(record)
                .map(StackWalker.StackFrame::getFileName)
                .orElseGet(() -> String.valueOf(record.getSourceClassName()));
    }

    private static Optional<StackWalker.StackFrame> frame(LogRecord record) {
        String source = record.getSourceClassName();
        return StackWalker.getInstance()
                .walk(frames -> frames.filter(f -> f.getClassName().equals(source)).findFirst());
    }
}
