// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store.sqlite;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A hash over each revision and the hash before it: who changes, drops or swaps anything in the
 * log, or puts an older file in its place and goes on, breaks it from there on. Confined to whoever
 * holds the connection's lock.
 */
final class RevisionChain {
    /** What comes before the first revision. */
    static final String START = "";

    private final Connection connection;

    RevisionChain(Connection connection) {
        this.connection = connection;
    }

    /** Where the log, or what is derived from it, is not as it was written. */
    record Break(long revision, String detail) {}

    /** The hash of the last revision. */
    String last() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                "SELECT chain FROM revisions ORDER BY number DESC LIMIT 1")) {
            return rows.next() ? rows.getString(1) : START;
        }
    }

    /** Hashes a revision that is in the tables, and writes that down. */
    void append(long revision, String before) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE revisions SET chain = ? WHERE number = ?")) {
            update.setString(1, hash(revision, before));
            update.setLong(2, revision);
            update.executeUpdate();
        }
    }

    /** Hashes every revision of a store from before there was a chain. */
    void build() throws SQLException {
        var numbers = new ArrayList<Long>();
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT number FROM revisions ORDER BY number")) {
            while (rows.next()) {
                numbers.add(rows.getLong(1));
            }
        }
        String before = START;
        for (long revision : numbers) {
            append(revision, before);
            before = hash(revision, before);
        }
    }

    /** Reads the whole log; the first thing that is wrong with it. */
    Optional<Break> verify() throws SQLException {
        String before = START;
        long expected = 1;
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                "SELECT number, chain FROM revisions ORDER BY number")) {
            while (rows.next()) {
                long revision = rows.getLong(1);
                if (revision != expected) {
                    return Optional.of(new Break(expected, "revision " + expected + " is missing"));
                }
                String hash = hash(revision, before);
                if (!hash.equals(rows.getString(2))) {
                    return Optional.of(
                            new Break(
                                    revision,
                                    "revision " + revision + " is not as it was written"));
                }
                before = hash;
                expected++;
            }
        }
        return verifyDocuments();
    }

    /** The documents are what the last change of each left. */
    private Optional<Break> verifyDocuments() throws SQLException {
        String sql =
                """
                WITH latest AS (
                  SELECT c.kind, c.namespace, c.name, c.after_json, c.revision
                  FROM changes c
                  JOIN (SELECT kind, namespace, name, max(revision) AS revision FROM changes
                        GROUP BY kind, namespace, name) m
                  ON c.kind = m.kind AND c.namespace = m.namespace AND c.name = m.name
                     AND c.revision = m.revision)
                SELECT l.kind, l.namespace, l.name, l.revision
                FROM latest l LEFT JOIN documents d
                ON d.kind = l.kind AND d.namespace = l.namespace AND d.name = l.name
                WHERE (l.after_json IS NOT NULL AND
                       (d.json IS NULL OR d.json <> l.after_json OR d.generation <> l.revision))
                   OR (l.after_json IS NULL AND d.json IS NOT NULL)
                UNION ALL
                SELECT d.kind, d.namespace, d.name, d.generation FROM documents d
                WHERE NOT EXISTS (SELECT 1 FROM changes c WHERE c.kind = d.kind
                                  AND c.namespace = d.namespace AND c.name = d.name)
                LIMIT 1
                """;
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return rows.next()
                    ? Optional.of(
                            new Break(
                                    rows.getLong(4),
                                    rows.getString(1)
                                            + "/"
                                            + rows.getString(2)
                                            + "/"
                                            + rows.getString(3)
                                            + " is not what revision "
                                            + rows.getLong(4)
                                            + " made it"))
                    : Optional.empty();
        }
    }

    private String hash(long revision, String before) throws SQLException {
        MessageDigest digest = sha256();
        add(digest, before);
        try (PreparedStatement select =
                connection.prepareStatement(
                        "SELECT number, time_millis, author, message, source FROM revisions WHERE"
                                + " number = ?")) {
            select.setLong(1, revision);
            addRows(digest, select, 5);
        }
        try (PreparedStatement select =
                connection.prepareStatement(
                        "SELECT position, kind, namespace, name, action, before_json, after_json"
                                + " FROM changes WHERE revision = ? ORDER BY position")) {
            select.setLong(1, revision);
            addRows(digest, select, 7);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void addRows(MessageDigest digest, PreparedStatement select, int columns)
            throws SQLException {
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                for (int i = 1; i <= columns; i++) {
                    add(digest, rows.getString(i));
                }
            }
        }
    }

    /** With its length, so that no two rows of texts hash alike; an absent one is no empty one. */
    private static void add(MessageDigest digest, @Nullable String text) {
        byte[] bytes = text == null ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(4).putInt(text == null ? -1 : bytes.length).array());
        digest.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is in every JDK", e);
        }
    }
}
