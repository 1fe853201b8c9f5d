// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.rest;

import static dev.outrigger.policy.rest.PolicyApiServerTest.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.outrigger.policy.rest.RunningApi.Answer;
import dev.outrigger.policy.store.sqlite.StoreCopies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * F05, R21: a disk that is full refuses writes and loses nothing. Needs a small disk of its own, so
 * a memory file system that only root may mount; skipped elsewhere.
 */
class FullDiskIT {
    private static final int DISK_KIB = 4_096;
    private static final int BALLAST_KIB = 1_024;

    @TempDir Path directory;
    private Path disk = Path.of("");

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectory(directory.resolve("disk"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=" + DISK_KIB + "k", "tmpfs", disk + ""),
                "needs root, and a system that mounts tmpfs");
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", disk.toString());
    }

    private static boolean run(String... command) throws InterruptedException {
        try {
            var process = new ProcessBuilder(List.of(command)).inheritIO().start();
            return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException _) {
            return false; // There is no such program here.
        }
    }

    @Test
    void refusesWritesAndTakesThemAgainWhenThereIsRoom() throws Exception {
        Path ballast = Files.write(disk.resolve("ballast"), new byte[BALLAST_KIB << 10]);
        try (var api = new RunningApi(disk)) {
            Answer refused = writeUntilRefused(api);
            long last = api.store.documents().revision();

            assertThat(refused.status()).isEqualTo(507);
            assertThat(refused.header("Retry-After")).isEqualTo("30");
            assertThat(refused.body()).contains("Nothing was written");
            assertThat(api.get("/api/v1/services?limit=500").status()).isEqualTo(200);
            assertThat(api.get("/api/v1/revisions/" + last).status()).isEqualTo(200);
            assertThat(api.apply(large(0)).status()).as("still full").isEqualTo(507);
            assertThat(api.store.documents().revision()).isEqualTo(last);

            Files.delete(ballast);

            Answer accepted = api.apply(large(100_000));
            assertThat(accepted.status()).as(accepted.body()).isEqualTo(200);
            assertThat(accepted.json().path("revision").asLong()).isEqualTo(last + 1);
        }
        var report = StoreCopies.check(disk.resolve("policies.db"));
        assertThat(report.problem()).isEmpty();
    }

    private static Answer writeUntilRefused(RunningApi api) {
        for (int i = 1; i < 10_000; i++) {
            Answer answer = api.apply(large(i));
            if (answer.status() != 200) {
                return answer;
            }
        }
        throw new AssertionError("the disk never became full");
    }

    /** A document of some 30 kB that differs from the others. */
    private static String large(int number) {
        var annotations = new StringBuilder("annotations: {");
        for (int i = 0; i < 30; i++) {
            annotations
                    .append(i == 0 ? "" : ", ")
                    .append("a")
                    .append(i)
                    .append(": x")
                    .append(number)
                    .append("x".repeat(900));
        }
        return service("b").replace("name: b,", "name: b, " + annotations + "},");
    }
}
