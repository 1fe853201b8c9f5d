// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.outrigger.cli.client.ProxyAdmin;
import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.cli.output.Fates;
import dev.outrigger.cli.output.JsonText;
import dev.outrigger.cli.output.OutputFormat;
import dev.outrigger.cli.process.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What becomes of requests right now, by the proxies' own counters. */
@Command(
        name = "top",
        description = {
            "Shows what becomes of requests right now: answered, failed, retried, rescued by a retry.",
            "Asks the admin interfaces of proxies, which must be reachable from here."
        },
        mixinStandardHelpOptions = true)
final class TopCommand implements Callable<Integer> {
    private static final Duration SHORTEST = Duration.ofMillis(100);

    private final Console console;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "SERVICE",
            description = "Only requests to this service. Default: to every one.")
    private @Nullable String service;

    @Option(
            names = "--admin",
            paramLabel = "HOST:PORT",
            description = "A proxy's admin interface; may be repeated. Default: 127.0.0.1:9901.")
    private List<String> admins = List.of("127.0.0.1:9901");

    @Option(
            names = "--interval",
            paramLabel = "DURATION",
            description = "Between two looks. Default: ${DEFAULT-VALUE}.",
            defaultValue = "2s")
    private Duration interval = Duration.ofSeconds(2);

    @Option(
            names = "--count",
            paramLabel = "TABLES",
            description = "End after so many. Default: never; 1 where nobody watches.")
    private @Nullable Long count;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "table or json (one object in a line). Default: ${DEFAULT-VALUE}.",
            defaultValue = "table")
    private OutputFormat format = OutputFormat.table;

    TopCommand(Console console) {
        this.console = console;
    }

    /** One proxy and what it had counted at the last look. */
    private record Looked(ProxyAdmin admin, String id, Map<String, Long> numbers) {}

    @Override
    public Integer call() throws InterruptedException {
        if (interval.compareTo(SHORTEST) < 0) {
            throw CliFailure.of(ExitCode.USAGE, "--interval: expected 100ms or more");
        }
        long left = count != null ? count : console.isWatched() ? Long.MAX_VALUE : 1;
        var proxies = new ArrayList<ProxyAdmin>();
        try {
            admins.forEach(address -> proxies.add(ProxyAdmin.of(address, interval.plusSeconds(5))));
            var ids = new HashMap<ProxyAdmin, String>();
            proxies.forEach(proxy -> ids.put(proxy, proxy.id()));
            var before = proxies.stream().map(proxy -> look(proxy, ids)).toList();
            long since = System.nanoTime();
            for (; left > 0; left--) {
                Waiting.pause(interval);
                var after = proxies.stream().map(proxy -> look(proxy, ids)).toList();
                long now = System.nanoTime();
                show(before, after, Duration.ofNanos(now - since));
                before = after;
                since = now;
            }
        } finally {
            proxies.forEach(ProxyAdmin::close);
        }
        return ExitCode.OK.number();
    }

    private static Looked look(ProxyAdmin proxy, Map<ProxyAdmin, String> ids) {
        return new Looked(
                proxy, ids.getOrDefault(proxy, proxy.address()), proxy.numbers(Fates.FILTER));
    }

    private void show(List<Looked> before, List<Looked> after, Duration between) {
        var table = Fates.table();
        var objects = new ArrayList<ObjectNode>();
        for (int i = 0; i < after.size(); i++) {
            var id = after.get(i).id();
            for (var fates : Fates.between(before.get(i).numbers(), after.get(i).numbers())) {
                if (service == null || fates.isOf(service)) {
                    table.add(fates.cells(id, between));
                    objects.add(fates.json(id));
                }
            }
        }
        switch (format) {
            case json -> objects.forEach(one -> console.data(one.toString()));
            case yaml -> console.data(JsonText.yaml(List.copyOf(objects)));
            case name -> objects.forEach(one -> console.data(one.path("cluster").asText()));
            case table, wide -> console.table(table.lines());
        }
    }
}
