// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.contender;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Short commands that are run for what they print. */
public final class Command {

    private static final String SYSTEM_FOLDERS = "/usr/sbin:/usr/local/sbin:/sbin";

    private Command() {}

    /**
     * Finds a program on PATH or in the folders of system programs, which a user's PATH often
     * lacks.
     */
    public static Optional<Path> find(String name) {
        var path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + SYSTEM_FOLDERS;
        return Stream.of(path.split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** First printed line (either stream) that contains the word, or the first line at all. */
    static String firstLineWith(String word, String... command)
            throws IOException, InterruptedException {
        var lines =
                run(command).lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
        return lines.stream()
                .filter(line -> line.contains(word))
                .findFirst()
                .orElse(lines.isEmpty() ? "unknown" : lines.getFirst());
    }

    /** Everything a command prints on either stream. */
    public static String run(String... command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }
}
