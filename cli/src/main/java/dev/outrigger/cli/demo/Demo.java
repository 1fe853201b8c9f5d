// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrigger.cli.client.ControlPlaneClient;
import dev.outrigger.cli.client.DocumentBundle;
import dev.outrigger.cli.client.DryRun;
import dev.outrigger.cli.console.CliFailure;
import dev.outrigger.cli.console.Console;
import dev.outrigger.cli.console.ExitCode;
import dev.outrigger.cli.net.HostPort;
import dev.outrigger.cli.output.Proxies;
import dev.outrigger.cli.process.ChildProcess;
import dev.outrigger.cli.process.Programs;
import dev.outrigger.cli.process.Waiting;
import dev.outrigger.envoy.Envoy;
import dev.outrigger.envoy.EnvoyProvision;
import dev.outrigger.envoy.ProvisionOptions;
import dev.outrigger.xds.bootstrap.BootstrapTemplate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * One run of the demo, from nothing to the table: the story is {@link #run}. Everything runs in
 * processes of this machine on the loopback address and ends with it.
 */
public final class Demo {
    private static final int ROUND_WARM_UP = 0;
    private static final int ROUND_WITHOUT = 1;
    private static final int ROUND_WITH = 2;
    private static final int WARM_UP_REQUESTS = 200;
    private static final String RETRY_STAT =
            "cluster." + DemoDocuments.CALLEE_CLUSTER + ".upstream_rq_retry";

    private final Console console;
    private final DemoOptions options;
    private final Programs programs;
    private final Stage stage;
    private final DemoPorts ports;
    private final FailureDraws draws;
    private final Traffic traffic;
    private final ControlPlaneClient client;

    private Demo(
            Console console, DemoOptions options, Programs programs, Stage stage, DemoPorts ports) {
        this.console = console;
        this.options = options;
        this.programs = programs;
        this.stage = stage;
        this.ports = ports;
        this.draws = new FailureDraws(options.seed(), options.errorRate());
        this.traffic = stage.add(new Traffic());
        this.client =
                stage.add(
                        ControlPlaneClient.of(
                                HostPort.loopback(ports.rest()).toString(),
                                Duration.ofSeconds(10)));
    }

    /**
     * Runs the demo.
     *
     * @param epilogue run while everything still stands
     * @return OK, or ANSWER_IS_NO when something did not come out as it must
     */
    public static ExitCode run(
            Console console, DemoOptions options, Programs programs, Epilogue epilogue)
            throws IOException, InterruptedException {
        var ports = options.ports().resolve();
        try (var stage = Stage.open()) {
            var hook = new Thread(stage::close, "demo-cleanup");
            Runtime.getRuntime().addShutdownHook(hook);
            return new Demo(console, options, programs, stage, ports).run(epilogue);
        }
    }

    private ExitCode run(Epilogue epilogue) throws IOException, InterruptedException {
        var envoy = options.withEnvoy() ? findEnvoy() : Optional.<Envoy>empty();
        var controlPlane = startControlPlane();
        var a = stage.add(DemoService.start("A", ports.serviceA(), new FailureDraws(0, 0)));
        var b = stage.add(DemoService.start("B", ports.serviceB(), draws));
        var down = stage.add(ClosedPort.reserve());
        note(
                "services",
                "A on "
                        + a.port()
                        + "; B on "
                        + b.port()
                        + ", failing "
                        + percent(options.errorRate())
                        + " of its requests (seed "
                        + options.seed()
                        + ")");
        post(
                "services and sidecars",
                DemoDocuments.mesh(ports, down.port(), flavors(envoy.isPresent())));
        var sidecars = startSidecars(envoy);

        var without = new ArrayList<Measured>();
        for (var sidecar : sidecars) {
            sendWarmUp(sidecar);
            without.add(measure(ROUND_WITHOUT, sidecar, b, 0));
        }
        note("policy", "POST /api/v1/apply: retry 5xx, " + DemoOptions.RETRIES + " retries");
        long revision = post("the retry policy", DemoDocuments.retryPolicy());
        awaitAccepted(revision, sidecars.size());
        var outcomes = new ArrayList<Outcome>();
        for (int i = 0; i < sidecars.size(); i++) {
            var sidecar = sidecars.get(i);
            var with = measure(ROUND_WITH, sidecar, b, DemoOptions.RETRIES);
            outcomes.add(
                    new Outcome(
                            sidecar,
                            without.get(i),
                            with,
                            ask(sidecar, DemoDocuments.UNKNOWN),
                            ask(sidecar, DemoDocuments.DOWN),
                            askThroughIngress(sidecar)));
        }
        var verdict = report(outcomes, envoy.isPresent());
        epilogue.run(new Running(ports, controlPlane.pid(), sidecars));
        return verdict;
    }

    // ---- starting ----

    private Optional<Envoy> findEnvoy() {
        var wanted =
                ProvisionOptions.from(console.environment())
                        .withProgress(line -> note("envoy", line));
        return switch (EnvoyProvision.find(wanted)) {
            case EnvoyProvision.Result.Found(var envoy) -> {
                note("envoy", envoy.describe());
                yield Optional.of(envoy);
            }
            case EnvoyProvision.Result.NotFound missing -> {
                console.note(missing.explanation());
                note("envoy", "left out: this run shows the Java data plane only");
                yield Optional.empty();
            }
        };
    }

    private ControlPlaneProcess startControlPlane() throws IOException, InterruptedException {
        var arguments =
                List.of(
                        "--rest=" + HostPort.loopback(ports.rest()),
                        "--admin=" + HostPort.loopback(ports.controlAdmin()),
                        "--xds=" + HostPort.loopback(ports.xds()),
                        "--store=" + stage.folder().resolve("store.db"));
        var process =
                stage.add(
                        ControlPlaneProcess.start(
                                () -> programs.start("server", arguments, stage.folder()),
                                line -> note("control plane", line)));
        require("the control plane", client::isReady, process::obituary);
        process.supervise(() -> awaitRestart(process));
        note(
                "control plane",
                "REST "
                        + HostPort.loopback(ports.rest())
                        + ", xDS "
                        + HostPort.loopback(ports.xds())
                        + ", store in a temporary folder");
        return process;
    }

    private void awaitRestart(ControlPlaneProcess process) throws InterruptedException {
        stage.watchChildren();
        var failure = Waiting.until(client::isReady, process::obituary, options.patience());
        note("control plane", failure.orElse("runs again as process " + process.pid()));
    }

    private List<Sidecar> startSidecars(Optional<Envoy> envoy)
            throws IOException, InterruptedException {
        var sidecars = new ArrayList<Sidecar>();
        if (envoy.isPresent()) {
            sidecars.add(startEnvoy(envoy.get()));
        }
        sidecars.add(startJava());
        for (var sidecar : sidecars) {
            require(sidecar.title(), sidecar.admin()::isReady, sidecar.obituary());
            note(
                    "sidecar",
                    sidecar.title()
                            + ": egress "
                            + sidecar.ports().egress()
                            + ", ingress "
                            + sidecar.ports().ingress()
                            + ", admin "
                            + sidecar.ports().admin());
        }
        return sidecars;
    }

    private Sidecar startEnvoy(Envoy envoy) throws IOException {
        var log = stage.folder().resolve("envoy.log");
        var args =
                List.of(
                        "-c",
                        bootstrap("envoy", ports.envoy().admin()).toString(),
                        "--use-dynamic-base-id",
                        "--concurrency",
                        "1",
                        "-l",
                        "warning");
        var process = stage.add(envoy.start(args, stage.folder(), log));
        return new Sidecar(
                "envoy",
                "Envoy " + envoy.version(),
                ports.envoy(),
                stage.add(new AdminClient(ports.envoy().admin())),
                () ->
                        process.isAlive()
                                ? Optional.empty()
                                : Optional.of(
                                        "ended with exit code "
                                                + process.exitCode().orElse(-1)
                                                + ChildProcess.tail(log)));
    }

    private Sidecar startJava() throws IOException {
        var arguments =
                List.of(
                        "-c", bootstrap("java", ports.java().admin()).toString(),
                        "--concurrency", "1",
                        "-l", "warning");
        var process = stage.add(programs.start("proxy", arguments, stage.folder()));
        return new Sidecar(
                "java",
                "Java data plane",
                ports.java(),
                stage.add(new AdminClient(ports.java().admin())),
                process::obituary);
    }

    /** The same text that a user gets from {@code outrigger bootstrap}. */
    private Path bootstrap(String flavor, int adminPort) throws IOException {
        var template =
                new BootstrapTemplate(
                        "a-" + flavor,
                        "a",
                        Map.of("flavor", flavor),
                        adminPort,
                        "127.0.0.1",
                        ports.xds());
        return Files.writeString(
                stage.folder().resolve(flavor + ".yaml"),
                template.toYaml(),
                StandardCharsets.UTF_8);
    }

    private void require(String what, BooleanSupplier ready, Supplier<Optional<String>> obituary)
            throws InterruptedException {
        var failure = Waiting.until(ready, obituary, options.patience());
        if (failure.isPresent()) {
            throw CliFailure.of(ExitCode.ANSWER_IS_NO, what + " " + failure.get());
        }
    }

    // ---- policies ----

    private long post(String message, String documents) {
        var bundle = DocumentBundle.ofYaml("demo: " + message, documents);
        return client.apply(bundle, DryRun.OFF, Optional.of("demo: " + message), Optional.empty())
                .path("revision")
                .asLong();
    }

    private void awaitAccepted(long revision, int sidecars) {
        var report = client.awaitSync(revision, options.patience());
        var rejections = Proxies.rejections(report.path("proxies"));
        int concerned = report.path("proxies").size();
        if (!rejections.isEmpty() || !report.path("synced").asBoolean() || concerned != sidecars) {
            throw CliFailure.of(
                            ExitCode.ANSWER_IS_NO,
                            "revision " + revision + " was not accepted by both sidecars")
                    .withDetails(rejections.isEmpty() ? states(report) : rejections);
        }
        note(
                "policy",
                "revision "
                        + revision
                        + " accepted by "
                        + concerned
                        + " of "
                        + sidecars
                        + " sidecars");
    }

    private static List<String> states(JsonNode report) {
        var proxies = new ArrayList<JsonNode>();
        report.path("proxies").forEach(proxies::add);
        return Proxies.table(proxies);
    }

    // ---- traffic ----

    /** Not counted: the first requests of a process pay for its start, not for its policies. */
    private void sendWarmUp(Sidecar sidecar) throws InterruptedException {
        traffic.send(
                ROUND_WARM_UP,
                sidecar.flavor(),
                sidecar.ports().egress(),
                DemoDocuments.CALLEE,
                WARM_UP_REQUESTS,
                options.connections());
    }

    private Measured measure(int round, Sidecar sidecar, DemoService b, int retries)
            throws IOException, InterruptedException {
        note(
                "traffic",
                Report.count(options.requests())
                        + " requests to "
                        + DemoDocuments.CALLEE
                        + " through "
                        + sidecar.title());
        long before = sidecar.admin().counter(RETRY_STAT);
        var sent =
                traffic.send(
                        round,
                        sidecar.flavor(),
                        sidecar.ports().egress(),
                        DemoDocuments.CALLEE,
                        options.requests(),
                        options.connections());
        long after = sidecar.admin().counter(RETRY_STAT);
        return new Measured(
                sent,
                b.received(round, sidecar.flavor()),
                after - before,
                draws.predict(round, options.requests(), retries));
    }

    private int ask(Sidecar sidecar, String host) throws IOException, InterruptedException {
        return traffic.status(sidecar.ports().egress(), host, "");
    }

    private int askThroughIngress(Sidecar sidecar) throws IOException, InterruptedException {
        return traffic.status(sidecar.ports().ingress(), "a.local.service", "");
    }

    // ---- telling ----

    private ExitCode report(List<Outcome> outcomes, boolean withEnvoy) {
        console.note("");
        Report.lines(outcomes).forEach(console::data);
        console.note("");
        if (!withEnvoy) {
            console.note(
                    "Left out: everything with stock Envoy, "
                            + (options.withEnvoy() ? "because there is none here." : "as asked."));
        }
        var differences = new ArrayList<String>();
        outcomes.forEach(outcome -> differences.addAll(outcome.differences()));
        if (differences.isEmpty()) {
            console.note(
                    "Every number is what the seed, the policy and the two sides' counts say.");
            return ExitCode.OK;
        }
        console.note("Not as it must be:");
        differences.forEach(line -> console.note("  " + line));
        return ExitCode.ANSWER_IS_NO;
    }

    private static List<String> flavors(boolean withEnvoy) {
        return withEnvoy ? List.of("envoy", "java") : List.of("java");
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", share * 100);
    }

    /** What is going on, with the part it is about in a column of its own. */
    private void note(String part, String text) {
        console.note(String.format(Locale.ROOT, "%-13s %s", part, text));
    }
}
