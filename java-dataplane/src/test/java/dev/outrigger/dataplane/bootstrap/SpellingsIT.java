// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.dataplane.testing.TestEnvoy;
import dev.outrigger.envoy.Envoy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What a value may look like, by the same table for ours and for a real Envoy. */
class SpellingsIT {
    @TempDir Path folder;

    /**
     * @param cluster fields of a cluster, or empty
     * @param document a whole bootstrap, where there are none
     */
    record Row(boolean accepts, String cluster, String document) {
        /** Fields of one and the same message are written into a cluster of its own. */
        boolean isField() {
            return !cluster.isEmpty();
        }

        String text() {
            return isField() ? clusters(List.of(this)) : document;
        }

        @Override
        public String toString() {
            String text = isField() ? cluster : document;
            return text.isBlank() ? "(nothing)" : text.strip();
        }
    }

    static Stream<Row> rows() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(
                        SpellingsIT.class.getResourceAsStream("/spellings/table.yaml"))) {
            var load = new Load(LoadSettings.builder().build());
            var table = (Map<?, ?>) load.loadFromInputStream(in);
            var rows = new ArrayList<Row>();
            for (Object row : (List<?>) Objects.requireNonNull(table.get("rows"))) {
                rows.add(row((Map<?, ?>) row));
            }
            return rows.stream();
        }
    }

    private static Row row(Map<?, ?> values) {
        return new Row(
                Boolean.TRUE.equals(values.get("accepts")),
                text(values.get("cluster")),
                text(values.get("document")));
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }

    private static String clusters(List<Row> rows) {
        var text = new StringBuilder("static_resources:\n  clusters:\n");
        for (int i = 0; i < rows.size(); i++) {
            text.append("    - {name: c").append(i).append(", ");
            text.append(rows.get(i).cluster()).append("}\n");
        }
        return text.toString();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void oursTakesWhatTheTableSays(Row row) throws IOException {
        var out = new ByteArrayOutputStream();
        var stream = new PrintStream(out, true, StandardCharsets.UTF_8);

        int code =
                DataPlaneMain.run(
                        new String[] {"--mode", "validate", "-c", file(row.text()).toString()},
                        stream,
                        stream);

        assertThat(code)
                .as("%s: %s", row, out.toString(StandardCharsets.UTF_8))
                .isEqualTo(row.accepts() ? 0 : 1);
    }

    /** What it takes it takes together, so that one process does for most of the table. */
    @Test
    void envoyTakesWhatTheTableSays() throws IOException, InterruptedException {
        var together = rows().filter(row -> row.accepts() && row.isField()).toList();
        var alone = new ArrayList<>(rows().toList());
        alone.removeAll(together);

        assertThat(envoy(clusters(together))).as("all that is accepted").isZero();
        for (Row row : alone) {
            assertThat(envoy(row.text())).as(row.toString()).isEqualTo(row.accepts() ? 0 : 1);
        }
    }

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("bootstrap.yaml"), text);
    }

    private int envoy(String text) throws IOException, InterruptedException {
        Envoy stock = TestEnvoy.require();
        Process process =
                new ProcessBuilder(
                                stock.command(
                                        List.of(
                                                "--use-dynamic-base-id",
                                                "--concurrency",
                                                "1",
                                                "-l",
                                                "off",
                                                "--mode",
                                                "validate",
                                                "-c",
                                                file(text).toString()),
                                        folder))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }
}
