// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrigger.dataplane.bootstrap.CommandLine.Request;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
    @Test
    void pinsEnvoysDefaults() throws UsageException {
        Options options = options("-c", "x.yaml");

        assertThat(options.mode()).isEqualTo(Options.Mode.SERVE);
        assertThat(options.configPath()).isEqualTo("x.yaml");
        assertThat(options.concurrency()).isEmpty();
        assertThat(options.workers()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(options.drainTime()).isEqualTo(Duration.ofMinutes(10));
        assertThat(options.gradualDrain()).isTrue();
        assertThat(options.parentShutdownTime()).isEqualTo(Duration.ofMinutes(15));
        assertThat(options.fileFlushInterval()).isEqualTo(Duration.ofSeconds(10));
        assertThat(options.logLevel()).isEqualTo("info");
        assertThat(options.localAddressIpVersion()).isEqualTo("v4");
        assertThat(options.allowUnknownStaticFields()).isFalse();
        assertThat(options.rejectUnknownDynamicFields()).isFalse();
        assertThat(options.ignored()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "--mode bogus, unknown mode 'bogus'",
        "-l bogus, invalid log level specified 'bogus'",
        "--drain-strategy x, unknown drain-strategy 'x'",
        "--component-log-level x, component log level not correctly specified 'x'",
        "--component-log-level nologger:debug, invalid component specified 'nologger'",
        "--component-log-level upstream:loud, invalid log level specified 'loud'",
        "--local-address-ip-version v5, unknown IP address version 'v5'",
        "--stats-tag x, misformatted stats-tag 'x'",
        "--stats-tag a:b.c, misformatted stats-tag 'a:b.c' contains invalid char in 'b.c'",
        "--stats-tag a-b:c, misformatted stats-tag 'a-b:c' contains invalid char in 'a-b'",
        "--use-dynamic-base-id --restart-epoch 1,"
                + " cannot use --restart-epoch=1 with --use-dynamic-base-id",
        "--enable-fine-grain-logging --component-log-level upstream:debug,"
                + " --component-log-level will not work with --enable-fine-grain-logging",
    })
    void refusesValuesInEnvoysWords(String arguments, String message) {
        assertThatThrownBy(() -> CommandLine.parse(arguments.split(" ")))
                .isInstanceOf(UsageException.class)
                .hasMessage("error: " + message + "\n");
    }

    @ParameterizedTest
    @CsvSource({
        "--foo, --foo -- Couldn't find match for argument",
        "extra, extra -- Couldn't find match for argument",
        "-c, -c (--config-path) -- Missing a value for this argument!",
        "-c a -c b, -c (--config-path) -- Argument already set!",
        "--mode=validate, --mode=validate -- Couldn't find match for argument",
        "-cfile, -cfile -- Couldn't find match for argument",
        "-c --mode validate, validate -- Couldn't find match for argument",
        "--concurrency x, (--concurrency) -- Couldn't read argument value from string 'x'",
        "--concurrency 4294967296, (--concurrency) -- Couldn't read argument value from string"
                + " '4294967296'",
        "--file-flush-interval-msec 1x, (--file-flush-interval-msec) -- Couldn't read argument"
                + " value from string '1x'",
    })
    void endsAUsageErrorWithEnvoysLine(String arguments, String lastLine) {
        assertThatThrownBy(() -> CommandLine.parse(arguments.split(" ")))
                .isInstanceOf(UsageException.class)
                .hasMessageStartingWith("PARSE ERROR: Argument: ")
                .hasMessageContaining("Brief USAGE:")
                .hasMessageEndingWith("\n" + lastLine + "\n");
    }

    /** Every flag of {@code envoy --help} of 1.40.0, with a value where it takes one. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "--stats-tag a:b",
                "--enable-core-dump",
                "--socket-mode 600",
                "--socket-path x",
                "--disable-extensions x",
                "--cpuset-threads",
                "--enable-mutex-tracing",
                "--disable-hot-restart",
                "--mode validate",
                "--parent-shutdown-time-s 1",
                "--drain-strategy immediate",
                "--drain-time-s 1",
                "--file-flush-min-size-kb 1",
                "--file-flush-interval-msec 1",
                "--service-zone z",
                "--service-node n",
                "--service-cluster c",
                "--restart-epoch 1",
                "--log-path x",
                "--enable-fine-grain-logging",
                "--log-format-escaped",
                "--log-format %v",
                "--component-log-level upstream:debug,config:trace",
                "-l debug",
                "--log-level WARN",
                "--local-address-ip-version v6",
                "--admin-address-path x",
                "--log-stacktrace-single-entry",
                "--skip-deprecated-logs",
                "--ignore-unknown-dynamic-fields",
                "--reject-unknown-dynamic-fields",
                "--allow-unknown-static-fields",
                "--allow-unknown-fields",
                "--config-yaml {}",
                "-c x",
                "--config-path x",
                "--concurrency 2",
                "--base-id-path x",
                "--skip-hot-restart-parent-stats",
                "--skip-hot-restart-on-no-parent",
                "--use-dynamic-base-id",
                "--base-id 1",
            })
    void acceptsEveryFlagOfEnvoy(String arguments) throws UsageException {
        assertThat(CommandLine.parse(arguments.split(" "))).isInstanceOf(Request.Run.class);
    }

    /** As TCLAP: the first question ends the command line; "-lh" contains the switch "-h". */
    @ParameterizedTest
    @ValueSource(strings = {"--help x", "-h", "-lh", "--version x", "--mode x --version"})
    void answersTheFirstQuestionAndReadsNoFurther(String arguments) throws UsageException {
        assertThat(CommandLine.parse(arguments.split(" "))).isInstanceOf(Request.Print.class);
    }

    @Test
    void ignoresWhatComesAfterTwoDashes() throws UsageException {
        assertThat(CommandLine.parse("-c", "a", "--", "-c", "b", "c"))
                .isInstanceOfSatisfying(
                        Request.Run.class,
                        run -> assertThat(run.options().configPath()).isEqualTo("a"));
    }

    @Test
    void readsValues() throws UsageException {
        Options options =
                options(
                        "--mode",
                        "init_only",
                        "--concurrency",
                        "0",
                        "--drain-time-s",
                        "5",
                        "--drain-strategy",
                        "immediate",
                        "--component-log-level",
                        "upstream:debug,config:warn",
                        "--service-cluster",
                        "c",
                        "--allow-unknown-fields",
                        "--base-id",
                        "3");

        assertThat(options.mode()).isEqualTo(Options.Mode.INIT_ONLY);
        assertThat(options.workers()).isEqualTo(1);
        assertThat(options.drainTime()).isEqualTo(Duration.ofSeconds(5));
        assertThat(options.gradualDrain()).isFalse();
        assertThat(options.componentLogLevels())
                .isEqualTo(Map.of("upstream", "debug", "config", "warning"));
        assertThat(options.serviceCluster()).isEqualTo("c");
        assertThat(options.allowUnknownStaticFields()).isTrue();
        assertThat(options.ignored()).containsExactly("--base-id");
        assertThat(options.forAdmin())
                .containsEntry("mode", "InitOnly")
                .containsEntry("drain_time", "5s")
                .containsEntry("drain_strategy", "Immediate");
    }

    @Test
    void printsAVersionThatScriptsForEnvoyCanCut() throws UsageException {
        String text = ((Request.Print) CommandLine.parse("--version")).text();

        assertThat(text.strip().split("/")).hasSize(5);
        assertThat(text.strip().split("/")[1]).isEqualTo("1.40.0");
        assertThat(text).contains("  version: ");
    }

    @Test
    void printsEveryFlagInItsHelp() throws UsageException {
        String text = ((Request.Print) CommandLine.parse("--help")).text();

        assertThat(text)
                .contains("USAGE:", "--config-yaml <string>", "-c <string>", "--log-level <string>")
                .contains("--drain-time-s <uint32_t>", "accepted multiple times");
        assertThat(text.lines()).allMatch(line -> line.length() <= 80);
    }

    private static Options options(String... arguments) throws UsageException {
        return ((Request.Run) CommandLine.parse(arguments)).options();
    }
}
