// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks;

import dev.outrigger.benchmarks.contender.Command;
import dev.outrigger.benchmarks.contender.EnvoyContender;
import dev.outrigger.benchmarks.contender.JavaDataplaneContender;
import dev.outrigger.benchmarks.contender.Sites;
import dev.outrigger.benchmarks.load.Generator;
import dev.outrigger.benchmarks.load.H2loadGenerator;
import dev.outrigger.benchmarks.load.Line;
import dev.outrigger.benchmarks.load.LoadShape;
import dev.outrigger.benchmarks.load.OwnGenerator;
import dev.outrigger.benchmarks.load.Probe;
import dev.outrigger.benchmarks.load.RequestProfile;
import dev.outrigger.benchmarks.load.WrkGenerator;
import dev.outrigger.benchmarks.machine.MachineFacts;
import dev.outrigger.benchmarks.machine.QuietCheck;
import dev.outrigger.benchmarks.machine.RunLock;
import dev.outrigger.benchmarks.report.Figures;
import dev.outrigger.benchmarks.report.JsonReport;
import dev.outrigger.benchmarks.report.RunReport;
import dev.outrigger.benchmarks.report.TextReport;
import dev.outrigger.envoy.ProvisionOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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
        footer = {
            "",
            "Exit codes: 0 every bar passed, 1 a bar was missed or is unclear, 2 usage, 3 could not measure."
        })
final class BenchmarkCommand implements Callable<Integer> {

    static final int PASSED = 0;
    static final int MISSED = 1;
    static final int CANNOT_MEASURE = 3;

    private static final Duration QUIET_WINDOW = Duration.ofSeconds(2);

    @Option(
            names = "--quick",
            description = "About two minutes: 3 rounds of 1 s. Too short for a claim.")
    private boolean quick;

    @Option(
            names = "--force",
            description = "Measure although the machine is not quiet, and count dirty samples.")
    private boolean force;

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
                "What is spoken: http1, http2-http1, http2, grpc, tls, tls-http2, handshake,",
                "mtls-upstream or tcp. Default: ${DEFAULT-VALUE}"
            })
    private String lineName = "";

    @Option(
            names = "--body",
            defaultValue = "1024",
            paramLabel = "N",
            description = "Bytes of the answer's body. Default: ${DEFAULT-VALUE}")
    private int bodyBytes;

    @Option(
            names = "--contenders",
            split = ",",
            defaultValue = "java,envoy,nginx,haproxy",
            paramLabel = "NAME",
            description = "Who takes part. Default: ${DEFAULT-VALUE}")
    private List<String> contenders = List.of();

    @Option(
            names = "--envoy",
            paramLabel = "FILE",
            description = "Envoy's binary; else one is found or fetched.")
    private @Nullable Path envoy;

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

    @Option(
            names = "--out",
            defaultValue = "benchmarks/target/results",
            paramLabel = "DIR",
            description = "Where the raw JSON goes. Default: ${DEFAULT-VALUE}")
    private Path out = Path.of("");

    @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

    private final PrintStream progress = System.err;
    private final Path java = Path.of(System.getProperty("java.home"), "bin", "java");

    @Override
    public Integer call() throws IOException, InterruptedException {
        var plan = plan();
        var line =
                Line.of(lineName)
                        .orElseThrow(() ->
                                usage("--line: '" + lineName + "' (expected: " + labels() + ")"));
        var participants = participants(line);
        var cores = coresOfThisMachine();
        try (var lock = RunLock.tryTake().orElse(null)) {
            if (lock == null) {
                throw new IOException("another run holds " + RunLock.file());
            }
            var objections = QuietCheck.objections(QUIET_WINDOW);
            if (!objections.isEmpty() && !force) {
                throw new IOException(
                        "this machine is not quiet (--force measures all the same): "
                                + String.join("; ", objections));
            }
            var report = measure(plan, line, participants, cores, objections);
            var file = out.resolve("run-" + report.startedAt().replace(":", "") + ".json");
            JsonReport.write(report, file);
            System.out.println(TextReport.of(report, EnvoyContender.NAME));
            System.out.println("Raw results: " + file);
            return report.passed() ? PASSED : MISSED;
        }
    }

    private Plan plan() {
        try {
            List<LoadShape> shapes = Plan.shapes(connections, rates);
            var plan =
                    (quick ? Plan.quick(shapes, headerFields) : Plan.full(shapes, headerFields))
                            .withBody(bodyBytes);
            if (rounds != null) {
                plan = plan.withRounds(rounds);
            }
            return seconds == null ? plan : plan.withSample(Duration.ofSeconds(seconds));
        } catch (IllegalArgumentException invalid) {
            throw usage(invalid.getMessage());
        }
    }

    private static String labels() {
        return Arrays.stream(Line.values()).map(Line::label).collect(Collectors.joining(", "));
    }

    private Participants participants(Line line) {
        var participants = new Participants();
        for (var name : contenders) {
            switch (name) {
                case "java" ->
                        participants.addJava(
                                java,
                                dataplane.toAbsolutePath(),
                                javaFlags == null ? shippedFlags() : javaFlags,
                                !noAot);
                case "envoy" -> participants.addEnvoy(envoyOptions());
                case "nginx" -> participants.addNginx();
                case "haproxy" -> participants.addHaproxy();
                default ->
                        throw usage(
                                "--contenders: '"
                                        + name
                                        + "' (expected: java, envoy, nginx or haproxy)");
            }
        }
        participants.keepThoseFor(line);
        participants
                .leftOut()
                .forEach((name, reason) -> progress.println("left out  " + name + ": " + reason));
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

    private ProvisionOptions envoyOptions() {
        var options =
                ProvisionOptions.fromEnvironment()
                        .withProgress(line -> progress.println("envoy     " + line));
        return envoy == null ? options : options.withExplicitPath(envoy.toAbsolutePath());
    }

    private static Cores coresOfThisMachine() throws IOException {
        if (Command.find("taskset").isEmpty()) {
            throw new IOException(
                    "taskset is missing (Linux, package util-linux): nothing can be pinned");
        }
        int cores = MachineFacts.read().cores();
        if (cores < 2) {
            throw new IOException(
                    "this machine has "
                            + cores
                            + " core (expected: 2, one for the proxy and one for its load)");
        }
        return new Cores(1, 0);
    }

    private RunReport measure(
            Plan plan, Line line, Participants participants, Cores cores, List<String> objections)
            throws IOException, InterruptedException {
        var startedAt = Instant.now(Clock.systemUTC()).truncatedTo(ChronoUnit.SECONDS);
        var work = Files.createTempDirectory("outrigger-benchmarks");
        var cache = Files.createDirectories(out.toAbsolutePath().resolveSibling("cache"));
        var sites = Sites.under(work, line);
        var request = RequestProfile.realistic(plan.headerFields());
        var counted = counted(line.downstream(), line, work);
        var generator = generator(line, work, counted);
        try (var upstream =
                Upstream.start(
                        Participants.nginx(),
                        java,
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
                            progress);
            campaign.run();
            var figures = Figures.of(campaign.samples(), EnvoyContender.NAME, force);
            return new RunReport(
                    startedAt.toString(),
                    commit(),
                    MachineFacts.read(),
                    generator.description(),
                    upstream.description(),
                    line.label() + ", " + plan.describe(),
                    force,
                    objections,
                    participants.versions(),
                    participants.leftOut(),
                    campaign.processes(),
                    figures,
                    campaign.verdicts(figures, force),
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
        return H2loadGenerator.prepare(h2load, work, leg, line == Line.GRPC);
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

    private static String commit() throws InterruptedException {
        try {
            return Command.run("git", "describe", "--always", "--dirty").strip();
        } catch (IOException noGit) {
            return "unknown";
        }
    }

    private CommandLine.ParameterException usage(@Nullable String message) {
        if (spec == null) {
            throw new IllegalStateException(
                    "spec: null (expected: set by the command line before the call)");
        }
        return new CommandLine.ParameterException(spec.commandLine(), message);
    }
}
