// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Programs of others that tests play against: made from their sources at the first run and kept
 * beside the classes. Where that cannot be done, the test says why and is skipped, under CI too:
 * whether modules can be had is not what the project's own build depends on.
 *
 * @param name what messages call them
 * @param folder where they are made
 */
public record ThirdPartyProgram(String name, Path folder) {
    /** Modules come in seconds, or not at all. */
    private static final int FETCH_SECONDS = 90;

    private static final int BUILD_SECONDS = 300;
    private static final Path INSTALLED_GO = Path.of("/usr/local/go/bin/go");

    /** Why nothing could be fetched before: nobody waits for that twice. */
    private static volatile @Nullable String unreachable;

    /** Keeps what is made in a folder of that name, which is made here. */
    public static ThirdPartyProgram in(String folder, String name) throws IOException {
        return new ThirdPartyProgram(
                name, Files.createDirectories(Path.of("target", folder).toAbsolutePath()));
    }

    /**
     * The program of a Go package.
     *
     * @param file what it is called here
     * @param goPackage with its module's path
     * @param version of the module
     */
    public Path goProgram(String file, String goPackage, String version)
            throws IOException, InterruptedException {
        Path program = folder.resolve(file);
        if (Files.isExecutable(program)) {
            return program;
        }
        String go = Files.isExecutable(INSTALLED_GO) ? INSTALLED_GO.toString() : "go";
        if (!Files.exists(folder.resolve("go.mod"))) {
            run(FETCH_SECONDS, go, "mod", "init", "built");
        }
        fetch(go, "get", goPackage + "@" + version);
        run(BUILD_SECONDS, go, "build", "-o", program.toString(), goPackage);
        return program;
    }

    /** A step that needs the network. */
    public void fetch(String... command) throws IOException, InterruptedException {
        String known = unreachable;
        if (known != null) {
            abort(name + " cannot be had: " + known);
        }
        unreachable = "a try before did not come to its end";
        run(FETCH_SECONDS, command);
        unreachable = null;
    }

    private void run(int seconds, String... command) throws IOException, InterruptedException {
        Path log = folder.resolve("build.log");
        Process process;
        try {
            process =
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                            .start();
        } catch (IOException e) {
            abort(name + " cannot be had: " + e.getMessage());
            return;
        }
        if (!process.waitFor(seconds, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            abort(name + " cannot be had: " + Files.readString(log));
        }
    }
}
