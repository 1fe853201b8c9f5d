// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store.sqlite;

import dev.outrigger.policy.store.StoreUnavailable;
import dev.outrigger.policy.store.StoreUnavailable.Reason;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sqlite.SQLiteConfig;

/** Looks at a store, copies it while it is in use, and puts a copy in its place. */
public final class StoreCopies {
    private StoreCopies() {}

    /**
     * What a store is.
     *
     * @param problem what is wrong with it, if anything
     * @param head the hash over all revisions
     */
    public record Report(
            long revision, long documents, long bytes, String head, Optional<String> problem) {}

    /** Reads every page, row and hash; a control plane may go on using the store. */
    public static Report check(Path file) {
        requireFile(file);
        try (Connection connection = readOnly(file)) {
            Optional<String> problem = problem(connection, file);
            if (problem.isPresent()) {
                return new Report(0, 0, size(file), "", problem);
            }
            return new Report(
                    number(connection, "SELECT coalesce(max(number), 0) FROM revisions"),
                    number(connection, "SELECT count(*) FROM documents WHERE deleted = 0"),
                    size(file),
                    new RevisionChain(connection).last(),
                    Optional.empty());
        } catch (SQLException e) {
            return new Report(0, 0, size(file), "", Optional.of(String.valueOf(e.getMessage())));
        }
    }

    /**
     * Copies a store as of one moment, checks the copy, and makes it durable. A control plane may
     * go on using the store.
     *
     * @param target must not exist
     */
    public static Report backup(Path file, Path target) {
        requireFile(file);
        if (Files.exists(target)) {
            throw new StoreUnavailable(
                    Reason.IO_ERROR, target + " exists: a backup never replaces anything.");
        }
        Path partial = target.resolveSibling(target.getFileName() + ".partial");
        try {
            Files.deleteIfExists(partial);
            Files.createFile(
                    partial,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            try (Connection connection = readOnly(file);
                    PreparedStatement vacuum = connection.prepareStatement("VACUUM INTO ?")) {
                vacuum.setString(1, partial.toString());
                vacuum.execute();
            }
            Report report = check(partial);
            if (report.problem().isPresent()) {
                throw new StoreUnavailable(
                        Reason.DAMAGED,
                        "The copy of " + file + " is not good: " + report.problem().get());
            }
            sync(partial);
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
            return report;
        } catch (SQLException e) {
            throw SqliteErrors.translate(e, file, "copying it");
        } catch (IOException e) {
            throw new StoreUnavailable(Reason.IO_ERROR, "Cannot write " + target + ": " + e, e);
        }
    }

    /**
     * Puts a checked copy in the place of a store that no control plane uses; the store that was
     * there is kept beside it.
     *
     * @return where the former store is now, if there was one
     */
    public static Optional<Path> restore(Path copy, Path file) {
        Report report = check(copy);
        if (report.problem().isPresent()) {
            throw new StoreUnavailable(
                    Reason.DAMAGED, copy + " cannot be restored: " + report.problem().get());
        }
        try (StoreFile ours = StoreFile.lockOnly(file)) {
            Path partial = ours.path().resolveSibling(ours.path().getFileName() + ".restoring");
            Files.copy(copy, partial, StandardCopyOption.REPLACE_EXISTING);
            Files.setPosixFilePermissions(partial, PosixFilePermissions.fromString("rw-------"));
            sync(partial);
            Optional<Path> former = setAside(ours.path());
            Files.move(partial, ours.path(), StandardCopyOption.ATOMIC_MOVE);
            return former;
        } catch (IOException e) {
            throw new StoreUnavailable(Reason.IO_ERROR, "Cannot restore " + file + ": " + e, e);
        }
    }

    /** Every document that is not deleted, as JSON, ordered by identity. */
    public static List<String> documents(Path file) {
        requireFile(file);
        try (Connection connection = readOnly(file);
                Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                "SELECT json FROM documents WHERE deleted = 0 ORDER BY kind,"
                                        + " namespace, name")) {
            var documents = new ArrayList<String>();
            while (rows.next()) {
                documents.add(rows.getString(1));
            }
            return documents;
        } catch (SQLException e) {
            throw SqliteErrors.translate(e, file, "reading it");
        }
    }

    /** With what belongs to it: without its log a damaged file may lose even more. */
    private static Optional<Path> setAside(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Path former = file.resolveSibling(file.getFileName() + ".former");
        for (int i = 1; Files.exists(former); i++) {
            former = file.resolveSibling(file.getFileName() + ".former-" + i);
        }
        for (String suffix : List.of("-wal", "-shm")) {
            Path part = file.resolveSibling(file.getFileName() + suffix);
            if (Files.exists(part)) {
                Files.move(part, former.resolveSibling(former.getFileName() + suffix));
            }
        }
        Files.move(file, former);
        return Optional.of(former);
    }

    static Optional<String> problem(Connection connection, Path file) throws SQLException {
        try {
            SqliteSchema.checkIntegrity(connection, file);
            SqliteSchema.requireCurrent(connection, file);
        } catch (StoreUnavailable e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
        return new RevisionChain(connection).verify().map(RevisionChain.Break::detail);
    }

    private static Connection readOnly(Path file) throws SQLException {
        var config = new SQLiteConfig();
        config.setReadOnly(true);
        config.setBusyTimeout(5_000);
        return config.createConnection("jdbc:sqlite:" + file.toAbsolutePath());
    }

    private static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    private static void requireFile(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new StoreUnavailable(Reason.IO_ERROR, "There is no store at " + file + ".");
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException _) {
            return 0;
        }
    }

    private static void sync(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }
}
