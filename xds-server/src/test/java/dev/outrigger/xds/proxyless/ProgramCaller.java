// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.xds.proxyless;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A client program of another language that makes a call for each line it is given. Made once and
 * kept in the user's cache: the packages come by the language's own tools.
 */
final class ProgramCaller implements GrpcCaller {
    private static final Path SOURCES = Path.of("src/test/resources/clients").toAbsolutePath();
    private static final int MAKING_SECONDS = 600;

    private final Process process;
    private final BufferedWriter calls;
    private final BufferedReader answers;

    private ProgramCaller(Process process) {
        this.process = process;
        this.calls = process.outputWriter(StandardCharsets.UTF_8);
        this.answers = process.inputReader(StandardCharsets.UTF_8);
    }

    /** The command, or nothing where the packages cannot be had. */
    static Optional<List<String>> python() {
        var folder = cache("python");
        var python = folder.resolve("bin").resolve("python");
        if (!Files.isExecutable(folder.resolve("done"))
                && !(succeeds(SOURCES, "python3", "-m", "venv", folder.toString())
                        && succeeds(
                                SOURCES,
                                python.toString(),
                                "-m",
                                "pip",
                                "-q",
                                "--disable-pip-version-check",
                                "install",
                                "grpcio==1.85.1")
                        && mark(folder))) {
            return Optional.empty();
        }
        return Optional.of(
                List.of(python.toString(), SOURCES.resolve("python/client.py").toString()));
    }

    /** The command, or nothing where the modules cannot be had. */
    static Optional<List<String>> go() {
        var program = cache("go").resolve("xds-client");
        return succeeds(SOURCES.resolve("go"), "go", "build", "-o", program.toString(), ".")
                ? Optional.of(List.of(program.toString()))
                : Optional.empty();
    }

    static ProgramCaller start(List<String> command, String bootstrap, Path log)
            throws IOException {
        var builder = new ProcessBuilder(command).redirectError(log.toFile());
        builder.environment().put("GRPC_XDS_BOOTSTRAP_CONFIG", bootstrap);
        return new ProgramCaller(builder.start());
    }

    @Override
    public String call(String target, String method) throws IOException {
        calls.write(target + " " + method);
        calls.newLine();
        calls.flush();
        var answer = answers.readLine();
        if (answer == null) {
            throw new EOFException("the client has ended");
        }
        return answer;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private static Path cache(String language) {
        var base =
                Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                        .map(Path::of)
                        .orElse(Path.of(System.getProperty("user.home"), ".cache"));
        return base.resolve("outrigger").resolve("grpc-clients").resolve(language);
    }

    private static boolean mark(Path folder) {
        try {
            var done = folder.resolve("done");
            Files.writeString(done, "");
            return done.toFile().setExecutable(true);
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean succeeds(Path directory, String... command) {
        try {
            var process =
                    new ProcessBuilder(command)
                            .directory(directory.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (process.waitFor(MAKING_SECONDS, TimeUnit.SECONDS)) {
                return process.exitValue() == 0;
            }
            process.destroyForcibly();
            return false;
        } catch (IOException e) {
            return false; // No such tool.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
