// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.console;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A command cannot do what it was asked: what happened, the details line by line, and what to do
 * next. Shown without a stack trace, because it is an answer and not a fault of the program.
 */
public final class CliFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final ExitCode exitCode;
    private final transient List<String> details;
    private final @Nullable String next;

    private CliFailure(
            ExitCode exitCode,
            String message,
            List<String> details,
            @Nullable String next,
            @Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
        this.details = List.copyOf(details);
        this.next = next;
    }

    public static CliFailure of(ExitCode exitCode, String message) {
        return new CliFailure(exitCode, message, List.of(), null, null);
    }

    /** Adds lines that are shown indented below the message. */
    public CliFailure withDetails(List<String> lines) {
        return new CliFailure(exitCode, message(), lines, next, getCause());
    }

    /** Adds the next step: a command to run or a thing to change. */
    public CliFailure withNext(String step) {
        return new CliFailure(exitCode, message(), details, step, getCause());
    }

    public CliFailure withCause(Throwable cause) {
        return new CliFailure(exitCode, message(), details, next, cause);
    }

    public ExitCode exitCode() {
        return exitCode;
    }

    public String message() {
        return String.valueOf(getMessage());
    }

    public List<String> details() {
        return details;
    }

    /** The text for a terminal, without a final line end. */
    public String text() {
        var text = new StringBuilder("outrigger: ").append(message());
        for (var line : details) {
            text.append(System.lineSeparator()).append("  ").append(line);
        }
        if (next != null) {
            text.append(System.lineSeparator()).append("  -> ").append(next);
        }
        return text.toString();
    }
}
