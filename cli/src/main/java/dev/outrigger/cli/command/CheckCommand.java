// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import dev.outrigger.cli.client.ControlPlaneClient;
import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.cli.output.Findings;
import dev.outrigger.cli.output.JsonText;
import dev.outrigger.cli.output.OutputFormat;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Looks at what usually goes wrong, and names one thing to do about each. */
@Command(
        name = "check",
        description = {
            "Looks at the control plane, the clocks, the certificates and the proxies;",
            "says one thing to do about whatever is wrong. Ends with 1 if anything is."
        },
        mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
    /** Tokens and certificates are judged by the clock; a Date header knows whole seconds. */
    private static final Duration MAX_SKEW = Duration.ofSeconds(5);

    private static final Duration EXPIRES_SOON = Duration.ofDays(14);

    private final Console console;
    private final InstantSource clock;

    @Mixin private final ServerOptions server = new ServerOptions();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table, json or yaml. Default: ${DEFAULT-VALUE}.",
            defaultValue = "table")
    private OutputFormat format = OutputFormat.table;

    CheckCommand(Console console) {
        this(console, Clock.systemUTC());
    }

    CheckCommand(Console console, InstantSource clock) {
        this.console = console;
        this.clock = clock;
    }

    @Override
    public Integer call() {
        var findings = new Findings();
        try (var client = server.connect(console)) {
            if (controlPlane(client, findings)) {
                clock(client, findings);
                certificate(client, findings);
                proxies(client, findings);
            }
        }
        switch (format) {
            case json -> console.data(JsonText.json(findings.json()));
            case yaml -> console.data(JsonText.yaml(findings.json()));
            case name -> findings.failed().forEach(console::data);
            case table, wide -> console.table(findings.lines());
        }
        return (findings.failed().isEmpty() ? ExitCode.OK : ExitCode.ANSWER_IS_NO).number();
    }

    private boolean controlPlane(ControlPlaneClient client, Findings findings) {
        var address = server.address(console);
        try {
            var readiness = client.readiness();
            readiness
                    .path("certificates")
                    .properties()
                    .forEach(one ->
                            certificate(
                                    "certificate of " + one.getKey(),
                                    "of the port of " + one.getKey(),
                                    Instant.parse(one.getValue().asText()),
                                    findings));
            readiness
                    .path("checks")
                    .properties()
                    .forEach(one -> {
                        boolean isUp = one.getValue().asText().equals("UP");
                        if (isUp) {
                            findings.ok(one.getKey(), "ready");
                        } else {
                            findings.failed(
                                    one.getKey(),
                                    "not ready",
                                    "see the control plane's log; for the store: outrigger store"
                                            + " check");
                        }
                    });
            client.read("/api/v1/revisions", Map.of("limit", "1"), "revisions");
            findings.ok("control plane", address + " answers");
            return true;
        } catch (CliFailure e) {
            boolean isDenied = e.message().contains("auth") || e.message().contains("Forbidden");
            findings.failed(
                    "control plane",
                    e.message(),
                    isDenied
                            ? "give a token with --token-file, or a certificate with --cert and"
                                    + " --key"
                            : "start one with 'outrigger server', or name another with --server");
            return false;
        }
    }

    private void clock(ControlPlaneClient client, Findings findings) {
        var date = client.date();
        if (date.isEmpty()) {
            findings.unknown("clock", "the control plane does not say what time it is there");
            return;
        }
        try {
            var there = ZonedDateTime.parse(date.get(), DateTimeFormatter.RFC_1123_DATE_TIME);
            var skew = Duration.between(there.toInstant(), clock.instant());
            if (skew.abs().compareTo(MAX_SKEW) <= 0) {
                findings.ok("clock", "agrees with the control plane's");
            } else {
                findings.failed(
                        "clock",
                        "is "
                                + skew.abs().toSeconds()
                                + " s "
                                + (skew.isNegative() ? "behind" : "ahead of")
                                + " the control plane's",
                        "synchronise both with NTP: tokens and certificates are judged by them");
            }
        } catch (DateTimeParseException e) {
            findings.unknown("clock", "no time: '" + date.get() + "'");
        }
    }

    private void certificate(ControlPlaneClient client, Findings findings) {
        var end = client.certificateEnd();
        if (end.isEmpty()) {
            findings.ok("certificate", "none: plaintext");
            return;
        }
        certificate("certificate", "of the REST API", end.get(), findings);
    }

    private void certificate(String name, String whose, Instant end, Findings findings) {
        var left = Duration.between(clock.instant(), end);
        if (left.compareTo(EXPIRES_SOON) < 0) {
            findings.failed(
                    name,
                    whose + (left.isNegative() ? " expired " : " expires ") + end,
                    "put a new one in its file: it is read again by itself");
        } else {
            findings.ok(name, whose + " is good for " + left.toDays() + " days");
        }
    }

    private static void proxies(ControlPlaneClient client, Findings findings) {
        var proxies = client.proxies();
        if (proxies.isEmpty()) {
            findings.unknown(
                    "proxies", "none has connected; see 'outrigger bootstrap --help' for one");
        }
        proxies.forEach(findings::proxy);
    }
}
