// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store;

import dev.outrigger.policy.check.PolicyReader;
import dev.outrigger.policy.store.sqlite.FaultyDisk;
import dev.outrigger.policy.store.sqlite.SqliteOptions;
import java.nio.file.Path;
import java.time.InstantSource;

class SqliteFaultsTest extends StoreFaultsContract {
    private final FaultyDisk disk = new FaultyDisk();

    @Override
    protected PolicyStore open(
            Path directory, PolicyReader reader, InstantSource clock, int maxDeletions) {
        return disk.open(
                SqliteOptions.at(directory.resolve("policies.db")).withMaxTombstones(maxDeletions),
                reader,
                clock,
                StoreListener.NONE);
    }

    @Override
    protected void fail(StoreFault fault) {
        disk.set(fault);
    }
}
