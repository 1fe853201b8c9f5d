// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store.sqlite;

import dev.outrigger.policy.check.PolicyReader;
import dev.outrigger.policy.store.StoreFault;
import dev.outrigger.policy.store.StoreListener;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A disk under a store that fails when told to. What SQLite can be made to meet by itself, it
 * meets: a full and a read-only file. Failures of the device are put between it and the store, with
 * the codes it has for them.
 */
public final class FaultyDisk {
    // Extended result codes, https://www.sqlite.org/rescode.html
    private static final int IOERR_WRITE = 778;
    private static final int IOERR_FSYNC = 1_034;

    private volatile StoreFault fault = StoreFault.NONE;
    private volatile Optional<Connection> writes = Optional.empty();

    /** Opens a store on it; the one before must be closed. A new disk is whole. */
    public SqlitePolicyStore open(
            SqliteOptions options,
            PolicyReader reader,
            InstantSource clock,
            StoreListener listener) {
        fault = StoreFault.NONE;
        return SqlitePolicyStore.open(options, reader, clock, listener, this::wrap);
    }

    /** From now on, and until it is another one. */
    public void set(StoreFault next) {
        try (Statement statement = writes.orElseThrow().createStatement()) {
            statement.execute("PRAGMA query_only = " + (next == StoreFault.READ_ONLY));
            statement.execute(
                    "PRAGMA max_page_count = "
                            + (next == StoreFault.FULL ? pages(statement) : 1 << 20));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        fault = next;
    }

    private static int pages(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("PRAGMA page_count")) {
            return row.getInt(1);
        }
    }

    private Connection wrap(Connection connection) {
        writes = Optional.of(connection);
        return (Connection)
                Proxy.newProxyInstance(
                        Connection.class.getClassLoader(),
                        new Class<?>[] {Connection.class},
                        (_, method, arguments) -> {
                            boolean isWrite =
                                    method.getName().equals("prepareStatement")
                                            && String.valueOf(arguments[0]).startsWith("INSERT");
                            if (isWrite && fault == StoreFault.WRITE_FAILS) {
                                throw new SQLException("disk I/O error", "", IOERR_WRITE);
                            }
                            Object result = invoke(connection, method, arguments);
                            return method.getName().equals("createStatement")
                                            && result instanceof Statement statement
                                    ? wrap(statement)
                                    : result;
                        });
    }

    private Statement wrap(Statement statement) {
        return (Statement)
                Proxy.newProxyInstance(
                        Statement.class.getClassLoader(),
                        new Class<?>[] {Statement.class},
                        (_, method, arguments) -> {
                            boolean isCommit =
                                    method.getName().equals("execute")
                                            && "COMMIT".equals(arguments[0]);
                            if (isCommit && fault == StoreFault.SYNC_FAILS_AND_LOSES) {
                                statement.execute("ROLLBACK");
                                throw new SQLException("disk I/O error", "", IOERR_FSYNC);
                            }
                            Object result = invoke(statement, method, arguments);
                            if (isCommit && fault == StoreFault.SYNC_FAILS_AND_KEEPS) {
                                throw new SQLException("disk I/O error", "", IOERR_FSYNC);
                            }
                            return result;
                        });
    }

    private static @Nullable Object invoke(
            Object target, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
