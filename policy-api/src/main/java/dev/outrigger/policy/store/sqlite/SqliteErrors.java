// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store.sqlite;

import dev.outrigger.policy.store.StoreUnavailable;
import dev.outrigger.policy.store.StoreUnavailable.Reason;
import java.nio.file.Path;
import java.sql.SQLException;

/** What SQLite's result codes mean to the users of the store. */
final class SqliteErrors {
    // Primary result codes, https://www.sqlite.org/rescode.html
    private static final int BUSY = 5;
    private static final int LOCKED = 6;
    private static final int READONLY = 8;
    private static final int CORRUPT = 11;
    private static final int FULL = 13;
    private static final int CANTOPEN = 14;
    private static final int NOTADB = 26;

    /** What whoever reads that a store is damaged does next. */
    static final String WAY_BACK =
            "Put a backup in its place with 'outrigger store restore'; what was there is kept"
                    + " beside it.";

    private SqliteErrors() {}

    static StoreUnavailable translate(SQLException e, Path file, String doing) {
        String where = " (file " + file + ", while " + doing + ": " + e.getMessage() + ")";
        return switch (e.getErrorCode() & 0xff) {
            case BUSY, LOCKED ->
                    new StoreUnavailable(Reason.BUSY, "Another process holds the store" + where, e);
            case FULL ->
                    new StoreUnavailable(
                            Reason.FULL, "The disk that holds the store is full" + where, e);
            case READONLY ->
                    new StoreUnavailable(Reason.READ_ONLY, "The store is read-only" + where, e);
            case CORRUPT, NOTADB ->
                    new StoreUnavailable(
                            Reason.DAMAGED,
                            "The store is damaged or no store of ours"
                                    + where
                                    + ". Nothing was changed now. "
                                    + WAY_BACK,
                            e);
            case CANTOPEN ->
                    new StoreUnavailable(Reason.IO_ERROR, "The store cannot be opened" + where, e);
            default -> new StoreUnavailable(Reason.IO_ERROR, "The store failed" + where, e);
        };
    }
}
