// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/**
 * Outrigger's own programs, started through the launcher script with the JDK of this process. The
 * script replaces itself by the program, so the child's process id is the program's.
 *
 * @param launcher the script
 * @param trainInto the folder that each program writes its AOT cache to when it ends; empty except
 *     in a training run
 */
public record Programs(Path launcher, Optional<Path> trainInto) {
    private static final Duration GRACE = Duration.ofSeconds(5);

    /** A program in training assembles its cache after everything else is done. */
    private static final Duration TRAINING_GRACE = Duration.ofMinutes(3);

    /**
     * Starts a program.
     *
     * @param name {@code server} or {@code proxy}, which is its cache's name as well
     * @param folder for its log and its temporary files: native libraries unpacked there would
     *     outlive a killed process anywhere else
     */
    public ChildProcess start(String name, List<String> arguments, Path folder) throws IOException {
        var command = new ArrayList<>(List.of(name));
        command.addAll(arguments);
        return start(command, name, folder);
    }

    /**
     * Starts a program with a cache of another name than its own.
     *
     * @param words the program and its arguments
     * @param cache what it trains, if anything, and what its log is called
     */
    public ChildProcess start(List<String> words, String cache, Path folder) throws IOException {
        var command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(words);
        var environment = new HashMap<String, String>();
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        // Nothing is built in the middle of a run, whatever happens to the sources.
        environment.put("OUTRIGGER_NO_BUILD", "1");
        environment.put(
                "JDK_JAVA_OPTIONS",
                System.getenv().getOrDefault("JDK_JAVA_OPTIONS", "")
                        + " \"-Djava.io.tmpdir="
                        + folder
                        + "\"");
        // The training process has this for itself; a child must not write to the same file.
        environment.put(
                "OUTRIGGER_AOT_OUTPUT",
                trainInto.map(caches -> caches.resolve(cache + ".aot").toString()).orElse(""));
        return ChildProcess.start(
                command,
                environment,
                folder.resolve(cache + ".log"),
                trainInto.isPresent() ? TRAINING_GRACE : GRACE);
    }
}
