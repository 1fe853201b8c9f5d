// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.conformance.generate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.outrigger.conformance.control.RunningControlPlane;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.LongFunction;

/**
 * Sets of generated documents, each planned and committed in the place of the one before: every
 * proxy must accept all that becomes of them, and be given exactly what the plan said. A set that
 * fails is noted, and the run goes on. Used by one thread.
 */
public final class PolicyRun {
    /** Plans show so many changes of resources; a set must not come to more. */
    private static final int MAX_PLANNED = 500;

    private static final int MAX_SHOWN = 3;
    private static final int MAX_SHOWN_CHARS = 2_000;

    private final RunningControlPlane control;
    private final List<String> proxies;
    private final Path totals;

    /** What each proxy has; empty when that is not known to be what the documents ask for. */
    private Optional<List<SortedMap<String, JsonNode>>> given = Optional.empty();

    /**
     * @param proxies the node ids of those that are connected
     * @param totals a file to which a line is added after each set
     */
    public PolicyRun(RunningControlPlane control, List<String> proxies, Path totals) {
        this.control = control;
        this.proxies = List.copyOf(proxies);
        this.totals = totals;
    }

    /**
     * How much is written.
     *
     * @param firstSeed of the first set; the next sets have the next seeds
     * @param budget after which no further set begins
     */
    public record Settings(long firstSeed, int sets, int services, Duration budget) {}

    /**
     * What came of it.
     *
     * @param compared sets whose resources were compared with their plan
     * @param resources that were given differently, over all sets and proxies
     * @param failures a line for each set that failed
     */
    public record Totals(
            int sets, int documents, int compared, int resources, List<String> failures) {
        public Totals {
            failures = List.copyOf(failures);
        }
    }

    /**
     * Writes the sets.
     *
     * @param sidecars those of a seed, each behind a line {@code ---}
     */
    public Totals run(Settings settings, LongFunction<String> sidecars) throws IOException {
        Files.createDirectories(totals.toAbsolutePath().getParent());
        long start = System.nanoTime();
        int sets = 0;
        int documents = 0;
        int compared = 0;
        int resources = 0;
        var failures = new ArrayList<String>();
        while (sets < settings.sets() && System.nanoTime() - start < settings.budget().toNanos()) {
            long seed = settings.firstSeed() + sets++;
            var text = PolicyDocuments.of(seed, settings.services()) + sidecars.apply(seed);
            documents += text.split("(?m)^---$").length - 1;
            var outcome = write(text);
            compared += outcome.planned() < 0 ? 0 : 1;
            resources += Math.max(0, outcome.planned());
            outcome.failure().ifPresent(why -> failures.add("seed " + seed + ": " + why));
            note(
                    "seed %d: %s; so far %d documents, %d resources, %d failures, %d s"
                            .formatted(
                                    seed,
                                    outcome.failure().orElse("accepted"),
                                    documents,
                                    resources,
                                    failures.size(),
                                    (System.nanoTime() - start) / 1_000_000_000));
        }
        return new Totals(sets, documents, compared, resources, failures);
    }

    /**
     * @param planned resources that the plan said would change; negative if they were not compared
     */
    private record Outcome(int planned, Optional<String> failure) {
        static Outcome failed(String why) {
            return new Outcome(-1, Optional.of(why));
        }
    }

    private Outcome write(String documents) {
        var before = given;
        given = Optional.empty();
        try {
            var plan = control.plan(documents);
            var report = control.awaitSync(control.commit(plan));
            if (!report.path("synced").asBoolean()
                    || report.path("proxies").size() != proxies.size()) {
                return Outcome.failed("not in sync: " + report);
            }
            var now = new ArrayList<SortedMap<String, JsonNode>>();
            for (String proxy : proxies) {
                now.add(control.given(proxy));
            }
            given = Optional.of(now);
            return before.map(was -> compare(was, plan, now))
                    .orElse(new Outcome(-1, Optional.empty()));
        } catch (IOException e) {
            return Outcome.failed(String.valueOf(e.getMessage()));
        }
    }

    private Outcome compare(
            List<SortedMap<String, JsonNode>> before,
            JsonNode plan,
            List<SortedMap<String, JsonNode>> now) {
        int changes = plan.path("proxies").size();
        if (changes >= MAX_PLANNED) {
            return Outcome.failed("the plan leaves some of its " + changes + " resources out");
        }
        var differences = new ArrayList<String>();
        for (int i = 0; i < proxies.size(); i++) {
            var planned = PlannedResources.of(before.get(i), plan, proxies.get(i));
            differences.addAll(PlannedResources.differences(planned, now.get(i)));
        }
        if (differences.isEmpty()) {
            return new Outcome(changes, Optional.empty());
        }
        var shown =
                String.join("; ", differences.subList(0, Math.min(MAX_SHOWN, differences.size())));
        return Outcome.failed(
                differences.size()
                        + " resources are not as planned: "
                        + shown.substring(0, Math.min(MAX_SHOWN_CHARS, shown.length())));
    }

    private void note(String line) {
        try {
            Files.writeString(
                    totals, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
