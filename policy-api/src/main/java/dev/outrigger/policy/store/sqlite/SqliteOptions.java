// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store.sqlite;

import java.nio.file.Path;

/**
 * Where the store is and how large it may become.
 *
 * @param file created if it does not exist, with its directory
 * @param maxBytes of the file with all revisions; writes beyond it are refused as on a full disk
 */
public record SqliteOptions(Path file, long maxBytes) {
    private static final long DEFAULT_MAX_BYTES = 4L << 30;

    /** At most 4 GiB. */
    public static SqliteOptions at(Path file) {
        return new SqliteOptions(file, DEFAULT_MAX_BYTES);
    }
}
