// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.process;

import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.ExitCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The program that takes the place of this one. A JVM cannot replace itself: the launcher has kept
 * its process, and becomes what it finds in a file of its own once this JVM has ended, so that
 * process id, signals and exit code are the successor's.
 */
public final class Successor {
    /** Set by the launcher: its file. */
    private static final String PROPERTY = "outrigger.successor";

    private Successor() {}

    /** Hands the command over; the caller has nothing more to do but to end. */
    public static void become(List<String> command) {
        var file = System.getProperty(PROPERTY, "");
        if (file.isEmpty()) {
            throw CliFailure.of(ExitCode.USAGE, "only the launcher can become another program")
                    .withNext("run it through the launcher: ./outrigger");
        }
        try {
            // Arguments hold line ends, but never a NUL.
            Files.writeString(
                    Path.of(file), String.join("\0", command) + "\0", StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
