// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.benchmarks.machine;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Only one run on a machine at a time; the lock goes with the process, however it ends. */
public final class RunLock implements Closeable {

    private static final Path FILE =
            Path.of(System.getProperty("java.io.tmpdir"), "outrigger-benchmarks.lock");

    private final FileChannel channel;

    private RunLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Takes the lock, or nothing when another run holds it. */
    public static Optional<RunLock> tryTake() throws IOException {
        var channel = FileChannel.open(FILE, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock();
        if (lock == null) {
            channel.close();
            return Optional.empty();
        }
        return Optional.of(new RunLock(channel));
    }

    /** The file the lock is on, for messages. */
    public static Path file() {
        return FILE;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
