// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store.sqlite;

import dev.outrigger.policy.model.DocumentSet;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.StoredDocument;
import dev.outrigger.policy.store.Action;
import dev.outrigger.policy.store.FeedEntry;
import dev.outrigger.policy.store.Revision;
import dev.outrigger.policy.store.WriteContext.Source;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/** The statements that read. Confined to whoever holds the connection's lock. */
final class SqliteHistory {
    private final Connection connection;

    SqliteHistory(Connection connection) {
        this.connection = connection;
    }

    /** Everything that is not deleted. */
    DocumentSet documents(BiFunction<String, Long, StoredDocument> read) throws SQLException {
        var documents = new ArrayList<StoredDocument>();
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                "SELECT json, generation FROM documents WHERE deleted = 0")) {
            while (rows.next()) {
                documents.add(read.apply(rows.getString(1), rows.getLong(2)));
            }
        }
        return DocumentSet.of(lastRevision(), documents);
    }

    Optional<Revision> find(long number) throws SQLException {
        return select("WHERE number = ?", number, 1, Optional.empty()).stream().findFirst();
    }

    List<Revision> before(long number, int limit, Optional<PolicyId> document) throws SQLException {
        String where = "WHERE number < ?";
        return document.isEmpty()
                ? select(where, number, limit, document)
                : select(
                        where
                                + " AND number IN (SELECT revision FROM changes WHERE kind = ? AND"
                                + " namespace = ? AND name = ?)",
                        number,
                        limit,
                        document);
    }

    List<FeedEntry> feed(long afterRevision, int limit) throws SQLException {
        String sql =
                "SELECT kind, namespace, name, generation, json FROM documents WHERE generation > ?"
                        + " ORDER BY generation, kind, namespace, name LIMIT ?";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setLong(1, afterRevision);
            select.setInt(2, limit);
            var entries = new ArrayList<FeedEntry>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    entries.add(
                            new FeedEntry(
                                    id(rows, 1),
                                    rows.getLong(4),
                                    Optional.ofNullable(rows.getString(5))));
                }
            }
            return entries;
        }
    }

    /** Tombstones up to this revision were forgotten. */
    long feedFloor() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                "SELECT value FROM meta WHERE name = 'feed_floor'")) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    private long lastRevision() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT coalesce(max(number), 0) FROM revisions")) {
            return rows.next() ? rows.getLong(1) : 0;
        }
    }

    private List<Revision> select(String where, long number, int limit, Optional<PolicyId> document)
            throws SQLException {
        String sql =
                "SELECT number, time_millis, author, message, source FROM revisions "
                        + where
                        + " ORDER BY number DESC LIMIT ?";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            int parameter = 1;
            select.setLong(parameter++, number);
            if (document.isPresent()) {
                select.setString(parameter++, document.get().kind());
                select.setString(parameter++, document.get().namespace());
                select.setString(parameter++, document.get().name());
            }
            select.setInt(parameter, limit);
            var revisions = new ArrayList<Revision>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    revisions.add(
                            new Revision(
                                    rows.getLong(1),
                                    Instant.ofEpochMilli(rows.getLong(2)),
                                    rows.getString(3),
                                    rows.getString(4),
                                    Source.valueOf(rows.getString(5)),
                                    changes(rows.getLong(1))));
                }
            }
            return revisions;
        }
    }

    private List<Revision.Change> changes(long revision) throws SQLException {
        String sql =
                "SELECT kind, namespace, name, action, before_json, after_json FROM changes WHERE"
                        + " revision = ? ORDER BY position";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setLong(1, revision);
            var changes = new ArrayList<Revision.Change>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    changes.add(
                            new Revision.Change(
                                    id(rows, 1),
                                    Action.valueOf(rows.getString(4)),
                                    Optional.ofNullable(rows.getString(5)),
                                    Optional.ofNullable(rows.getString(6))));
                }
            }
            return changes;
        }
    }

    private static PolicyId id(ResultSet rows, int first) throws SQLException {
        return new PolicyId(
                rows.getString(first), rows.getString(first + 1), rows.getString(first + 2));
    }
}
