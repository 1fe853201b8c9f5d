// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrigger.dataplane.config.FractionalPercent;
import dev.outrigger.dataplane.config.RuntimeLayerConfig;
import dev.outrigger.dataplane.config.RuntimeValue;
import dev.outrigger.dataplane.document.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuntimeLayersTest {
    private static final FractionalPercent HALF = new FractionalPercent(50, 100);

    private final RuntimeLayers runtime =
            new RuntimeLayers(
                    List.of(
                            new RuntimeLayerConfig.Static(
                                    "fixed", Map.of("a", RuntimeValue.number(1, "1"))),
                            new RuntimeLayerConfig.Admin("admin")));

    @Test
    void lastLayerWins() throws ConfigException {
        runtime.modify(Map.of("a", "7"));

        assertThat(runtime.snapshot().integer("a", 0)).isEqualTo(7);
    }

    @Test
    void emptyTextRemovesAnOverride() throws ConfigException {
        runtime.modify(Map.of("a", "7"));
        runtime.modify(Map.of("a", ""));

        assertThat(runtime.snapshot().integer("a", 0)).isEqualTo(1);
        assertThat(runtime.hasAdminValues()).isFalse();
    }

    @Test
    void refusesChangesWithoutAnAdminLayer() {
        assertThatThrownBy(() -> RuntimeLayers.none().modify(Map.of("a", "1")))
                .hasMessage("No admin layer specified");
    }

    @Test
    void readsValuesFromADirectoryAndAgainWhenAsked(@TempDir Path folder) throws IOException {
        Path values = Files.createDirectories(folder.resolve("v1/sub/a"));
        Files.writeString(values.resolve("b"), "# why\n60\n");
        Files.createSymbolicLink(folder.resolve("current"), folder.resolve("v1"));
        var onDisk =
                new RuntimeLayers(
                        List.of(
                                new RuntimeLayerConfig.Disk(
                                        "d", folder.resolve("current").toString(), "sub", false)));
        assertThat(onDisk.snapshot().integer("a.b", 0)).isEqualTo(60);

        Files.writeString(values.resolve("c"), "7");
        onDisk.reload();

        assertThat(onDisk.snapshot().integer("a.c", 0)).isEqualTo(7);
        assertThat(onDisk.watched()).containsExactly(folder.resolve("current"));
    }

    @Test
    void aDirectoryOfTheServiceClusterIsBelow(@TempDir Path folder) throws IOException {
        Files.writeString(Files.createDirectories(folder.resolve("s/cl")).resolve("k"), "5");
        var layer = new RuntimeLayerConfig.Disk("d", folder.toString(), "s", true);

        var found = new RuntimeLayers(List.of(layer), "cl");
        var missing = new RuntimeLayers(List.of(layer), "other");

        assertThat(found.snapshot().integer("k", 0)).isEqualTo(5);
        assertThat(missing.snapshot().layers()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "'hello \\nworld\\n\\n' | 'hello \\nworld'",
                "'# only' | ''",
                "'# one\\n5\\n# two' | '5\\n'",
                "'5\\n6\\n5' | '56\\n5'",
                "'' | ''"
            })
    void readsAFileAsOneValue(String content, String value) {
        assertThat(DiskLayer.text(content.replace("\\n", "\n")))
                .isEqualTo(value.replace("\\n", "\n"));
    }

    @Test
    void aFileThatIsNoYamlIsAnErrorOfItsLayer(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("a"), "1: 2: 3");
        var onDisk =
                new RuntimeLayers(
                        List.of(new RuntimeLayerConfig.Disk("d", folder.toString(), "", false)));

        assertThat(onDisk.snapshot().layers()).isEmpty();
    }

    @Test
    void textThatIsNoYamlIsRefusedAndTakesTheOldValueAlong() throws ConfigException {
        runtime.modify(Map.of("b", "7"));

        assertThatThrownBy(() -> runtime.modify(Map.of("b", "{")))
                .isInstanceOf(ConfigException.class);

        assertThat(runtime.snapshot().integer("b", 0)).isEqualTo(7);
        runtime.reload();
        assertThat(runtime.snapshot().integer("b", 0)).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"numerator: 5 | 50", "{numerator: 5} | 50", "0x1e | 30", "036 | 36"})
    void aStringOfAMessageIsNoYaml(String text, long numerator) {
        var layers =
                new RuntimeLayers(
                        List.of(
                                new RuntimeLayerConfig.Static(
                                        "s", Map.of("p", RuntimeText.string(text)))));

        assertThat(layers.snapshot().percent("p", HALF).numerator()).isEqualTo(numerator);
    }

    @Test
    void aSnapshotDoesNotChange() throws ConfigException {
        RuntimeSnapshot before = runtime.snapshot();
        runtime.modify(Map.of("a", "7"));

        assertThat(before.integer("a", 0)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 0 | 100",
                "30 | 30 | 100",
                "99.5 | 99 | 100",
                "100 | 100 | 100",
                "150 | 100 | 100",
                "true | 50 | 100",
                "often | 50 | 100",
                "-3 | 50 | 100",
                "{numerator: 5} | 5 | 100",
                "{numerator: 5, denominator: TEN_THOUSAND} | 5 | 10000",
                "{denominator: MILLION} | 0 | 1000000",
                "{numerator: x} | 0 | 100",
                "{numerator: '5'} | 0 | 100",
                "{numerator: 4294967295} | 0 | 100",
                "{numerator: -3} | 4294967293 | 100",
                "{numerator: 0x10} | 16 | 100",
                "{} | 0 | 100",
                "{numerator: 5, denominator: 1} | 50 | 100",
                "{numerator: 5, denominator: DOZEN} | 50 | 100",
                "{numerator: 5, other: 1} | 50 | 100",
                "'\"30\"' | 50 | 100",
                "30 # a comment | 30 | 100",
                "0x1e | 30 | 100",
                "0x1p4 | 16 | 100",
                "036 | 30 | 100",
                "[30] | 50 | 100",
                "%30 | 50 | 100",
                "'\t30' | 30 | 100",
                "3\u00010 | 50 | 100",
                "18446744073709551616 | 100 | 100",
                "18446744073709555712 | 50 | 100",
            })
    void readsAPercentage(String text, long numerator, int denominator) throws ConfigException {
        runtime.modify(Map.of("p", text));

        assertThat(runtime.snapshot().percent("p", HALF))
                .isEqualTo(new FractionalPercent(numerator, denominator));
    }

    @Test
    void aValueOfAnotherFormCountsAsAbsent() throws ConfigException {
        runtime.modify(Map.of("flag", "TRUE", "number", "0.25"));

        assertThat(runtime.snapshot().bool("flag", false)).isTrue();
        assertThat(runtime.snapshot().integer("flag", 9)).isEqualTo(9);
        assertThat(runtime.snapshot().number("number", 1)).isEqualTo(0.25);
        assertThat(runtime.snapshot().bool("number", true)).isTrue();
    }

    @Test
    void anEmptyKeyIsNeverFound() {
        assertThat(runtime.snapshot().percent("", HALF)).isEqualTo(HALF);
    }
}
