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
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * F01, R22: a process that is killed in the middle of writing loses no acknowledged write, and a
 * write it did not acknowledge is there completely or not at all. {@code -Dstore.kills=1000} kills
 * more often, {@code -Dstore.seed=2} at other moments.
 */
class KilledStoreIT {
    private static final int KILLS = Integer.getInteger("store.kills", 20);
    private static final long SEED = Long.getLong("store.seed", 20_261_121);

    /** Then the store has grown enough: the next kills meet a new one. */
    private static final int KILLS_OF_A_STORE = 25;

    @TempDir Path directory;

    @Test
    void losesNothingThatWasAcknowledged() throws Exception {
        var random = new Random(SEED);
        long writes = 0;
        long last = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            if (kill % KILLS_OF_A_STORE == 0) {
                writes += last;
                last = 0;
            }
            Path file = directory.resolve("policies-" + kill / KILLS_OF_A_STORE + ".db");
            last = Math.max(last, runAndKill(file, 1 + random.nextInt(60)));
            last = verify(file, last, kill);
        }
        writes += last;
        assertThat(writes).isGreaterThan(KILLS);
        System.out.println(KILLS + " kills, " + writes + " writes, none lost, none made up");
    }

    /** Returns the last revision the process said to be durable before it was killed. */
    private long runAndKill(Path file, int afterAcknowledgements) throws Exception {
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
                                        file.toString()))
                        .redirectError(new File(directory.toFile(), "stderr.txt"))
                        .start();
        long last = 0;
        try (BufferedReader lines = process.inputReader(StandardCharsets.US_ASCII)) {
            for (int i = 0; i < afterAcknowledgements; i++) {
                last = Math.max(last, acknowledged(lines, last));
            }
            process.destroyForcibly();
            // What was printed before the kill reached the process counts too.
            for (long next = last; next >= 0; next = acknowledged(lines, -1)) {
                last = Math.max(last, next);
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

    /** Returns the last revision, which the next process goes on from. */
    private static long verify(Path file, long lastAcknowledged, int kill) {
        try (var store =
                SqlitePolicyStore.open(
                        SqliteOptions.at(file),
                        PolicyReader.standard(),
                        InstantSource.system(),
                        StoreListener.NONE)) {
            long revision = store.documents().revision();
            // Each writer may have had one write under way that it was not told of.
            assertThat(revision)
                    .as("after kill %d", kill)
                    .isBetween(lastAcknowledged, lastAcknowledged + StoreWriterMain.WRITERS);
            var revisions = store.revisions(Long.MAX_VALUE, (int) revision + 10, Optional.empty());
            assertThat(revisions)
                    .hasSize((int) revision)
                    .allSatisfy(stored ->
                            assertThat(stored.changes()).hasSize(StoreWriterMain.DOCUMENTS));
            assertThat(revisions).extracting(Revision::message).doesNotHaveDuplicates();
            Map<Long, Integer> generations = new HashMap<>();
            for (StoredDocument document : store.documents().all()) {
                generations.merge(document.generation(), 1, Integer::sum);
            }
            // Each write touches all documents, so a whole one leaves one generation.
            assertThat(generations).isEqualTo(Map.of(revision, StoreWriterMain.DOCUMENTS));
            return revision;
        }
    }
}
