// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.controlplane;

import dev.outrigger.benchmarks.machine.MachineFacts;
import dev.outrigger.benchmarks.session.Session;
import dev.outrigger.envoy.EnvoyBinary;
import dev.outrigger.envoy.EnvoyProvision;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** The command line: checks that measuring makes sense here and now, runs, reports. */
@CommandLine.Command(
        name = "benchmarks/control-plane",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Measures Outrigger's control plane, go-control-plane and java-control-plane side by side.",
        footer = {"", Session.EXIT_CODES})
final class ControlPlaneCommand implements Callable<Integer> {
    @Option(names = "--quick", description = "Some minutes, small sizes: does it work.")
    private boolean quick;

    @Option(
            names = "--brief",
            description = "Some ten minutes: every line, fewer changes, peers to 5,000 clients.")
    private boolean brief;

    @Option(
            names = "--clients",
            split = ",",
            paramLabel = "N",
            description = "Fleet sizes, ascending; 1000,5000,10000, or 50,200 with --quick.")
    private @Nullable List<Integer> clients;

    @Option(
            names = "--changes",
            paramLabel = "N",
            description = "Changes of each kind that are measured for each fleet size.")
    private @Nullable Integer changes;

    @Option(
            names = "--contenders",
            split = ",",
            defaultValue = "outrigger,go-snapshot,go-linear,java-control-plane",
            paramLabel = "NAME",
            description = "Who takes part. Default: ${DEFAULT-VALUE}")
    private List<String> contenders = List.of();

    @Option(
            names = "--scenarios",
            split = ",",
            defaultValue = "clients,envoy,translation",
            paramLabel = "NAME",
            description = "What is measured. Default: ${DEFAULT-VALUE}")
    private List<String> scenarios = List.of();

    @Option(
            names = "--server-flags",
            defaultValue = "",
            paramLabel = "FLAGS",
            description = "JVM flags of Outrigger's server beside the launcher's.")
    private String serverFlags = "";

    @Option(
            names = "--launcher",
            defaultValue = "outrigger",
            paramLabel = "FILE",
            description = "The script that starts Outrigger. Default: ${DEFAULT-VALUE}")
    private Path launcher = Path.of("");

    @Option(
            names = "--go-peer",
            defaultValue = "benchmarks/target/go-peer",
            paramLabel = "FILE",
            description = "The Go program, built. Default: ${DEFAULT-VALUE}")
    private Path goPeer = Path.of("");

    @CommandLine.Mixin private Session session = new Session();

    @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

    private final Map<String, String> leftOut = new LinkedHashMap<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        var chosen = quick ? Plan.quick() : brief ? Plan.brief() : Plan.full();
        if (clients != null) {
            chosen = chosen.withClients(clients);
        }
        var plan = changes == null ? chosen : chosen.withChanges(changes);
        Session.requireTwoCores("one for the server and one for its clients");
        return session.run("control-plane", objections -> measure(plan, objections));
    }

    private ControlPlaneReport measure(Plan plan, List<String> objections)
            throws IOException, InterruptedException {
        var startedAt = Session.now();
        PrintStream progress = session.progress();
        Path java = session.java();
        var work = Files.createTempDirectory("outrigger-control-plane");
        progress.println("work      " + work);
        var own = outrigger();
        var participants = participants(own);
        var figures = new ArrayList<Figure>();
        if (scenarios.contains("clients")) {
            var content = served(own, plan.clusters() - 1, work.resolve("clients"), plan);
            for (Contender contender : participants) {
                figures.addAll(
                        new Clients(plan, java, progress)
                                .measure(contender, content, folder(work, "clients", contender)));
            }
        }
        if (scenarios.contains("envoy")) {
            var binary = envoyBinary();
            if (binary.isPresent()) {
                var content = served(own, plan.routes(), work.resolve("envoy"), plan);
                for (Contender contender : participants) {
                    figures.addAll(
                            new ThroughEnvoy(plan, binary.get(), java, progress)
                                    .measure(contender, content, folder(work, "envoy", contender)));
                }
            }
        }
        if (scenarios.contains("translation") && participants.contains(own)) {
            figures.addAll(
                    new Translating(plan, java, progress)
                            .measure(
                                    own,
                                    content(plan.resident(), work),
                                    folder(work, "translation", own)));
        }
        var versions = new LinkedHashMap<String, String>();
        participants.forEach(each -> versions.put(each.name(), each.version()));
        return new ControlPlaneReport(
                startedAt,
                Session.commit(),
                MachineFacts.read(),
                plan.describe(),
                session.isForced(),
                objections,
                versions,
                leftOut,
                figures,
                Targets.verdicts(figures, session.isForced()));
    }

    /** What the others are to serve, as Outrigger serves it. */
    private Content served(OutriggerContender own, int services, Path folder, Plan plan)
            throws IOException, InterruptedException {
        Files.createDirectories(folder);
        var content = content(services, folder);
        try (var server = own.start(content, folder);
                var fleet =
                        FleetProcess.start(
                                session.java(),
                                folder.resolve("fleet.log"),
                                server.port(),
                                content.clusters())) {
            fleet.probe(content.served(), plan.limit());
        }
        session.progress()
                .println("content   " + content.clusters() + " clusters in " + content.served());
        return content;
    }

    private static Content content(int services, Path folder) throws IOException {
        return new Content(services, Child.freePort(), folder.resolve("served"));
    }

    private static Path folder(Path work, String scenario, Contender contender) throws IOException {
        return Files.createDirectories(work.resolve(scenario).resolve(contender.name()));
    }

    private OutriggerContender outrigger() throws IOException, InterruptedException {
        if (!Files.isExecutable(launcher)) {
            throw new IOException("no program " + launcher + " (expected: the launcher script)");
        }
        return new OutriggerContender(launcher.toAbsolutePath(), serverFlags, Session.commit());
    }

    private List<Contender> participants(OutriggerContender own) {
        var participants = new ArrayList<Contender>();
        for (String name : contenders) {
            switch (name) {
                case OutriggerContender.NAME -> participants.add(own);
                case "go-snapshot" -> addGo(participants, name, "snapshot");
                case "go-linear" -> addGo(participants, name, "linear");
                case "java-control-plane" ->
                        participants.add(
                                new PeerContender(
                                        name,
                                        "SimpleCache",
                                        List.of(
                                                session.java().toString(),
                                                "-XX:+UseSerialGC",
                                                "-Xms128m",
                                                "-XX:NewSize=64m",
                                                "-Xmx4g",
                                                "-cp",
                                                System.getProperty("java.class.path"),
                                                JavaControlPlaneMain.class.getName())));
                default ->
                        throw usage(
                                "--contenders: '"
                                        + name
                                        + "' (expected: outrigger, go-snapshot, go-linear or"
                                        + " java-control-plane)");
            }
        }
        leftOut.forEach(
                (name, reason) -> session.progress().println("left out  " + name + ": " + reason));
        return participants;
    }

    private void addGo(List<Contender> participants, String name, String cache) {
        if (Files.isExecutable(goPeer)) {
            participants.add(
                    new PeerContender(
                            name,
                            "go-control-plane 0.14.0",
                            List.of(
                                    goPeer.toAbsolutePath().toString(),
                                    "-cache",
                                    cache,
                                    "-resources")));
        } else {
            leftOut.put(name, "not built: no " + goPeer + " (go is missing, or has no modules)");
        }
    }

    private Optional<Path> envoyBinary() {
        if (EnvoyProvision.find(session.envoy())
                instanceof EnvoyProvision.Result.Found(EnvoyBinary binary)) {
            return Optional.of(binary.executable());
        }
        leftOut.put("envoy", "no binary: what goes through it is not measured");
        return Optional.empty();
    }

    private CommandLine.ParameterException usage(String message) {
        if (spec == null) {
            throw new IllegalStateException(
                    "spec: null (expected: set by the command line before the call)");
        }
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }
}
