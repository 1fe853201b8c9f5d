// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AotCacheTest {
    private static final List<String> JAVA =
            List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Xmx64m");

    private final List<String> told = new ArrayList<>();
    private final List<List<String>> trained = new ArrayList<>();

    @TempDir private Path folder;

    @BeforeEach
    void compileFirst() throws IOException {
        compile("first");
    }

    /** A cached class that outlives its source would make every proof one of old code. */
    @Test
    void runsWhatWasCompiledLast() throws IOException {
        var first = command();
        assertThat(output(first)).isEqualTo("first");
        compile("second");
        assertThat(output(command())).isEqualTo("second");
        assertThat(output(first)).as("what runs meanwhile").isEqualTo("first");
        assertThat(told).isEmpty();
        assertThat(trained).hasSize(2);
    }

    @Test
    void isUsedByAllWhoComeLater() throws IOException {
        var first = command();
        assertThat(command()).isEqualTo(first);
        assertThat(trained).hasSize(1);
        var strict = new ArrayList<>(first);
        strict.add(1, "-XX:AOTMode=on");
        strict.add(1, "-Xlog:class+load");
        strict.remove("-Xlog:cds*=off");
        strict.remove("-Xlog:aot*=off");
        assertThat(output(strict)).contains("Program source: shared objects file");
    }

    @Test
    void isNoConditionForAStart() throws IOException {
        AotCache.Run failing =
                (_, _) -> {
                    throw new IOException("no training today");
                };
        var command = cache().command(JAVA, classes(), List.of("Program"), failing, this::run);
        assertThat(output(command)).isEqualTo("first");
        assertThat(told)
                .containsExactly("without an AOT cache, starts are slower: no training today");
    }

    private AotCache cache() {
        return new AotCache(folder.resolve("caches"), told::add);
    }

    private List<String> command() {
        return cache().command(
                        JAVA,
                        classes(),
                        List.of("Program"),
                        (command, workdir) -> {
                            trained.add(command);
                            run(command, workdir);
                        },
                        this::run);
    }

    private void run(List<String> command, Path workdir) throws IOException {
        assertThat(workdir).isDirectory();
        assertThat(output(command)).contains(Files.readString(folder.resolve("says")));
    }

    private String classes() {
        return folder.resolve("classes").toString();
    }

    private void compile(String says) throws IOException {
        var source = folder.resolve("Program.java");
        Files.writeString(
                source,
                "class Program { public static void main(String[] a) { System.out.print(\"%s\"); } }"
                        .formatted(says));
        Files.writeString(folder.resolve("says"), says);
        var compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
        assertThat(compiler.run(null, null, null, "-d", classes(), source.toString())).isZero();
    }

    private static String output(List<String> command) throws IOException {
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var output = process.inputReader()) {
            return output.readAllAsString();
        }
    }
}
