// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.console;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The three streams and the environment of one run. Data goes to {@code out}, all else to {@code
 * err}, so that a pipe only ever receives data. Any thread, once it knows how to {@link #present}.
 */
public final class Console {
    private final InputStream in;
    private final PrintStream out;
    private final PrintStream err;
    private final Map<String, String> environment;
    private final Terminals terminals;
    private volatile Presentation presentation = Presentation.DEFAULT;

    /** With streams that are no terminals. */
    public Console(
            InputStream in, PrintStream out, PrintStream err, Map<String, String> environment) {
        this(in, out, err, environment, Terminals.NONE);
    }

    public Console(
            InputStream in,
            PrintStream out,
            PrintStream err,
            Map<String, String> environment,
            Terminals terminals) {
        this.in = in;
        this.out = out;
        this.err = err;
        this.environment = Map.copyOf(environment);
        this.terminals = terminals;
    }

    /** The process's own streams, in UTF-8. */
    public static Console ofProcess() {
        return new Console(
                new FileInputStream(FileDescriptor.in),
                new PrintStream(
                        new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8),
                new PrintStream(
                        new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                System.getenv(),
                Terminals.ofProcess());
    }

    public InputStream in() {
        return in;
    }

    public PrintStream out() {
        return out;
    }

    public PrintStream err() {
        return err;
    }

    public Map<String, String> environment() {
        return environment;
    }

    /** From now on. */
    public void present(Presentation choice) {
        presentation = choice;
    }

    /** A line of data. */
    public void data(String line) {
        out.println(line);
    }

    /** Lines of a table or a difference, for people to read. */
    public void table(List<String> lines) {
        boolean isColored = isColored(terminals.out());
        lines.forEach(line -> out.println(isColored ? Paint.line(line) : line));
    }

    /** A line for the person watching. */
    public void note(String line) {
        if (!presentation.isQuiet()) {
            boolean isWarning = line.startsWith("warning ") && isColored(terminals.err());
            err.println(isWarning ? Paint.warning(line) : line);
        }
    }

    /** A line about how something is done. */
    public void detail(String line) {
        if (presentation.isVerbose()) {
            err.println(line);
        }
    }

    /** Why it does not go on; said however quiet it is to be. */
    public void failure(String text) {
        int end = text.indexOf('\n');
        boolean isOneLine = end < 0;
        if (isColored(terminals.err())) {
            err.println(
                    isOneLine
                            ? Paint.failure(text)
                            : Paint.failure(text.substring(0, end)) + text.substring(end));
        } else {
            err.println(text);
        }
    }

    /** Whether somebody is watching who may be shown what is going on. */
    public boolean isWatched() {
        return terminals.err() && !presentation.isQuiet();
    }

    /** Whether somebody said that nobody is there. */
    public boolean isUnattended() {
        return presentation.isUnattended();
    }

    /** Whether there is a person who can be asked. */
    public boolean canAsk() {
        return terminals.in() && terminals.err() && !presentation.isUnattended();
    }

    /** Asks a person; where there is none, the answer is yes, as scripts mean what they say. */
    public boolean confirm(String question) {
        if (!canAsk()) {
            return true;
        }
        err.print(question + " [y/N] ");
        err.flush();
        var answer = new StringBuilder();
        try {
            for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
                answer.append((char) c);
            }
        } catch (IOException _) {
            return false;
        }
        return answer.toString().strip().toLowerCase(Locale.ROOT).startsWith("y");
    }

    /** An environment variable, or the fallback where it is unset or empty. */
    public String variable(String name, String fallback) {
        var value = environment.getOrDefault(name, "");
        return value.isEmpty() ? fallback : value;
    }

    private boolean isColored(boolean isTerminal) {
        return switch (presentation.colors()) {
            case always -> true;
            case never -> false;
            case auto ->
                    isTerminal
                            && variable("NO_COLOR", "").isEmpty()
                            && !variable("TERM", "").equals("dumb");
        };
    }
}
