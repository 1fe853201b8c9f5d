// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.controlplane;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A child process on one core that answers line by line. Confined to one thread. */
final class Child implements AutoCloseable {
    private final Process process;
    private final Writer input;
    private final BufferedReader output;

    private Child(Process process) {
        this.process = process;
        this.input = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        this.output =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /**
     * Starts it.
     *
     * @param log gets its standard error
     */
    static Child start(int core, Path log, List<String> command) throws IOException {
        return start(core, log, command, Map.of());
    }

    /**
     * Starts it.
     *
     * @param log gets its standard error
     * @param environment beside this program's own
     */
    static Child start(int core, Path log, List<String> command, Map<String, String> environment)
            throws IOException {
        var pinned = new ArrayList<>(List.of("taskset", "-c", Integer.toString(core)));
        pinned.addAll(command);
        var builder =
                new ProcessBuilder(pinned)
                        .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        return new Child(builder.start());
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    void say(String line) throws IOException {
        input.write(line + "\n");
        input.flush();
    }

    /** The next line it prints. */
    String answer() throws IOException {
        var line = output.readLine();
        if (line == null) {
            throw new IOException("a process ended early: " + process.info().command().orElse("?"));
        }
        return line;
    }

    String ask(String line) throws IOException {
        say(line);
        return answer();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }

    /** A port nobody listens on at the moment. */
    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
