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
     * @param name {@code server} or {@code proxy}
     * @param folder for its log and its temporary files: native libraries unpacked there would
     *     outlive a killed process anywhere else
     */
    public ChildProcess start(String name, List<String> arguments, Path folder) throws IOException {
        var command = new ArrayList<String>();
        command.add(launcher.toString());
        command.add(name);
        command.addAll(arguments);
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
                trainInto.map(caches -> caches.resolve(name + ".aot").toString()).orElse(""));
        return ChildProcess.start(
                command,
                environment,
                folder.resolve(name + ".log"),
                trainInto.isPresent() ? TRAINING_GRACE : GRACE);
    }
}
