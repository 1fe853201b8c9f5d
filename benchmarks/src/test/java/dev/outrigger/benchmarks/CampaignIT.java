// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.outrigger.benchmarks.contender.Command;
import dev.outrigger.benchmarks.contender.Contender;
import dev.outrigger.benchmarks.contender.Instance;
import dev.outrigger.benchmarks.contender.Site;
import dev.outrigger.benchmarks.contender.Sites;
import dev.outrigger.benchmarks.contender.Surroundings;
import dev.outrigger.benchmarks.contender.TwinContender;
import dev.outrigger.benchmarks.load.FixedAnswerMain;
import dev.outrigger.benchmarks.load.Line;
import dev.outrigger.benchmarks.load.LoadShape;
import dev.outrigger.benchmarks.load.OwnGenerator;
import dev.outrigger.benchmarks.load.Probe;
import dev.outrigger.benchmarks.load.RequestProfile;
import dev.outrigger.benchmarks.machine.MachineFacts;
import dev.outrigger.benchmarks.report.Figures;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole run, small, with the built-in server in the place of every proxy. */
class CampaignIT {

    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
    private static final Cores CORES = new Cores(1, 0);

    private final RequestProfile request = RequestProfile.realistic(8);

    @TempDir private Path folder = Path.of("");

    @BeforeEach
    void needsWhatTheRunNeeds() throws IOException {
        assumeTrue(Command.find("taskset").isPresent(), "taskset is not installed");
        assumeTrue(MachineFacts.read().cores() >= 2, "one core only");
    }

    @Test
    void measuresEveryContenderUnderEveryLoadInEveryRound()
            throws IOException, InterruptedException {
        var contender = new StandIn(0);
        var contenders = List.<Contender>of(contender, new TwinContender(contender));
        var plan = smallPlan();
        var sites = Sites.under(folder, Line.HTTP1, Surroundings.NONE);
        var own = new OwnGenerator();
        var probe = Probe.of(own, request);

        try (var upstream = Upstream.start(Optional.empty(), JAVA, sites, CORES, plan, probe)) {
            var preparation =
                    new Preparation(plan, CORES, sites, folder, upstream.port(), own, request);
            var campaign =
                    new Campaign(
                            plan,
                            contenders,
                            preparation,
                            new Sampler(own, request),
                            upstream.port(),
                            silent());
            campaign.run();

            // direct, the contender and its twin; two loads; two rounds
            assertThat(campaign.samples()).hasSize(3 * 2 * 2);
            assertThat(campaign.samples())
                    .allSatisfy(sample -> assertThat(sample.load().requests()).isPositive())
                    .allSatisfy(sample -> assertThat(sample.load().errors()).isZero());
            assertThat(campaign.samples())
                    .filteredOn(sample -> !sample.contender().equals(Entrant.DIRECT))
                    .allSatisfy(sample -> assertThat(sample.cpuNanos()).isPositive());
            assertThat(Figures.of(campaign.samples(), contender.name(), true))
                    .extracting(Figures::contender, Figures::samples)
                    .contains(tuple("stand-in-twin", 2));
            assertThat(campaign.processes())
                    .allSatisfy(each -> assertThat(each.idle().rssKib()).isPositive())
                    .allSatisfy(each -> assertThat(each.crowded()).isNotNull())
                    .allSatisfy(each -> assertThat(each.coldRequests()).isGreaterThanOrEqualTo(50))
                    .extracting(each -> each.startMillis().rounds())
                    .containsOnly(2);
        }
    }

    @Test
    void saysWhatAContenderPrintedThatDidNotStart() throws IOException, InterruptedException {
        var contender = new StandIn(1);
        var site = Sites.under(folder, Line.HTTP1, Surroundings.NONE).next(contender.name(), 0);

        assertThatThrownBy(() ->
                        Instance.start(
                                contender.name(),
                                contender.launch(site),
                                site,
                                CORES.underTest(),
                                Probe.of(new OwnGenerator(), request)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("stand-in: ended with exit code 2")
                .hasMessageContaining("expected: <port> <body bytes>");
    }

    private static Plan smallPlan() {
        var effort =
                new Plan.Effort(
                        2,
                        Duration.ofMillis(100),
                        2,
                        Duration.ofMillis(1),
                        Duration.ofMillis(50),
                        Duration.ofMillis(50),
                        Duration.ofMillis(100),
                        50);
        return new Plan(
                effort,
                effort.rounds(),
                effort.sample(),
                List.of(new LoadShape.ClosedLoop(2), new LoadShape.FixedRate(100, 2)),
                1024,
                8,
                new Surroundings(1, 3, 0));
    }

    private static PrintStream silent() {
        return new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    }

    /** The built-in server as a process, called with too many arguments if asked to fail. */
    private record StandIn(int surplusArguments) implements Contender {

        @Override
        public String name() {
            return "stand-in";
        }

        @Override
        public String version() {
            return "this test";
        }

        @Override
        public WarmUpNeed warmUpNeed() {
            return WarmUpNeed.UNTIL_STEADY;
        }

        @Override
        public Launch launch(Site site) {
            var command =
                    new ArrayList<>(
                            List.of(
                                    JAVA.toString(),
                                    "-XX:+UseSerialGC",
                                    "-XX:TieredStopAtLevel=1",
                                    "-cp",
                                    System.getProperty("java.class.path"),
                                    FixedAnswerMain.class.getName(),
                                    Integer.toString(site.port()),
                                    "1024"));
            for (int i = 0; i < surplusArguments; i++) {
                command.add("surplus");
            }
            return Launch.of(command.toArray(String[]::new));
        }
    }
}
