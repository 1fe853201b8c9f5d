// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class LogLayoutTest {
    @Test
    void writesALineAsEnvoyDoes() {
        String line = format(LogLayout.DEFAULT, false, record(Level.WARNING, "hello"));

        assertThat(line)
                .matches(
                        "\\[2026-11-21 10:05:06\\.007]\\[\\d+]\\[warning]\\[upstream]"
                                + " \\[LogLayoutTest\\.java:\\d+] hello\\n");
    }

    @Test
    void knowsEnvoysLevels() {
        assertThat(format("%l %L", false, record(LogLayout.CRITICAL, "x")))
                .isEqualTo("critical C\n");
        assertThat(format("%l", false, record(Level.SEVERE, "x"))).isEqualTo("error\n");
        assertThat(format("%l", false, record(Level.FINE, "x"))).isEqualTo("debug\n");
        assertThat(format("%l", false, record(Level.FINEST, "x"))).isEqualTo("trace\n");
    }

    @Test
    void escapesWhenAskedTo() {
        assertThat(format("%v", true, record(Level.INFO, "a\n\"b\""))).isEqualTo("a\\n\\\"b\\\"\n");
    }

    @Test
    void writesOtherFlagsOfSpdlog() {
        assertThat(format("%Y%m%d %H:%M:%S.%f %E %% %q %n", false, record(Level.INFO, "x")))
                .isEqualTo("20261121 10:05:06.007000 1795255506 % %q upstream\n");
    }

    private static String format(String pattern, boolean escape, LogRecord record) {
        return new LogLayout(pattern, escape, ZoneOffset.UTC).format(record);
    }

    private static LogRecord record(Level level, String message) {
        var record = new LogRecord(level, message);
        record.setInstant(Instant.parse("2026-11-21T10:05:06.007Z"));
        record.setLoggerName("dev.outrigger.dataplane.upstream.Cluster");
        record.setSourceClassName(LogLayoutTest.class.getName());
        return record;
    }
}
