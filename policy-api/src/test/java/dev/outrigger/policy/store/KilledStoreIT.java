// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrigger.policy.check.PolicyReader;
import dev.outrigger.policy.model.StoredDocument;
import dev.outrigger.policy.store.sqlite.SqliteOptions;
import dev.outrigger.policy.store.sqlite.SqlitePolicyStore;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * F01, R22: a process that is killed in the middle of writing loses no acknowledged write, and a
 * write it did not acknowledge is there completely or not at all.
 */
class KilledStoreIT {
    private static final int KILLS = 20;
    private static final long SEED = 20_261_121;

    @TempDir Path directory;

    @Test
    void losesNothingThatWasAcknowledged() throws Exception {
        var random = new Random(SEED);
        long lastAcknowledged = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            lastAcknowledged = Math.max(lastAcknowledged, runAndKill(1 + random.nextInt(60)));
            verify(lastAcknowledged, kill);
        }
        assertThat(lastAcknowledged).isGreaterThan(KILLS);
    }

    /** Returns the last revision the process said to be durable before it was killed. */
    private long runAndKill(int afterAcknowledgements) throws Exception {
        Process process =
                new ProcessBuilder(
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        "--enable-native-access=ALL-UNNAMED",
                                        "-Xshare:auto",
                                        "-XX:TieredStopAtLevel=1",
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        StoreWriterMain.class.getName(),
                                        directory.resolve("policies.db").toString()))
                        .redirectError(new File(directory.toFile(), "stderr.txt"))
                        .start();
        long last = 0;
        try (BufferedReader lines = process.inputReader(StandardCharsets.US_ASCII)) {
            for (int i = 0; i < afterAcknowledgements; i++) {
                last = acknowledged(lines, last);
            }
            process.destroyForcibly();
            // What was printed before the kill reached the process counts too.
            for (long next = last; next >= 0; next = acknowledged(lines, -1)) {
                last = next;
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(last).as("acknowledged before the kill").isPositive();
        return last;
    }

    private static long acknowledged(BufferedReader lines, long atEnd) {
        try {
            String line = lines.readLine();
            return line != null && line.endsWith(".")
                    ? Long.parseLong(line.substring(0, line.length() - 1))
                    : atEnd;
        } catch (IOException _) {
            return atEnd;
        }
    }

    private void verify(long lastAcknowledged, int kill) {
        try (var store =
                SqlitePolicyStore.open(
                        SqliteOptions.at(directory.resolve("policies.db")),
                        PolicyReader.standard(),
                        InstantSource.system(),
                        StoreListener.NONE)) {
            long revision = store.documents().revision();
            assertThat(revision)
                    .as("after kill %d", kill)
                    .isBetween(lastAcknowledged, lastAcknowledged + 1);
            assertThat(store.revisions(Long.MAX_VALUE, (int) revision + 10))
                    .hasSize((int) revision)
                    .allSatisfy(stored ->
                            assertThat(stored.changes()).hasSize(StoreWriterMain.DOCUMENTS));
            Map<Long, Integer> generations = new HashMap<>();
            for (StoredDocument document : store.documents().all()) {
                generations.merge(document.generation(), 1, Integer::sum);
            }
            // Each write touches all documents, so a whole one leaves one generation.
            assertThat(generations).isEqualTo(Map.of(revision, StoreWriterMain.DOCUMENTS));
        }
    }
}
