// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store.sqlite;

import dev.outrigger.policy.model.DocumentSet;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.StoredDocument;
import dev.outrigger.policy.store.Decision;
import dev.outrigger.policy.store.Decision.Change;
import dev.outrigger.policy.store.DocumentOutcome;
import dev.outrigger.policy.store.PolicyWrites;
import dev.outrigger.policy.store.WriteContext;
import dev.outrigger.policy.store.WriteContext.IdempotencyKey;
import dev.outrigger.policy.store.WriteOutcome;
import dev.outrigger.policy.store.WriteOutcome.Written;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The statements of one write. Confined to whoever holds the store's write lock. */
final class SqliteWriter {
    private static final Duration KEEP_KEYS = Duration.ofHours(24);
    private static final int MAX_KEYS = 100_000;

    private final Connection connection;
    private final int maxTombstones;
    private final RevisionChain chain;

    SqliteWriter(Connection connection, int maxTombstones) {
        this.connection = connection;
        this.maxTombstones = maxTombstones;
        this.chain = new RevisionChain(connection);
    }

    /** What a commit leads to. */
    record Committed(Written written, DocumentSet documents) {}

    /** The answer to an earlier request with this key, or that the key is another request's. */
    Optional<WriteOutcome> findAnswer(IdempotencyKey key, Instant now) throws SQLException {
        String sql =
                "SELECT fingerprint, answer FROM idempotency WHERE key = ? AND time_millis > ?";
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            select.setString(1, key.key());
            select.setLong(2, now.minus(KEEP_KEYS).toEpochMilli());
            try (ResultSet row = select.executeQuery()) {
                if (!row.next()) {
                    return Optional.empty();
                }
                return Optional.of(
                        row.getString(1).equals(key.fingerprint())
                                ? WriteAnswers.read(row.getString(2))
                                : new WriteOutcome.KeyReused(key.key()));
            }
        }
    }

    /** Commits; when it returns, the write is durable. */
    Committed commit(WriteContext context, DocumentSet before, Decision.Commit decided, Instant now)
            throws SQLException {
        List<Change> changes = decided.changes();
        boolean changed = PolicyWrites.isChange(changes);
        long revision = changed ? before.revision() + 1 : before.revision();
        var outcomes =
                changes.stream()
                        .map(change -> PolicyWrites.outcome(change, before, revision))
                        .toList();
        var written = new Written(revision, changed, outcomes, decided.warnings(), false);
        if (!changed && context.key().isEmpty()) {
            return new Committed(written, before);
        }
        execute("BEGIN IMMEDIATE");
        try {
            if (changed) {
                String head = chain.last();
                insertRevision(context, revision, now);
                insertChanges(before, changes, outcomes, revision);
                chain.append(revision, head);
                forgetTombstones(changes);
            }
            if (context.key().isPresent()) {
                keepAnswer(context.key().get(), written, now);
            }
            execute("COMMIT");
        } catch (SQLException e) {
            rollBack(e);
            throw e;
        }
        return new Committed(written, changed ? PolicyWrites.after(before, changes) : before);
    }

    /** Transactions are begun by hand: the driver's own would leave one open after an error. */
    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void insertRevision(WriteContext context, long revision, Instant now)
            throws SQLException {
        String sql =
                "INSERT INTO revisions (number, time_millis, author, message, source) VALUES (?, ?, ?, ?,"
                        + " ?)";
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            insert.setLong(1, revision);
            insert.setLong(2, now.toEpochMilli());
            insert.setString(3, context.author());
            insert.setString(4, context.message());
            insert.setString(5, context.source().name());
            insert.executeUpdate();
        }
    }

    private void insertChanges(
            DocumentSet before, List<Change> changes, List<DocumentOutcome> outcomes, long revision)
            throws SQLException {
        String log = "INSERT INTO changes VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
        String put = "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?, ?)";
        try (PreparedStatement insertChange = connection.prepareStatement(log);
                PreparedStatement putDocument = connection.prepareStatement(put)) {
            for (int i = 0; i < changes.size(); i++) {
                Change change = changes.get(i);
                if (change instanceof Change.Keep) {
                    continue;
                }
                PolicyId id = change.id();
                String json = change instanceof Change.Put(var document) ? document.json() : null;
                insertChange.setLong(1, revision);
                insertChange.setInt(2, i);
                insertChange.setString(3, id.kind());
                insertChange.setString(4, id.namespace());
                insertChange.setString(5, id.name());
                insertChange.setString(6, outcomes.get(i).action().name());
                insertChange.setString(7, before.find(id).map(StoredDocument::json).orElse(null));
                insertChange.setString(8, json);
                insertChange.executeUpdate();
                putDocument.setString(1, id.kind());
                putDocument.setString(2, id.namespace());
                putDocument.setString(3, id.name());
                putDocument.setString(4, json);
                putDocument.setLong(5, revision);
                putDocument.setInt(6, json == null ? 1 : 0);
                putDocument.executeUpdate();
            }
        }
    }

    private void forgetTombstones(List<Change> changes) throws SQLException {
        if (changes.stream().noneMatch(change -> change instanceof Change.Delete)) {
            return;
        }
        String floor =
                "SELECT generation FROM documents WHERE deleted = 1 ORDER BY generation DESC LIMIT"
                        + " 1 OFFSET "
                        + maxTombstones;
        execute("INSERT OR REPLACE INTO meta SELECT 'feed_floor', generation FROM (" + floor + ")");
        execute("DELETE FROM documents WHERE deleted = 1 AND generation <= (" + floor + ")");
    }

    private void keepAnswer(IdempotencyKey key, Written written, Instant now) throws SQLException {
        try (PreparedStatement purge =
                        connection.prepareStatement(
                                "DELETE FROM idempotency WHERE time_millis <= ? OR key IN (SELECT"
                                        + " key FROM idempotency ORDER BY time_millis DESC LIMIT -1"
                                        + " OFFSET ?)");
                PreparedStatement insert =
                        connection.prepareStatement(
                                "INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?)")) {
            purge.setLong(1, now.minus(KEEP_KEYS).toEpochMilli());
            purge.setInt(2, MAX_KEYS);
            purge.executeUpdate();
            insert.setString(1, key.key());
            insert.setString(2, key.fingerprint());
            insert.setLong(3, now.toEpochMilli());
            insert.setString(4, WriteAnswers.write(written));
            insert.executeUpdate();
        }
    }

    /** SQLite may have rolled back by itself already; the first error is the one that counts. */
    private void rollBack(SQLException cause) {
        try {
            execute("ROLLBACK");
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }
}
