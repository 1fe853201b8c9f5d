// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private static final String CLEAR = "\r\u001b[K";

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final List<Runnable> ticking = new ArrayList<>();

    private Console console(boolean isTerminal) {
        return new Console(
                InputStream.nullInputStream(),
                new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                Map.of(),
                new Terminals(false, false, isTerminal));
    }

    private Progress progress(Console console) {
        return Progress.of(
                console,
                "waiting for the proxies",
                call -> {
                    ticking.add(call);
                    return () -> ticking.remove(call);
                });
    }

    private String shown() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Test
    void countsTheSecondsInOneLineAndLeavesNothing() {
        try (var _ = progress(console(true))) {
            assertThat(shown()).as("before a second has passed").isEmpty();
            ticking.getFirst().run();
            ticking.getFirst().run();

            assertThat(shown())
                    .isEqualTo(
                            CLEAR
                                    + "waiting for the proxies 1 s"
                                    + CLEAR
                                    + "waiting for the proxies 2 s");
        }

        assertThat(shown()).endsWith("2 s" + CLEAR);
        assertThat(ticking).isEmpty();
    }

    @Test
    void saysNothingWhereNobodyWatches() {
        var quiet = console(true);
        quiet.present(new Presentation(true, false, ColorChoice.auto, false));

        progress(console(false)).close();
        progress(quiet).close();

        assertThat(shown()).isEmpty();
        assertThat(ticking).isEmpty();
    }
}
