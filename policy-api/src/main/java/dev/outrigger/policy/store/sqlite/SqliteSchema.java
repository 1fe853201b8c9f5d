// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store.sqlite;

import dev.outrigger.policy.store.StoreUnavailable;
import dev.outrigger.policy.store.StoreUnavailable.Reason;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import org.sqlite.SQLiteConfig;

/** The tables, their versions, and the settings without which an answer would not be durable. */
final class SqliteSchema {
    /** "OUTR": how the file says whose it is. */
    private static final int APPLICATION_ID = 0x4f555452;

    private static final int BUSY_TIMEOUT_MILLIS = 2_000;

    /** Item n brings a store from version n to n + 1; never changed once released. */
    private static final List<List<String>> MIGRATIONS =
            List.of(
                    List.of(
                            """
                            CREATE TABLE revisions (
                              number INTEGER PRIMARY KEY,
                              time_millis INTEGER NOT NULL,
                              author TEXT NOT NULL,
                              message TEXT NOT NULL,
                              source TEXT NOT NULL) STRICT
                            """,
                            """
                            CREATE TABLE changes (
                              revision INTEGER NOT NULL REFERENCES revisions (number),
                              position INTEGER NOT NULL,
                              kind TEXT NOT NULL,
                              namespace TEXT NOT NULL,
                              name TEXT NOT NULL,
                              action TEXT NOT NULL,
                              before_json TEXT,
                              after_json TEXT,
                              PRIMARY KEY (revision, position)) STRICT, WITHOUT ROWID
                            """,
                            """
                            CREATE TABLE documents (
                              kind TEXT NOT NULL,
                              namespace TEXT NOT NULL,
                              name TEXT NOT NULL,
                              json TEXT,
                              generation INTEGER NOT NULL REFERENCES revisions (number),
                              deleted INTEGER NOT NULL CHECK (deleted = (json IS NULL)),
                              PRIMARY KEY (kind, namespace, name)) STRICT, WITHOUT ROWID
                            """,
                            "CREATE INDEX documents_by_generation ON documents (generation)",
                            """
                            CREATE TABLE idempotency (
                              key TEXT PRIMARY KEY,
                              fingerprint TEXT NOT NULL,
                              time_millis INTEGER NOT NULL,
                              answer TEXT NOT NULL) STRICT, WITHOUT ROWID
                            """,
                            "CREATE INDEX idempotency_by_time ON idempotency (time_millis)"),
                    List.of(
                            """
                            CREATE TABLE meta (
                              name TEXT PRIMARY KEY,
                              value INTEGER NOT NULL) STRICT, WITHOUT ROWID
                            """,
                            """
                            CREATE INDEX documents_deleted ON documents (generation)
                              WHERE deleted = 1
                            """,
                            "CREATE INDEX changes_by_document ON changes (kind, namespace, name)",
                            "ALTER TABLE revisions ADD COLUMN chain TEXT NOT NULL DEFAULT ''"));

    /** The version whose step leaves the hashes of earlier revisions to be made. */
    private static final int CHAINED = 2;

    private SqliteSchema() {}

    /** Opens a connection with all settings, and makes sure that they took effect. */
    static Connection connect(Path file, long maxBytes) throws SQLException {
        var config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.enforceForeignKeys(true);
        config.setPragma(SQLiteConfig.Pragma.JOURNAL_SIZE_LIMIT, Integer.toString(16 << 20));
        Connection connection = config.createConnection("jdbc:sqlite:" + file);
        try {
            requirePragma(connection, file, "journal_mode", "wal");
            requirePragma(connection, file, "synchronous", "2");
            requirePragma(connection, file, "foreign_keys", "1");
            limitSize(connection, maxBytes);
        } catch (SQLException | StoreUnavailable e) {
            connection.close();
            throw e;
        }
        return connection;
    }

    /** Checks every page and every row; a damaged file is refused rather than half read. */
    static void checkIntegrity(Connection connection, Path file) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("PRAGMA integrity_check(3)")) {
            var problems = new StringBuilder();
            while (rows.next()) {
                problems.append(problems.isEmpty() ? "" : "; ").append(rows.getString(1));
            }
            if (!problems.toString().equals("ok")) {
                throw new StoreUnavailable(
                        Reason.DAMAGED,
                        "The store "
                                + file
                                + " is damaged: "
                                + problems
                                + ". Nothing was changed. "
                                + SqliteErrors.WAY_BACK);
            }
        }
    }

    /** Brings the tables to the newest version, in one transaction per step. */
    static void migrate(Connection connection, Path file) throws SQLException {
        int version = Integer.parseInt(pragma(connection, "user_version"));
        int application = Integer.parseInt(pragma(connection, "application_id"));
        boolean isEmpty = version == 0 && tableCount(connection) == 0;
        if (!isEmpty && application != APPLICATION_ID) {
            throw new StoreUnavailable(
                    Reason.DAMAGED,
                    file
                            + " is an SQLite database, but not one of Outrigger's. Nothing was"
                            + " changed. Name another file.");
        }
        if (version > MIGRATIONS.size()) {
            throw new StoreUnavailable(
                    Reason.DAMAGED,
                    "The store "
                            + file
                            + " has schema version "
                            + version
                            + ", written by a newer Outrigger (expected: at most "
                            + MIGRATIONS.size()
                            + "). Nothing was changed. Start that version, or put a backup of this"
                            + " one's in its place with 'outrigger store restore'.");
        }
        for (int step = version; step < MIGRATIONS.size(); step++) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("BEGIN IMMEDIATE");
                for (String sql : MIGRATIONS.get(step)) {
                    statement.execute(sql);
                }
                if (step + 1 == CHAINED) {
                    new RevisionChain(connection).build();
                }
                statement.execute("PRAGMA application_id = " + APPLICATION_ID);
                statement.execute("PRAGMA user_version = " + (step + 1));
                statement.execute("COMMIT");
            }
        }
    }

    /** For one who only looks: a store of ours, and of this version. */
    static void requireCurrent(Connection connection, Path file) throws SQLException {
        int version = Integer.parseInt(pragma(connection, "user_version"));
        int application = Integer.parseInt(pragma(connection, "application_id"));
        if (application != APPLICATION_ID || version != MIGRATIONS.size()) {
            throw new StoreUnavailable(
                    Reason.DAMAGED,
                    file
                            + (application != APPLICATION_ID
                                    ? " is not one of Outrigger's stores."
                                    : " has schema version "
                                            + version
                                            + " (expected: "
                                            + MIGRATIONS.size()
                                            + "): open it with a control plane of this version"
                                            + " first."));
        }
    }

    /** Beyond it SQLite answers as if the disk were full. */
    private static void limitSize(Connection connection, long maxBytes) throws SQLException {
        long pages = maxBytes / Long.parseLong(pragma(connection, "page_size"));
        pragma(connection, "max_page_count = " + pages);
    }

    private static int tableCount(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM sqlite_schema")) {
            return rows.next() ? rows.getInt(1) : 0;
        }
    }

    private static void requirePragma(
            Connection connection, Path file, String name, String expected) throws SQLException {
        String actual = pragma(connection, name);
        if (!actual.toLowerCase(Locale.ROOT).equals(expected)) {
            throw new StoreUnavailable(
                    Reason.IO_ERROR,
                    "The file system of the store "
                            + file
                            + " cannot keep acknowledged writes: "
                            + name
                            + " is "
                            + actual
                            + " (expected: "
                            + expected
                            + ").");
        }
    }

    private static String pragma(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("PRAGMA " + name)) {
            return rows.next() ? String.valueOf(rows.getString(1)) : "";
        }
    }
}
