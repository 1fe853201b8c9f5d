// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.conformance.proxy.ProxyUnderTest;
import dev.outrigger.conformance.proxy.ProxyUnderTest.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** {@code --mode validate} accepts and refuses what Envoy's does, and says why where Envoy does. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ValidateVerdictIT {
    private static final Path FOLDER = Path.of("src/test/resources/verdicts");

    private ProxyUnderTest oracle;
    private ProxyUnderTest subject;

    @TempDir private Path folder;

    @BeforeAll
    void prepare() {
        oracle = Subjects.oracle();
        subject = Subjects.subject();
    }

    /** A change to the good bootstrap, and what is said about it. */
    record Row(
            String name,
            String why,
            String replace,
            String with,
            boolean ours,
            List<String> ofOracle,
            List<String> ofSubject) {

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Row> rows() throws IOException {
        var load = new Load(LoadSettings.builder().build());
        var table = (Map<?, ?>) load.loadFromString(Files.readString(FOLDER.resolve("table.yaml")));
        var names = new HashSet<String>();
        return list(table.get("rows")).stream()
                .map(row -> row((Map<?, ?>) row))
                .peek(row -> assertThat(names.add(row.name())).as(row.name()).isTrue());
    }

    @ParameterizedTest
    @MethodSource("rows")
    void isAsEnvoys(Row row) throws IOException {
        var good = Files.readString(FOLDER.resolve("good.yaml"));
        assertThat(good).as("the text to replace").contains(row.replace());
        int place = good.indexOf(row.replace());
        var file = folder.resolve(row.name() + ".yaml");
        Files.writeString(
                file,
                good.substring(0, place)
                        + row.with()
                        + good.substring(place + row.replace().length()));

        var ofOracle = CompletableFuture.supplyAsync(() -> verdict(oracle, file));
        var ofSubject = verdict(subject, file);
        check(row, "Envoy", ofOracle.join(), row.ofOracle(), row.ours());
        check(row, "ours", ofSubject, row.ofSubject(), false);
    }

    private Verdict verdict(ProxyUnderTest proxy, Path file) {
        try {
            return proxy.validate(file, folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void check(
            Row row, String whose, Verdict verdict, List<String> parts, boolean accepts) {
        boolean accepted = accepts || parts.isEmpty();
        assertThat(verdict.exitCode())
                .as("%s (%s): exit code of %s: %s", row.name(), row.why(), whose, verdict.output())
                .isEqualTo(accepted ? 0 : 1);
        // Envoy's protobuf varies its blanks on purpose, so that nobody relies on its texts.
        var printed = verdict.output().replaceAll("\\s+", " ");
        if (!accepted) {
            assertThat(printed)
                    .as("%s (%s): printed by %s", row.name(), row.why(), whose)
                    .contains(parts);
        }
    }

    private static Row row(Map<?, ?> values) {
        var known =
                List.of("name", "why", "replace", "with", "ours", "mentions", "oracle", "subject");
        assertThat(known).as("keys of %s", values.get("name")).containsAll(keys(values));
        var both = texts(values.get("mentions"));
        return new Row(
                text(values.get("name")),
                text(values.get("why")),
                text(values.get("replace")),
                text(values.get("with")),
                Boolean.TRUE.equals(values.get("ours")),
                values.containsKey("oracle") ? texts(values.get("oracle")) : both,
                values.containsKey("subject") ? texts(values.get("subject")) : both);
    }

    private static List<String> keys(Map<?, ?> values) {
        return values.keySet().stream().map(String::valueOf).toList();
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }

    private static List<String> texts(@Nullable Object value) {
        return list(value).stream().map(String::valueOf).toList();
    }

    private static List<?> list(@Nullable Object value) {
        return value instanceof List<?> list ? list : List.of();
    }
}
