// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store.sqlite;

import java.nio.file.Path;

/**
 * Where the store is and how large it may become.
 *
 * @param file created if it does not exist, with its directory
 * @param maxBytes of the file with all revisions; writes beyond it are refused as on a full disk
 * @param maxTombstones deleted documents that a reader of the feed can still hear of; a few bytes
 *     each
 */
public record SqliteOptions(Path file, long maxBytes, int maxTombstones) {
    private static final long DEFAULT_MAX_BYTES = 4L << 30;
    private static final int DEFAULT_MAX_TOMBSTONES = 10_000;

    public SqliteOptions {
        if (maxTombstones < 1) {
            throw new IllegalArgumentException(
                    "maxTombstones: " + maxTombstones + " (expected: 1 or more)");
        }
    }

    /** At most 4 GiB, and 10,000 deletions. */
    public static SqliteOptions at(Path file) {
        return new SqliteOptions(file, DEFAULT_MAX_BYTES, DEFAULT_MAX_TOMBSTONES);
    }

    public SqliteOptions withMaxBytes(long bytes) {
        return new SqliteOptions(file, bytes, maxTombstones);
    }

    public SqliteOptions withMaxTombstones(int count) {
        return new SqliteOptions(file, maxBytes, count);
    }
}
