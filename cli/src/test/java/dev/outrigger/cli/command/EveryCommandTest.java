// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.cli.console.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What all commands have in common: help, and the codes they end with. */
class EveryCommandTest {
    /** Each command that talks to a control plane, as somebody would type it. */
    private static final List<List<String>> CLIENTS =
            List.of(
                    List.of("apply", "-f", "FILE"),
                    List.of("apply", "--plan", "plan-1"),
                    List.of("diff", "-f", "FILE"),
                    List.of("edit", "service/b"),
                    List.of("delete", "service/b"),
                    List.of("delete", "-f", "FILE"),
                    List.of("rollback"),
                    List.of("rollback", "3"),
                    List.of("history"),
                    List.of("history", "service/b"),
                    List.of("get", "services"),
                    List.of("get", "service", "b"),
                    List.of("describe", "service/b"),
                    List.of("explain", "service"),
                    List.of("why", "a", "b"),
                    List.of("watch"),
                    List.of("wait", "--for=synced", "service/b"),
                    List.of("wait", "--for=synced", "revision/1"),
                    List.of("proxy", "ls"),
                    List.of("proxy", "config", "a-1"),
                    List.of("proxy", "diff", "a-1"),
                    List.of("proxy", "logs", "a-1"));

    @TempDir Path folder;

    static List<List<String>> clients() {
        return CLIENTS;
    }

    private CliRun run(List<String> command, String... more) throws IOException {
        var file =
                Files.writeString(folder.resolve("b.yaml"), "kind: Service\nmetadata: {name: b}\n");
        var all =
                Stream.concat(
                                command.stream().map(word -> word.replace("FILE", file.toString())),
                                Stream.of(more))
                        .toArray(String[]::new);
        return CliRun.withEnvironment(Map.of("XDG_CONFIG_HOME", folder.toString()), all);
    }

    @ParameterizedTest
    @MethodSource("clients")
    void withoutAControlPlaneItEndsWith6(List<String> command) throws IOException {
        var run = run(command, "--server=127.0.0.1:1");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(6);
        assertThat(run.err()).contains("cannot reach a control plane at http://127.0.0.1:1");
        assertThat(run.out()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("clients")
    void whoMayNotEndsWith6(List<String> command) throws IOException {
        try (var server = new FakeControlPlane().denying()) {
            var run = run(command, server.option());

            assertThat(run.exitCode()).as(run.err()).isEqualTo(6);
            assertThat(run.err()).contains("Forbidden");
        }
    }

    @ParameterizedTest
    @MethodSource("clients")
    void anUnknownOptionEndsWith2(List<String> command) throws IOException {
        assertThat(run(command, "--no-such-option").exitCode()).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("clients")
    void aContextThatIsNotThereEndsWith5(List<String> command) throws IOException {
        assertThat(run(command, "--context=none").exitCode()).isEqualTo(5);
    }

    @ParameterizedTest
    @MethodSource("clients")
    void aTokenFileThatIsNotThereEndsWith5(List<String> command) throws IOException {
        assertThat(run(command, "--server=127.0.0.1:1", "--token-file=/no/such").exitCode())
                .isEqualTo(5);
    }

    static Stream<String> names() {
        return commands().getSubcommands().entrySet().stream()
                .filter(one -> !one.getValue().getCommandSpec().usageMessage().hidden())
                .map(Map.Entry::getKey);
    }

    private static CommandLine commands() {
        return OutriggerCommand.commandLine(
                new Console(System.in, System.out, System.err, Map.of()));
    }

    @ParameterizedTest
    @MethodSource("names")
    void helpEndsWith0(String name) {
        var run = name.equals("help") ? CliRun.of("help", "get") : CliRun.of(name, "--help");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.out()).contains("Usage: outrigger");
    }

    @Test
    void everyCommandIsInTheManual() throws IOException {
        var page = Files.readString(Path.of("..", "docs", "cli.md"));

        commands()
                .getSubcommands()
                .forEach((name, command) -> {
                    if (!command.getCommandSpec().usageMessage().hidden()) {
                        assertThat(page).as(name).containsPattern("`" + name + "\\b");
                    }
                });
    }
}
