// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.dataplane.accesslog;

import dev.outrigger.dataplane.telemetry.StatsShard;
import dev.outrigger.dataplane.telemetry.StatsStore;
import dev.outrigger.dataplane.telemetry.StatsStore.Counter;
import dev.outrigger.dataplane.telemetry.StatsStore.Gauge;

/**
 * {@code filesystem.*} under Envoy's names: what happens to the lines of access logs. Workers count
 * what they buffer, the writing thread what it writes.
 */
final class FileStats {
    private final StatsShard writer;
    private final Counter writeBuffered;
    private final Counter writeCompleted;
    private final Counter writeFailed;
    private final Counter flushedByTimer;
    private final Counter reopenFailed;
    private final Gauge writeTotalBuffered;

    FileStats(StatsStore store) {
        writer = store.writerShard();
        writeBuffered = store.counter("filesystem.write_buffered");
        writeCompleted = store.counter("filesystem.write_completed");
        writeFailed = store.counter("filesystem.write_failed");
        flushedByTimer = store.counter("filesystem.flushed_by_timer");
        reopenFailed = store.counter("filesystem.reopen_failed");
        writeTotalBuffered = store.gauge("filesystem.write_total_buffered");
    }

    /** A worker has a line more. */
    void onBuffered(StatsShard worker, int bytes) {
        worker.inc(writeBuffered);
        worker.add(writeTotalBuffered, bytes);
    }

    /** A worker hands a buffer over because its time has come. */
    void onFlushedByTimer(StatsShard worker) {
        worker.inc(flushedByTimer);
    }

    void onWritten(int bytes) {
        writer.inc(writeCompleted);
        writer.add(writeTotalBuffered, -bytes);
    }

    void onFailed(int bytes) {
        writer.inc(writeFailed);
        writer.add(writeTotalBuffered, -bytes);
    }

    void onDropped(int bytes) {
        writer.add(writeTotalBuffered, -bytes);
    }

    void onReopenFailed() {
        writer.inc(reopenFailed);
    }
}
