// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrigger.policy.check.PolicyReader;
import dev.outrigger.policy.store.StoreUnavailable.Reason;
import dev.outrigger.policy.store.WriteOutcome.Written;
import dev.outrigger.policy.store.sqlite.FaultyDisk;
import dev.outrigger.policy.store.sqlite.SqliteOptions;
import dev.outrigger.policy.store.sqlite.StoreCopies;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlitePolicyStoreTest extends PolicyStoreContract {
    private final FaultyDisk disk = new FaultyDisk();
    private long maxBytes = 64 << 20;

    @Override
    protected PolicyStore open(
            Path directory, PolicyReader reader, InstantSource clock, int maxDeletions) {
        return disk.open(
                SqliteOptions.at(file(directory))
                        .withMaxBytes(maxBytes)
                        .withMaxTombstones(maxDeletions),
                reader,
                clock,
                StoreListener.NONE);
    }

    @Override
    protected void fail(StoreFault fault) {
        disk.set(fault);
    }

    private PolicyStore openAgain() {
        return open(directory, PolicyReader.standard(), InstantSource.system(), 10);
    }

    @Test
    void isReadableByItsOwnerOnly() throws IOException {
        apply(service("b", 80));

        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(directory.resolve("new"))))
                .isEqualTo("rwx------");
        try (var files = Files.list(directory.resolve("new"))) {
            assertThat(files)
                    .hasSizeGreaterThanOrEqualTo(3)
                    .allSatisfy(path ->
                            assertThat(
                                            PosixFilePermissions.toString(
                                                    Files.getPosixFilePermissions(path)))
                                    .isEqualTo("rw-------"));
        }
    }

    @Test
    void tightensPermissionsOfAnOldFile() throws IOException {
        store.close();
        Files.setPosixFilePermissions(
                file(directory), PosixFilePermissions.fromString("rw-rw-r--"));
        reopen();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(directory))))
                .isEqualTo("rw-------");
    }

    @Test
    void refusesASecondOpenerNamingTheFile() {
        assertThatThrownBy(this::openAgain)
                .isInstanceOfSatisfying(
                        StoreUnavailable.class, e -> assertThat(e.reason()).isEqualTo(Reason.BUSY))
                .hasMessageContaining("pid " + ProcessHandle.current().pid())
                .hasMessageContaining(file(directory).toString());
    }

    @Test
    void saysWhenAnotherProcessHoldsTheDatabase() throws SQLException {
        try (Connection other = connect();
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");

            assertThatThrownBy(() -> apply(service("b", 80)))
                    .isInstanceOfSatisfying(
                            StoreUnavailable.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.BUSY))
                    .hasMessageContaining(file(directory).toString());
            statement.execute("ROLLBACK");
        }
        assertThat(apply(service("b", 80)).revision()).isEqualTo(1);
    }

    @Test
    void recoversFromAFullDisk() {
        maxBytes = 120 << 10;
        reopen();
        apply(service("small", 80));

        assertThatThrownBy(() -> apply(large()))
                .isInstanceOfSatisfying(
                        StoreUnavailable.class, e -> assertThat(e.reason()).isEqualTo(Reason.FULL));

        assertThat(store.failure()).isEmpty();
        assertThat(store.documents().revision()).isEqualTo(1);
        assertThat(apply(service("small", 81)).revision()).isEqualTo(2);
        maxBytes = 64 << 20;
        reopen();
        assertThat(apply(large()).revision()).isEqualTo(3);
    }

    @Test
    void refusesADamagedFile() throws IOException {
        for (int i = 0; i < 50; i++) {
            apply(service("s" + i, 80));
        }
        store.close();
        try (FileChannel channel = FileChannel.open(file(directory), StandardOpenOption.WRITE)) {
            for (long at = 4_096; at < channel.size(); at += 4_096) {
                channel.write(ByteBuffer.wrap(new byte[512]), at);
            }
        }

        assertRefused("damaged");
        assertRefused("Put a backup in its place with 'outrigger store restore'");
    }

    @Test
    void refusesWhatIsNoDatabase() throws IOException {
        store.close();
        Files.writeString(
                file(directory), "not a database, but long enough to look at. ".repeat(99));

        assertRefused("damaged or no store of ours");
        assertRefused("Put a backup in its place with 'outrigger store restore'");
    }

    @Test
    void refusesAnotherProgramsDatabase() throws SQLException, IOException {
        store.close();
        Files.delete(file(directory));
        execute("CREATE TABLE theirs (a)");

        assertRefused("not one of Outrigger's");
    }

    @Test
    void refusesAStoreOfANewerVersion() throws SQLException {
        store.close();
        execute("PRAGMA user_version = 99");

        assertRefused("newer Outrigger");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE documents SET json = replace(json, ':80}', ':81}')",
                "UPDATE documents SET generation = 1",
                "DELETE FROM documents WHERE name = 'b'",
                "INSERT INTO documents SELECT kind, namespace, 'x', json, generation, 0 FROM"
                        + " documents LIMIT 1",
                "UPDATE revisions SET author = 'eve' WHERE number = 1",
                "UPDATE revisions SET time_millis = time_millis + 1 WHERE number = 2",
                "UPDATE changes SET after_json = replace(after_json, ':80}', ':81}')",
                "UPDATE changes SET before_json = '{}' WHERE revision = 2",
                "DELETE FROM changes WHERE revision = 1",
                "UPDATE revisions SET chain = '' WHERE number = 2",
                "PRAGMA foreign_keys = OFF; DELETE FROM revisions WHERE number = 1"
            })
    void refusesWhatSomebodyElseChanged(String sql) throws SQLException {
        apply(service("b", 80));
        apply(service("c", 80));
        store.close();
        for (String statement : sql.split(";")) {
            execute(statement);
        }

        assertRefused("was changed by somebody else");
        assertThat(StoreCopies.check(file(directory)).problem()).isPresent();
    }

    @Test
    void hashesTheRevisionsOfAnOldStore() throws SQLException {
        apply(service("b", 80));
        apply(service("b", 81));
        String head = StoreCopies.check(file(directory)).head();
        store.close();
        execute("DROP TABLE meta");
        execute("DROP INDEX documents_deleted");
        execute("DROP INDEX changes_by_document");
        execute("ALTER TABLE revisions DROP COLUMN chain");
        execute("PRAGMA user_version = 1");
        reopen();

        assertThat(StoreCopies.check(file(directory)).head()).isEqualTo(head).isNotEmpty();
    }

    @Test
    void copiesAndRestoresAStoreInUse() {
        apply(service("b", 80));
        Path backup = directory.resolve("backup.db");
        assertThat(StoreCopies.backup(file(directory), backup).revision()).isEqualTo(1);
        apply(service("b", 81));

        assertThatThrownBy(() -> StoreCopies.restore(backup, file(directory)))
                .isInstanceOf(StoreUnavailable.class)
                .hasMessageContaining("stop it");
        assertThatThrownBy(() -> StoreCopies.backup(file(directory), backup))
                .hasMessageContaining("never replaces");
        store.close();
        var former = StoreCopies.restore(backup, file(directory));
        reopen();

        assertThat(store.documents().revision()).isEqualTo(1);
        assertThat(former).hasValueSatisfying(path -> assertThat(path).isRegularFile());
        assertThat(apply(service("b", 82)).revision()).isEqualTo(2);
        assertThat(StoreCopies.documents(file(directory)))
                .singleElement()
                .asString()
                .contains("82");
    }

    @Test
    void anExportAppliedToAFreshStoreIsTheSameDocuments() {
        apply(
                service("b", 80)
                        + "---\n"
                        + service("c", 80).replace("{name: c}", "{name: c, namespace: x}"));
        apply(service("b", 81));
        List<String> exported = StoreCopies.documents(file(directory));
        store.close();
        directory = directory.resolve("fresh");
        open();

        Written imported = apply(String.join("\n---\n", exported));

        assertThat(imported.revision()).isEqualTo(1);
        assertThat(StoreCopies.documents(file(directory))).isEqualTo(exported).hasSize(2);
    }

    @Test
    void doesNotRestoreADamagedCopy() throws IOException {
        apply(service("b", 80));
        Path backup = directory.resolve("backup.db");
        StoreCopies.backup(file(directory), backup);
        try (FileChannel channel = FileChannel.open(backup, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[2_048]), 4_096);
        }
        store.close();

        assertThatThrownBy(() -> StoreCopies.restore(backup, file(directory)))
                .hasMessageContaining("cannot be restored");
        reopen();
        assertThat(store.documents().revision()).isEqualTo(1);
    }

    @Test
    void aDamagedStoreIsReplacedByItsBackup() throws IOException {
        apply(service("b", 80));
        Path backup = directory.resolve("backup.db");
        StoreCopies.backup(file(directory), backup);
        store.close();
        Files.writeString(file(directory), "no longer a database ".repeat(500));
        assertRefused("damaged or no store of ours");

        StoreCopies.restore(backup, file(directory));
        reopen();

        assertThat(store.documents().revision()).isEqualTo(1);
    }

    private void assertRefused(String message) {
        assertThatThrownBy(this::openAgain)
                .isInstanceOfSatisfying(
                        StoreUnavailable.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.DAMAGED))
                .hasMessageContaining(message)
                .hasMessageContaining("Nothing was changed")
                .hasMessageContaining(file(directory).toString());
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file(directory));
    }

    private static Path file(Path directory) {
        return directory.resolve("new").resolve("policies.db");
    }
}
