// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class NormalizerTest {
    private static final Map<Integer, String> PORTS = Map.of(4711, "upstream b", 47, "listener l");

    @Test
    void hidesAWellFormedDate() {
        assertThat(normal("response[1].header.date", "Sat, 21 Nov 2026 10:00:00 GMT"))
                .isEqualTo("<date>");
    }

    @Test
    void leavesAMalformedDateVisible() {
        assertThat(normal("response[1].header.date", "Sat, 21 Nov 26 10:00:00 GMT"))
                .isEqualTo("Sat, 21 Nov 26 10:00:00 GMT");
    }

    @Test
    void hidesOnlyUuidsInRequestIds() {
        assertThat(normal("attempt[1].header.x-request-id", "b1a4e0ee-7b1c-4f5a-9d53-0d9b0e6b5b0a"))
                .isEqualTo("<uuid>");
        assertThat(normal("attempt[1].header.x-request-id", "mine")).isEqualTo("mine");
        assertThat(normal("response[1].header.x-other", "b1a4e0ee-7b1c-4f5a-9d53-0d9b0e6b5b0a"))
                .isNotEqualTo("<uuid>");
    }

    @Test
    void hidesTheRemainingTimeoutOnRetriesOnly() {
        assertThat(normal("attempt[2].header.x-envoy-expected-rq-timeout-ms", "14980"))
                .isEqualTo("<ms>");
        assertThat(normal("attempt[1].header.x-envoy-expected-rq-timeout-ms", "14980"))
                .isEqualTo("14980");
    }

    @Test
    void hidesTimesInADefaultLogLine() {
        var line =
                "[2026-11-21T10:43:00.123Z] \"GET / HTTP/1.1\" 200 - 0 5 7 6 \"-\" \"-\""
                        + " \"b1a4e0ee-7b1c-4f5a-9d53-0d9b0e6b5b0a\" \"b\" \"127.0.0.1:4711\"";

        assertThat(normal("log[1].default", line))
                .isEqualTo(
                        "[<time>] \"GET / HTTP/1.1\" 200 - 0 5 <ms> <ms> \"-\" \"-\" \"<uuid>\""
                                + " \"b\" \"127.0.0.1:<upstream b>\"");
    }

    @Test
    void tellsAMissingUpstreamTimeFromOne() {
        var line = "[2026-11-21T10:43:00.123Z] \"- - HTTP/1.1\" 400 DPE 0 11 0 - \"-\"";

        assertThat(normal("log[1].default", line))
                .isEqualTo("[<time>] \"- - HTTP/1.1\" 400 DPE 0 11 <ms> <ms>- \"-\"");
    }

    @Test
    void namesPortsInValuesAndNames() {
        var fields = new TreeMap<>(Map.of("stat.listener.127.0.0.1_47.downstream_cx_total", "1"));

        assertThat(Normalizer.of(PORTS).apply(fields))
                .containsOnlyKeys("stat.listener.127.0.0.1_<listener l>.downstream_cx_total");
        assertThat(normal("log[1].host", "127.0.0.1:4711")).isEqualTo("127.0.0.1:<upstream b>");
        assertThat(normal("log[1].host", "127.0.0.1:47110")).isEqualTo("127.0.0.1:47110");
    }

    @Test
    void takesTimesAndIdsOutOfAResponseThatIsTakenForABody() {
        var said =
                normal(
                        "connection[1].unparsed",
                        "x-envoy-upstream-service-time: 12\ndate: Sun, 22 Nov 2026 20:05:47 GMT\n"
                                + "x-request-id: 30ef6adc-4cb0-47e1-9903-39951edda6ac\n\nb");

        assertThat(said)
                .isEqualTo(
                        "x-envoy-upstream-service-time: <ms>\ndate: <date>\n"
                                + "x-request-id: <uuid>\n\nb");
    }

    @Test
    void namesItsRules() {
        assertThat(Normalizer.of(PORTS).ruleNames())
                .containsExactly(
                        "date",
                        "request-id",
                        "upstream-service-time",
                        "remaining-timeout",
                        "heads-in-text",
                        "default-log-line",
                        "named-values-of-a-log-line",
                        "ports",
                        "debug-prefix");
    }

    private static String normal(String field, String value) {
        return Normalizer.of(PORTS)
                .apply(new TreeMap<>(Map.of(field, value)))
                .getOrDefault(field, "");
    }
}
