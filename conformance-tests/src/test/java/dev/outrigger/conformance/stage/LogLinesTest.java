// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.stage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogLinesTest {
    private final LogLines lines = new LogLines();

    private static Map<String, String> line(int port, String code) {
        return Map.of("client", "127.0.0.1:" + port, "code", code);
    }

    @Test
    void givesLinesToTheExchangeThatTheirConnectionWasOf() {
        lines.began("one", List.of(1001));
        lines.began("two", List.of(1002, 1003));

        assertThat(lines.byExchange(List.of(line(1001, "200"), line(1002, "404"))))
                .isEqualTo(
                        Map.of(
                                "one", List.of(Map.of("code", "200")),
                                "two", List.of(Map.of("code", "404"))));
    }

    @Test
    void ordersThemByConnection() {
        lines.began("one", List.of(1001, 1002));

        assertThat(lines.byExchange(List.of(line(1002, "2"), line(1001, "1"), line(1001, "1b"))))
                .isEqualTo(
                        Map.of(
                                "one",
                                List.of(
                                        Map.of("code", "1"),
                                        Map.of("code", "1b"),
                                        Map.of("code", "2"))));
    }

    @Test
    void tellsExchangesApartWhosePortIsTheSame() {
        lines.began("one", List.of(1001));
        lines.began("two", List.of(1002));
        lines.began("three", List.of(1003));
        lines.began("four", List.of(1001));

        assertThat(
                        lines.byExchange(
                                List.of(
                                        line(1001, "1"),
                                        line(1002, "2"),
                                        line(1003, "3"),
                                        line(1001, "4"))))
                .containsEntry("one", List.of(Map.of("code", "1")))
                .containsEntry("four", List.of(Map.of("code", "4")));
    }

    @Test
    void keepsWhatIsNobodys() {
        assertThat(lines.byExchange(List.of(Map.of("code", "0")))).hasSize(1);
    }
}
