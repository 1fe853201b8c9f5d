// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.console;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The three streams and the environment of one run. Data goes to {@code out}, all else to {@code
 * err}, so that a pipe only ever receives data.
 */
public record Console(
        InputStream in, PrintStream out, PrintStream err, Map<String, String> environment) {
    public Console {
        environment = Map.copyOf(environment);
    }

    /** The process's own streams, in UTF-8. */
    public static Console ofProcess() {
        return new Console(
                new FileInputStream(FileDescriptor.in),
                new PrintStream(
                        new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8),
                new PrintStream(
                        new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                System.getenv());
    }

    /** A line of data. */
    public void data(String line) {
        out.println(line);
    }

    /** A line for the person watching. */
    public void note(String line) {
        err.println(line);
    }

    /** An environment variable, or the fallback where it is unset or empty. */
    public String variable(String name, String fallback) {
        var value = environment.getOrDefault(name, "");
        return value.isEmpty() ? fallback : value;
    }
}
