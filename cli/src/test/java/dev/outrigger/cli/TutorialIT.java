// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.cli.net.Ports;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Does what docs/tutorial.md says, in its order, and compares what comes out with what it shows. A
 * block of YAML is a file named by its first line; a console block is typed line by line, or in a
 * terminal of its own if it says so.
 *
 * <p>Ports are other ones here, so that two runs do not meet; what is printed is read as if they
 * were those of the page. In the output {@code …} stands for anything within a line, and alone for
 * any lines; runs of blanks count as one.
 */
class TutorialIT {
    private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
    private static final String END = "--- end of a command: ";
    private static final List<String> PORTS =
            List.of("8470", "8471", "18000", "15001", "15002", "9001", "9002", "9003", "9901");

    @TempDir Path folder;
    private final List<Process> terminals = new ArrayList<>();
    private final Map<String, String> portOnThisMachine = new LinkedHashMap<>();

    @AfterEach
    void closeTerminals() throws InterruptedException {
        for (var terminal : terminals) {
            terminal.descendants().forEach(ProcessHandle::destroyForcibly);
            terminal.destroyForcibly();
            terminal.waitFor();
        }
    }

    @Test
    void everyCommandDoesWhatThePageSays() throws Exception {
        var free = Ports.findFree(PORTS.size());
        for (int i = 0; i < PORTS.size(); i++) {
            portOnThisMachine.put(PORTS.get(i), free.get(i).toString());
        }
        Files.createSymbolicLink(folder.resolve("outrigger"), REPOSITORY.resolve("outrigger"));
        var shell = shell();
        terminals.add(shell);

        int commands = 0;
        for (Block block : blocks(Files.readAllLines(REPOSITORY.resolve("docs/tutorial.md")))) {
            switch (block.kind()) {
                case "yaml" -> write(block);
                case "console" -> {
                    for (Step step : steps(block)) {
                        assertShown(step, type(shell, step.command()));
                        commands++;
                    }
                }
                case "console terminal" -> {
                    openTerminal(steps(block).getFirst());
                    commands++;
                }
                default -> throw new AssertionError("what is ```" + block.kind() + "?");
            }
        }
        assertThat(commands).as("commands on the page").isGreaterThan(20);
    }

    private record Block(String kind, List<String> lines) {}

    private record Step(String command, List<String> shown) {}

    private static List<Block> blocks(List<String> page) {
        var blocks = new ArrayList<Block>();
        String kind = "";
        List<String> lines = new ArrayList<>();
        for (String line : page) {
            if (!line.startsWith("```")) {
                lines.add(line);
            } else if (kind.isEmpty()) {
                kind = line.substring(3);
                lines = new ArrayList<>();
            } else {
                blocks.add(new Block(kind, lines));
                kind = "";
                lines = new ArrayList<>();
            }
        }
        return blocks;
    }

    private static List<Step> steps(Block block) {
        var steps = new ArrayList<Step>();
        String untilLine = "";
        var command = new StringBuilder();
        List<String> shown = new ArrayList<>();
        for (String line : block.lines()) {
            if (!untilLine.isEmpty()) {
                command.append('\n').append(line);
                untilLine = line.equals(untilLine) ? "" : untilLine;
            } else if (line.startsWith("$ ")) {
                if (!command.isEmpty()) {
                    steps.add(new Step(command.toString(), shown));
                }
                command = new StringBuilder(line.substring(2));
                shown = new ArrayList<>();
                untilLine = line.endsWith("<<'EOF'") ? "EOF" : "";
            } else if (!line.isBlank()) {
                shown.add(line);
            }
        }
        steps.add(new Step(command.toString(), shown));
        return steps;
    }

    private void write(Block block) throws IOException {
        var name = block.lines().getFirst().replaceFirst("^# ", "");
        Files.writeString(folder.resolve(name), here(String.join("\n", block.lines()) + "\n"));
    }

    private ProcessBuilder process(String... command) {
        var builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        var environment = builder.environment();
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("OUTRIGGER_NO_BUILD", "1");
        environment.put("OUTRIGGER_SERVER", "http://127.0.0.1:" + portOnThisMachine.get("8470"));
        environment.put("XDG_CONFIG_HOME", folder.toString());
        environment.put("NO_COLOR", "1");
        return builder;
    }

    private Process shell() throws IOException {
        return process("bash").start();
    }

    /** As on this machine: the ports that are defaults on the page are named, the others differ. */
    private String here(String text) {
        var changed =
                text.replace(
                                "./outrigger server ",
                                "./outrigger server --rest=:8470 --admin=:8471 --xds=:18000 ")
                        .replace(
                                "./outrigger bootstrap java ",
                                "./outrigger bootstrap java --xds=127.0.0.1:18000"
                                        + " --admin-port=9901 ");
        for (var port : portOnThisMachine.entrySet()) {
            changed = changed.replaceAll("\\b" + port.getKey() + "\\b", port.getValue());
        }
        return changed;
    }

    private String asOnThePage(String line) {
        var changed = line;
        for (var port : portOnThisMachine.entrySet()) {
            changed = changed.replaceAll("\\b" + port.getValue() + "\\b", port.getKey());
        }
        return changed.strip().replaceAll("\\s+", " ");
    }

    private List<String> type(Process shell, String command) throws IOException {
        var in = shell.outputWriter();
        in.write(here(command) + "\n");
        in.write("echo \"" + END + "$?\"\n");
        in.flush();
        var lines = new ArrayList<String>();
        var out = reader(shell);
        for (var line = out.readLine(); ; line = out.readLine()) {
            if (line == null) {
                throw new IOException("the shell has ended after: " + lines);
            }
            if (line.startsWith(END)) {
                return lines;
            }
            if (!line.isBlank()) {
                lines.add(asOnThePage(line));
            }
        }
    }

    private final Map<Process, BufferedReader> readers = new LinkedHashMap<>();

    /** One for each process: a reader reads ahead. */
    private BufferedReader reader(Process process) {
        return readers.computeIfAbsent(process, Process::inputReader);
    }

    /** Returns when everything the page shows of it was printed. */
    private void openTerminal(Step step) throws Exception {
        var terminal = process("bash", "-c", "exec " + here(step.command())).start();
        terminals.add(terminal);
        var missing = new ArrayList<>(step.shown());
        var seen = new ArrayList<String>();
        var out = reader(terminal);
        while (!missing.isEmpty()) {
            var line = out.readLine();
            assertThat(line).as("after %s of %s", seen, step.command()).isNotNull();
            seen.add(asOnThePage(line));
            missing.removeIf(shown -> isLike(shown, seen.getLast()));
        }
        assertThat(terminal.waitFor(0, TimeUnit.SECONDS)).as("it stays").isFalse();
        // What else it prints must not fill the pipe.
        Thread.ofVirtual().start(() -> out.lines().forEach(_ -> {}));
    }

    private static void assertShown(Step step, List<String> printed) {
        assertThat(isLike(step.shown(), printed))
                .as(
                        "%n$ %s%n%s%n--- but the page shows:%n%s",
                        step.command(), String.join("\n", printed), String.join("\n", step.shown()))
                .isTrue();
    }

    /** Whether the lines are those shown; a line {@code …} stands for any number of them. */
    private static boolean isLike(List<String> shown, List<String> printed) {
        if (shown.isEmpty()) {
            return printed.isEmpty();
        }
        var first = shown.getFirst().strip();
        var rest = shown.subList(1, shown.size());
        if (first.equals("…")) {
            return isLike(rest, printed)
                    || (!printed.isEmpty() && isLike(shown, printed.subList(1, printed.size())));
        }
        return !printed.isEmpty()
                && isLike(first, printed.getFirst())
                && isLike(rest, printed.subList(1, printed.size()));
    }

    private static boolean isLike(String shown, String printed) {
        var parts = new ArrayList<String>();
        for (var part : shown.strip().replaceAll("\\s+", " ").split("…", -1)) {
            parts.add(java.util.regex.Pattern.quote(part.strip()));
        }
        return printed.matches(String.join(".*", parts));
    }
}
