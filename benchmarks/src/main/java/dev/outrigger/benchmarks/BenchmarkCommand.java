// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks;

import dev.outrigger.benchmarks.contender.Command;
import dev.outrigger.benchmarks.contender.EnvoyContender;
import dev.outrigger.benchmarks.contender.JavaDataplaneContender;
import dev.outrigger.benchmarks.contender.Sites;
import dev.outrigger.benchmarks.contender.Surroundings;
import dev.outrigger.benchmarks.load.Generator;
import dev.outrigger.benchmarks.load.H2loadGenerator;
import dev.outrigger.benchmarks.load.IdleConnections;
import dev.outrigger.benchmarks.load.Line;
import dev.outrigger.benchmarks.load.LoadShape;
import dev.outrigger.benchmarks.load.OwnGenerator;
import dev.outrigger.benchmarks.load.Probe;
import dev.outrigger.benchmarks.load.RequestProfile;
import dev.outrigger.benchmarks.load.WrkGenerator;
import dev.outrigger.benchmarks.machine.MachineFacts;
import dev.outrigger.benchmarks.report.Figures;
import dev.outrigger.benchmarks.report.RunReport;
import dev.outrigger.benchmarks.session.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** The command line: checks that measuring makes sense here and now, runs, reports. */
@CommandLine.Command(
        name = "benchmarks/run",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description =
                "Measures the Java data plane, Envoy, nginx and HAProxy side by side in one interleaved run.",
        footer = {"", Session.EXIT_CODES})
final class BenchmarkCommand implements Callable<Integer> {

    @Option(
            names = "--quick",
            description = "About two minutes: 3 rounds of 1 s. Too short for a claim.")
    private boolean quick;

    @Option(names = "--rounds", paramLabel = "N", description = "Rounds; 9, or 3 with --quick.")
    private @Nullable Integer rounds;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "Seconds per sample; 5, or 1 with --quick.")
    private @Nullable Integer seconds;

    @Option(
            names = "--connections",
            split = ",",
            defaultValue = "1,16,64",
            paramLabel = "N",
            description = "Closed loops. Default: ${DEFAULT-VALUE}")
    private List<Integer> connections = List.of();

    @Option(
            names = "--rates",
            split = ",",
            defaultValue = "1000,5000",
            paramLabel = "N",
            description = "Fixed rates in requests per second. Default: ${DEFAULT-VALUE}")
    private List<Integer> rates = List.of();

    @Option(
            names = "--headers",
            defaultValue = "8",
            paramLabel = "N",
            description = "Header fields, 1 to 8.")
    private int headerFields;

    @Option(
            names = "--line",
            defaultValue = "http1",
            paramLabel = "NAME",
            description = {
                "What is spoken: http1, http2-http1, http2, grpc, grpc-stream, tls, tls-http2,",
                "handshake, mtls-upstream, mtls-handshake or tcp. Default: ${DEFAULT-VALUE}"
            })
    private String lineName = "";

    @Option(
            names = "--body",
            defaultValue = "1024",
            paramLabel = "N",
            description = "Bytes of the answer's body. Default: ${DEFAULT-VALUE}")
    private int bodyBytes;

    @Option(
            names = "--services",
            defaultValue = "1",
            paramLabel = "N",
            description =
                    "Services in the configuration, each with host name, route and cluster. Default: ${DEFAULT-VALUE}")
    private int services;

    @Option(
            names = "--idle-connections",
            defaultValue = "0",
            paramLabel = "N",
            description =
                    "Clients that stay connected while memory is read once more. Default: ${DEFAULT-VALUE}")
    private int idleConnections;

    @Option(
            names = "--swaps-per-second",
            defaultValue = "0",
            paramLabel = "N",
            description = {
                "How often Envoy and the Java data plane get new routes under load, by a file.",
                "Default: ${DEFAULT-VALUE}"
            })
    private int swapsPerSecond;

    @Option(
            names = "--contenders",
            split = ",",
            defaultValue = "java,envoy,nginx,haproxy",
            paramLabel = "NAME",
            description = "Who takes part. Default: ${DEFAULT-VALUE}")
    private List<String> contenders = List.of();

    @Option(
            names = "--dataplane",
            defaultValue = "java-dataplane/target/dist/lib",
            paramLabel = "DIR",
            description = "Jars of the Java data plane. Default: ${DEFAULT-VALUE}")
    private Path dataplane = Path.of("");

    @Option(
            names = "--java-flags",
            split = " ",
            paramLabel = "FLAGS",
            description = "JVM flags of the Java data plane, in place of the shipped ones.")
    private @Nullable List<String> javaFlags;

    @Option(names = "--no-aot", description = "Run the Java data plane without an AOT cache.")
    private boolean noAot;

    @Option(names = "--no-wrk", description = "Use the built-in generator for closed loops too.")
    private boolean noWrk;

    @CommandLine.Mixin private Session session = new Session();

    @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        var plan = plan();
        var line =
                Line.of(lineName)
                        .orElseThrow(() ->
                                usage("--line: '" + lineName + "' (expected: " + labels() + ")"));
        if (idleConnections > 0 && !IdleConnections.areFor(line)) {
            throw usage(
                    "--idle-connections: "
                            + lineName
                            + " (expected: a line that begins with HTTP/1.1)");
        }
        if (line == Line.TCP && plan.surroundings().isSwapped()) {
            throw usage("--swaps-per-second: tcp (expected: a line with routes)");
        }
        var participants = participants(line, plan.surroundings());
        Session.requireTwoCores("one for the proxy and one for its load");
        return session.run(
                "run",
                objections -> measure(plan, line, participants, new Cores(1, 0), objections));
    }

    private Plan plan() {
        try {
            List<LoadShape> shapes = Plan.shapes(connections, rates);
            var effort = quick ? Plan.Effort.QUICK : Plan.Effort.FULL;
            return new Plan(
                    effort,
                    rounds == null ? effort.rounds() : rounds,
                    seconds == null ? effort.sample() : Duration.ofSeconds(seconds),
                    shapes,
                    bodyBytes,
                    headerFields,
                    new Surroundings(services, idleConnections, swapsPerSecond));
        } catch (IllegalArgumentException invalid) {
            throw usage(invalid.getMessage());
        }
    }

    private static String labels() {
        return Arrays.stream(Line.values()).map(Line::label).collect(Collectors.joining(", "));
    }

    private Participants participants(Line line, Surroundings surroundings) {
        var participants = new Participants();
        for (var name : contenders) {
            switch (name) {
                case "java" ->
                        participants.addJava(
                                session.java(),
                                dataplane.toAbsolutePath(),
                                javaFlags == null ? shippedFlags() : javaFlags,
                                !noAot);
                case "envoy" -> participants.addEnvoy(session.envoy());
                case "nginx" -> participants.addNginx();
                case "haproxy" -> participants.addHaproxy();
                default ->
                        throw usage(
                                "--contenders: '"
                                        + name
                                        + "' (expected: java, envoy, nginx or haproxy)");
            }
        }
        participants.keepThoseFor(line, surroundings);
        participants
                .leftOut()
                .forEach((name, reason) ->
                        session.progress().println("left out  " + name + ": " + reason));
        if (participants.contenders().isEmpty()) {
            throw usage("nobody can take part: " + participants.leftOut());
        }
        participants.addTwin();
        return participants;
    }

    private List<String> shippedFlags() {
        try {
            return JavaDataplaneContender.shippedFlags(dataplane.toAbsolutePath());
        } catch (IOException missing) {
            throw usage("--dataplane: no jvm.options beside " + dataplane + ": build it first");
        }
    }

    private RunReport measure(
            Plan plan, Line line, Participants participants, Cores cores, List<String> objections)
            throws IOException, InterruptedException {
        var startedAt = Session.now();
        var work = Files.createTempDirectory("outrigger-benchmarks");
        var cache = Files.createDirectories(session.cache());
        var sites = Sites.under(work, line, plan.surroundings());
        var request = RequestProfile.realistic(plan.headerFields());
        var counted = counted(line.downstream(), line, work);
        var generator = generator(line, work, counted);
        try (var upstream =
                Upstream.start(
                        Participants.nginx(),
                        session.java(),
                        sites,
                        cores,
                        plan,
                        upstreamProbe(line, work, request))) {
            var preparation =
                    new Preparation(plan, cores, sites, cache, upstream.port(), counted, request);
            var sampler = new Sampler(generator, request);
            var campaign =
                    new Campaign(
                            plan,
                            participants.contenders(),
                            preparation,
                            sampler,
                            upstream.port(),
                            session.progress());
            campaign.run();
            var figures = Figures.of(campaign.samples(), EnvoyContender.NAME, session.isForced());
            return new RunReport(
                    startedAt,
                    Session.commit(),
                    MachineFacts.read(),
                    generator.description(),
                    upstream.description(),
                    line.label() + ", " + plan.describe(),
                    session.isForced(),
                    objections,
                    participants.versions(),
                    participants.leftOut(),
                    campaign.processes(),
                    figures,
                    campaign.verdicts(figures, session.isForced()),
                    campaign.samples());
        }
    }

    /** Sends given numbers of requests, and whatever else wrk cannot. */
    private static Generator counted(Line.Leg leg, Line line, Path work) throws IOException {
        if (leg == Line.Leg.HTTP1) {
            return new OwnGenerator();
        }
        var h2load =
                Command.find("h2load")
                        .orElseThrow(() ->
                                new IOException(
                                        "h2load is not installed (package nghttp2-client), which"
                                                + " the line "
                                                + line.label()
                                                + " needs"));
        return H2loadGenerator.prepare(h2load, work, leg, line.messages());
    }

    private static Probe upstreamProbe(Line line, Path work, RequestProfile request)
            throws IOException {
        return line.upstream() == Line.Leg.MTLS_HTTP1
                ? Probe.ofConnection()
                : Probe.of(counted(line.upstream(), line, work), request);
    }

    private Generator generator(Line line, Path work, Generator counted) throws IOException {
        var wrk =
                noWrk || line.downstream().isHttp2() ? Optional.<Path>empty() : Command.find("wrk");
        if (wrk.isPresent()) {
            return WrkGenerator.prepare(wrk.get(), work, line, counted);
        }
        if (line == Line.HANDSHAKE) {
            throw new IOException("wrk is not installed, which the line handshake needs");
        }
        return counted;
    }

    private CommandLine.ParameterException usage(@Nullable String message) {
        if (spec == null) {
            throw new IllegalStateException(
                    "spec: null (expected: set by the command line before the call)");
        }
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }
}
