// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrigger.policy.check.PolicyReader;
import dev.outrigger.policy.store.StoreUnavailable.Reason;
import dev.outrigger.policy.store.sqlite.SqliteOptions;
import dev.outrigger.policy.store.sqlite.SqlitePolicyStore;
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
import org.junit.jupiter.api.Test;

class SqlitePolicyStoreTest extends PolicyStoreContract {
    private long maxBytes = 64 << 20;

    @Override
    protected PolicyStore open(Path directory, PolicyReader reader, InstantSource clock) {
        return SqlitePolicyStore.open(
                new SqliteOptions(file(directory), maxBytes), reader, clock, StoreListener.NONE);
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
        store().close();
        Files.setPosixFilePermissions(
                file(directory), PosixFilePermissions.fromString("rw-rw-r--"));
        reopen();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(directory))))
                .isEqualTo("rw-------");
    }

    @Test
    void refusesASecondOpenerNamingTheFile() {
        assertThatThrownBy(() -> open(directory, PolicyReader.standard(), InstantSource.system()))
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

        assertThat(store().failure()).isEmpty();
        assertThat(store().documents().revision()).isEqualTo(1);
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
        store().close();
        try (FileChannel channel = FileChannel.open(file(directory), StandardOpenOption.WRITE)) {
            for (long at = 4_096; at < channel.size(); at += 4_096) {
                channel.write(ByteBuffer.wrap(new byte[512]), at);
            }
        }

        assertRefused("damaged");
    }

    @Test
    void refusesWhatIsNoDatabase() throws IOException {
        store().close();
        Files.writeString(
                file(directory), "not a database, but long enough to look at. ".repeat(99));

        assertRefused("damaged or no store of ours");
    }

    @Test
    void refusesAnotherProgramsDatabase() throws SQLException, IOException {
        store().close();
        Files.delete(file(directory));
        execute("CREATE TABLE theirs (a)");

        assertRefused("not one of Outrigger's");
    }

    @Test
    void refusesAStoreOfANewerVersion() throws SQLException {
        store().close();
        execute("PRAGMA user_version = 99");

        assertRefused("newer Outrigger");
    }

    @Test
    void refusesADocumentItWouldNotAccept() throws SQLException {
        apply(service("b", 80));
        store().close();
        execute("UPDATE documents SET json = replace(json, ':80}', ':0}')");

        assertRefused("#/spec/ports/0/port: 0 is out of range");
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> open(directory, PolicyReader.standard(), InstantSource.system()))
                .isInstanceOfSatisfying(
                        StoreUnavailable.class,
                        e -> assertThat(e.reason()).isEqualTo(Reason.DAMAGED))
                .hasMessageContaining(message)
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

    private static String large() {
        var text = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            text.append(service("large" + i, 80)).append("---\n");
        }
        return text.toString();
    }

    private static Path file(Path directory) {
        return directory.resolve("new").resolve("policies.db");
    }
}
