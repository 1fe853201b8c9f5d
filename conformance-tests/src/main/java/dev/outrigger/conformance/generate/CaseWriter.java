// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import dev.outrigger.conformance.compare.Difference;
import dev.outrigger.conformance.exchange.ClientStep;
import dev.outrigger.conformance.exchange.Scenario;
import dev.outrigger.conformance.exchange.UpstreamAnswer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes a case as the suite reads them: a folder with {@code bootstrap.yaml} and its exchanges.
 */
final class CaseWriter {
    private static final String SELF = "self";

    private CaseWriter() {}

    /**
     * Writes the folder's two files.
     *
     * @param oracle what the oracle showed, which becomes what is expected
     */
    static void write(
            GeneratedCase small,
            SortedMap<String, String> oracle,
            List<Difference> differences,
            Path folder)
            throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("bootstrap.yaml"), bootstrap(small));
        Files.writeString(folder.resolve("exchange.yaml"), exchanges(small, oracle, differences));
    }

    static String bootstrap(GeneratedCase small) {
        var text = new StringBuilder("# From seed " + small.seed() + ", made small.\n");
        text.append("admin: ${admin}\nstatic_resources:\n  listeners:\n");
        var listeners = Message.items(1, List.of(small.config().at("listener")));
        block(listeners, 4, text);
        text.append("  clusters:\n");
        block(small.config().at("clusters"), 4, text);
        return withTransports(small, text.toString()).replace("${self}", SELF);
    }

    /** The upstreams of one port; further ports of one are plain in the suite's cases. */
    private static String withTransports(GeneratedCase small, String text) {
        var written = text;
        for (var each : small.transports().upstreams().entrySet()) {
            if (each.getValue().isTls()) {
                var port = "." + each.getKey() + "}";
                written = written.replace("${upstream" + port, "${secured" + port);
            }
        }
        return written;
    }

    /** The exchanges, with nothing expected but what differed. */
    static String exchanges(GeneratedCase small, List<Difference> differences) {
        return exchanges(small, new TreeMap<>(), differences);
    }

    private static String exchanges(
            GeneratedCase small, SortedMap<String, String> oracle, List<Difference> differences) {
        var text = new StringBuilder("exchanges:\n");
        int number = 0;
        for (var scenario : small.scenarios()) {
            number++;
            text.append("  - name: seed-").append(small.seed()).append('-').append(number);
            text.append("\n    why: ").append(quoted(why(differences))).append('\n');
            text.append("    listener: " + SELF + "\n    transport: ");
            text.append(small.transports().downstream().name().toLowerCase(Locale.ROOT));
            text.append("\n    steps:\n");
            scenario.steps().forEach(step -> text.append("      - ").append(step(step)));
            answers(scenario, text);
            text.append("    expect:\n      fields:\n");
            expected(scenario, oracle, differences)
                    .forEach((field, value) ->
                            text.append("        ")
                                    .append(quoted(field))
                                    .append(": ")
                                    .append(value)
                                    .append('\n'));
        }
        return text.toString();
    }

    private static String why(List<Difference> differences) {
        return "generated: differed in " + differences.getFirst().field();
    }

    /** What differed, and the statuses. */
    private static SortedMap<String, String> expected(
            Scenario scenario, SortedMap<String, String> oracle, List<Difference> differences) {
        var prefix = scenario.name() + ".";
        var fields = new TreeMap<String, String>();
        oracle.forEach((field, value) -> {
            if (field.startsWith(prefix)
                    && field.matches(".*(\\.status|\\.responses|\\.attempts)")) {
                fields.put(field.substring(prefix.length()), quoted(value));
            }
        });
        for (var difference : differences) {
            if (difference.field().startsWith(prefix)) {
                fields.put(
                        difference.field().substring(prefix.length()),
                        difference.oracle().map(CaseWriter::quoted).orElse("null"));
            }
        }
        return fields;
    }

    private static void answers(Scenario scenario, StringBuilder text) {
        if (scenario.upstreams().isEmpty()) {
            return;
        }
        text.append("    upstream:\n");
        new TreeMap<>(scenario.upstreams())
                .forEach((name, script) -> {
                    text.append("      ").append(name).append(":\n");
                    script.forEach(answer -> text.append("        - ").append(answer(answer)));
                });
    }

    private static String answer(UpstreamAnswer answer) {
        var text = new StringBuilder("{raw: " + quoted(answer.head()));
        if (!answer.body().isEmpty()) {
            text.append(", body: ").append(quoted(answer.body()));
        }
        if (answer.early()) {
            text.append(", early: true");
        }
        if (answer.delay().isPositive()) {
            text.append(", delay: ").append(millis(answer.delay()));
        }
        if (answer.bodyDelay().isPositive()) {
            text.append(", bodyDelay: ").append(millis(answer.bodyDelay()));
        }
        if (answer.after() != UpstreamAnswer.After.KEEP) {
            text.append(", then: ").append(answer.after().name().toLowerCase(Locale.ROOT));
        }
        return text.append("}\n").toString();
    }

    private static String step(ClientStep step) {
        return switch (step) {
                    case ClientStep.Connect _ -> "connect";
                    case ClientStep.ConnectHttp2 _ -> "connect-http2";
                    case ClientStep.ResetStream(var code) -> "reset-stream: " + code;
                    case ClientStep.Send(var text) ->
                            "send: " + quoted(text.replace("${self}", SELF));
                    case ClientStep.AwaitResponses(var count) -> "responses: " + count;
                    case ClientStep.AwaitEnd _ -> "end";
                    case ClientStep.AwaitQuiet(var duration) -> "quiet: " + millis(duration);
                    case ClientStep.AwaitAttempts(var count) -> "attempts: " + count;
                    case ClientStep.Pause(var duration) -> "pause: " + millis(duration);
                    case ClientStep.CloseWrite _ -> "close-write";
                    case ClientStep.Close _ -> "close";
                    case ClientStep.Reset _ -> "reset";
                    case ClientStep.AwaitStat _,
                            ClientStep.Admin _,
                            ClientStep.Apply _,
                            ClientStep.Remove _ ->
                            throw new IllegalArgumentException("never generated: " + step);
                }
                + "\n";
    }

    private static String millis(Duration duration) {
        return duration.toMillis() + "ms";
    }

    private static String quoted(String text) {
        var quoted = new StringBuilder();
        Node.quote(text, quoted);
        return quoted.toString();
    }

    /** In lines where there is something inside, in one line where there is not. */
    private static void block(Node node, int indent, StringBuilder text) {
        var margin = " ".repeat(indent);
        switch (node) {
            case Node.Text _, Node.Raw _ -> text.append(margin).append(node.json()).append('\n');
            case Node.Items(var each, _) -> {
                for (var item : each) {
                    int from = text.length();
                    block(item, indent + 2, text);
                    text.setCharAt(from + indent, '-');
                }
            }
            case Node.Fields(var each) -> {
                for (var field : each) {
                    var name = field.name().startsWith("@") ? quoted(field.name()) : field.name();
                    text.append(margin).append(name).append(':');
                    if (isShort(field.value())) {
                        text.append(' ').append(field.value().json()).append('\n');
                    } else {
                        text.append('\n');
                        block(field.value(), indent + 2, text);
                    }
                }
            }
        }
    }

    private static boolean isShort(Node node) {
        return switch (node) {
            case Node.Text _, Node.Raw _ -> true;
            case Node.Items(var each, _) -> each.isEmpty() || node.json().length() < 60;
            case Node.Fields(var each) -> each.isEmpty() || node.json().length() < 60;
        };
    }
}
