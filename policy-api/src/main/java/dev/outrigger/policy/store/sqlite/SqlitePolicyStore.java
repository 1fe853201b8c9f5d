// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store.sqlite;

import dev.outrigger.policy.check.PolicyReader;
import dev.outrigger.policy.model.DocumentSet;
import dev.outrigger.policy.model.PolicyId;
import dev.outrigger.policy.model.PolicySet;
import dev.outrigger.policy.model.StoredDocument;
import dev.outrigger.policy.store.ChangeNotifier;
import dev.outrigger.policy.store.Decision;
import dev.outrigger.policy.store.FeedEntry;
import dev.outrigger.policy.store.PolicyStore;
import dev.outrigger.policy.store.Revision;
import dev.outrigger.policy.store.StoreListener;
import dev.outrigger.policy.store.StoreUnavailable;
import dev.outrigger.policy.store.StoreUnavailable.Reason;
import dev.outrigger.policy.store.WriteContext;
import dev.outrigger.policy.store.WriteOutcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store in one SQLite file. WAL with {@code synchronous=FULL}: one sync per commit, and an
 * acknowledged write survives a power cut. The current documents are also held in memory, so
 * reading them neither waits for a writer nor touches the file.
 */
public final class SqlitePolicyStore implements PolicyStore {
    private static final Logger log = LoggerFactory.getLogger(SqlitePolicyStore.class);
    private static final Duration MAX_WAIT = Duration.ofSeconds(10);

    private final StoreFile file;
    private final Connection writeConnection;
    private final Connection readConnection;
    private final SqliteWriter writer;
    private final SqliteHistory history;
    private final InstantSource clock;
    private final StoreListener listener;
    private final ChangeNotifier notifier;
    private final ReentrantLock writeLock = new ReentrantLock();
    private final ReentrantLock readLock = new ReentrantLock();
    private volatile DocumentSet current;
    private volatile @Nullable StoreUnavailable failure;

    private SqlitePolicyStore(
            StoreFile file,
            SqliteWriter writer,
            Connection writeConnection,
            Connection readConnection,
            DocumentSet documents,
            InstantSource clock,
            StoreListener listener) {
        this.file = file;
        this.writeConnection = writeConnection;
        this.readConnection = readConnection;
        this.writer = writer;
        this.history = new SqliteHistory(readConnection);
        this.current = documents;
        this.clock = clock;
        this.listener = listener;
        this.notifier = ChangeNotifier.start(this::current);
    }

    /**
     * Opens a store, creating it if there is none.
     *
     * @param reader reads the stored documents; a document it refuses makes opening fail
     * @throws StoreUnavailable naming the file, when it is another process's, damaged, or on a file
     *     system that does not keep what it acknowledges
     */
    public static SqlitePolicyStore open(
            SqliteOptions options,
            PolicyReader reader,
            InstantSource clock,
            StoreListener listener) {
        return open(options, reader, clock, listener, connection -> connection);
    }

    /**
     * @param writes what stands between the store and the connection it writes through: tests let
     *     disks fail there
     */
    static SqlitePolicyStore open(
            SqliteOptions options,
            PolicyReader reader,
            InstantSource clock,
            StoreListener listener,
            UnaryOperator<Connection> writes) {
        StoreFile file = StoreFile.open(options.file());
        Connection write = null;
        Connection read = null;
        try {
            write = SqliteSchema.connect(file.path(), options.maxBytes());
            SqliteSchema.checkIntegrity(write, file.path());
            SqliteSchema.migrate(write, file.path());
            requireChain(write, file);
            read = SqliteSchema.connect(file.path(), options.maxBytes());
            DocumentSet documents =
                    new SqliteHistory(read)
                            .documents((json, generation) -> load(reader, json, generation, file));
            log.info(
                    "store opened file={} revision={} documents={}",
                    file.path(),
                    documents.revision(),
                    documents.size());
            var writer = new SqliteWriter(writes.apply(write), options.maxTombstones());
            return new SqlitePolicyStore(file, writer, write, read, documents, clock, listener);
        } catch (SQLException e) {
            closeAll(write, read, file);
            throw SqliteErrors.translate(e, file.path(), "opening it");
        } catch (RuntimeException e) {
            closeAll(write, read, file);
            throw e;
        }
    }

    @Override
    public PolicySet current() {
        return current.policies();
    }

    @Override
    public DocumentSet documents() {
        return current;
    }

    @Override
    public Registration onChange(Consumer<PolicySet> changeListener) {
        return notifier.register(changeListener);
    }

    @Override
    public WriteOutcome write(WriteContext context, Function<DocumentSet, Decision> decide) {
        acquire(writeLock);
        long start = System.nanoTime();
        try {
            requireUsable();
            var now = clock.instant();
            if (context.key().isPresent()) {
                var answer = writer.findAnswer(context.key().get(), now);
                if (answer.isPresent()) {
                    return answer.get();
                }
            }
            return switch (decide.apply(current)) {
                case Decision.Refuse(var reason) -> reason;
                case Decision.Commit decided -> {
                    var committed = writer.commit(context, current, decided, now);
                    if (committed.written().changed()) {
                        current = committed.documents();
                        notifier.signal();
                        listener.committed(Duration.ofNanos(System.nanoTime() - start));
                    }
                    yield committed.written();
                }
            };
        } catch (SQLException e) {
            throw fail(e, "writing");
        } finally {
            writeLock.unlock();
        }
    }

    @Override
    public Optional<Revision> findRevision(long number) {
        return read(() -> history.find(number));
    }

    @Override
    public List<Revision> revisions(long before, int limit, Optional<PolicyId> document) {
        return read(() -> history.before(before, limit, document));
    }

    @Override
    public List<FeedEntry> feed(long afterRevision, int limit) {
        return read(() -> history.feed(afterRevision, limit));
    }

    @Override
    public long feedFloor() {
        return read(history::feedFloor);
    }

    @Override
    public Optional<StoreUnavailable> failure() {
        return Optional.ofNullable(failure);
    }

    @Override
    public void close() {
        notifier.close();
        writeLock.lock();
        readLock.lock();
        try {
            StoreUnavailable known = failure;
            if (known != null && known.reason() == Reason.CLOSED) {
                return;
            }
            failure = new StoreUnavailable(Reason.CLOSED, "The store is closed.");
            closeAll(writeConnection, readConnection, file);
        } finally {
            readLock.unlock();
            writeLock.unlock();
        }
    }

    private interface SqlSupplier<T> {
        T get() throws SQLException;
    }

    private <T> T read(SqlSupplier<T> query) {
        acquire(readLock);
        try {
            StoreUnavailable known = failure;
            if (known != null && known.reason() == Reason.CLOSED) {
                throw new StoreUnavailable(Reason.CLOSED, "The store is closed.");
            }
            return query.get();
        } catch (SQLException e) {
            throw SqliteErrors.translate(e, file.path(), "reading");
        } finally {
            readLock.unlock();
        }
    }

    /** Waits for its turn, but not for ever: a stuck disk must not collect all requests. */
    private void acquire(ReentrantLock lock) {
        try {
            if (!lock.tryLock(MAX_WAIT.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new StoreUnavailable(
                        Reason.BUSY,
                        "The store "
                                + file.path()
                                + " was busy for "
                                + MAX_WAIT.toSeconds()
                                + " s.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreUnavailable(Reason.BUSY, "Interrupted while waiting for the store.", e);
        }
    }

    private void requireUsable() {
        StoreUnavailable known = failure;
        if (known != null) {
            throw new StoreUnavailable(
                    known.reason(),
                    "The store takes no writes since an earlier failure: " + known.getMessage(),
                    known);
        }
    }

    private StoreUnavailable fail(SQLException e, String doing) {
        StoreUnavailable translated = SqliteErrors.translate(e, file.path(), doing);
        switch (translated.reason()) {
            case BUSY, FULL, READ_ONLY, CLOSED -> {}
            case IO_ERROR, DAMAGED -> {
                // After a failed sync the kernel may have dropped the pages, and a second sync that
                // succeeds proves nothing: only opening anew tells what is on the disk.
                failure = translated;
                log.error("store failed, taking no more writes file={}", file.path(), e);
            }
        }
        listener.failed(translated.reason());
        return translated;
    }

    private static void requireChain(Connection connection, StoreFile file) throws SQLException {
        var broken = new RevisionChain(connection).verify();
        if (broken.isPresent()) {
            throw new StoreUnavailable(
                    Reason.DAMAGED,
                    "The store "
                            + file.path()
                            + " was changed by somebody else: "
                            + broken.get().detail()
                            + ". Nothing was changed now. "
                            + SqliteErrors.WAY_BACK);
        }
    }

    private static StoredDocument load(
            PolicyReader reader, String json, long generation, StoreFile file) {
        try {
            return reader.stored(json, generation);
        } catch (IllegalArgumentException e) {
            throw new StoreUnavailable(
                    Reason.DAMAGED,
                    "The store "
                            + file.path()
                            + " has a document this version does not accept: "
                            + e.getMessage()
                            + " ("
                            + json.substring(0, Math.min(120, json.length()))
                            + "). Nothing was changed. Start the version that wrote it, or put a"
                            + " backup in its place with 'outrigger store restore'.",
                    e);
        }
    }

    private static void closeAll(
            @Nullable Connection write, @Nullable Connection read, StoreFile file) {
        for (Connection connection : new @Nullable Connection[] {read, write}) {
            if (connection == null) {
                continue;
            }
            try {
                connection.close();
            } catch (SQLException e) {
                log.warn("cannot close the store file={}", file.path(), e);
            }
        }
        file.close();
    }
}
