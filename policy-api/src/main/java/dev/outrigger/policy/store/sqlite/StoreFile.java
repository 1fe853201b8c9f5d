// SPDX-License-Identifier: Apache-2.0
package dev.outrigger.policy.store.sqlite;

import dev.outrigger.policy.store.StoreUnavailable;
import dev.outrigger.policy.store.StoreUnavailable.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store's file as this process's own: readable by its user only, and locked through a file
 * beside it, so that a second control plane is told at once instead of failing at its first write.
 */
final class StoreFile implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StoreFile.class);
    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> OWNER_ONLY_DIRECTORY =
            PosixFilePermissions.fromString("rwx------");

    private final Path path;
    private final FileChannel lockChannel;

    private StoreFile(Path path, FileChannel lockChannel) {
        this.path = path;
        this.lockChannel = lockChannel;
    }

    static StoreFile open(Path file) {
        Path path = file.toAbsolutePath().normalize();
        try {
            Path directory = path.getParent();
            if (directory != null && !Files.isDirectory(directory)) {
                Files.createDirectories(
                        directory, PosixFilePermissions.asFileAttribute(OWNER_ONLY_DIRECTORY));
            }
            FileChannel lockChannel = lock(path);
            try {
                restrict(path);
            } catch (IOException e) {
                lockChannel.close();
                throw e;
            }
            return new StoreFile(path, lockChannel);
        } catch (IOException e) {
            throw new StoreUnavailable(
                    Reason.IO_ERROR, "The store " + path + " cannot be opened: " + e, e);
        }
    }

    /** The lock alone; the file may be missing, or be damaged. */
    static StoreFile lockOnly(Path file) {
        Path path = file.toAbsolutePath().normalize();
        try {
            Path directory = path.getParent();
            if (directory != null && !Files.isDirectory(directory)) {
                Files.createDirectories(
                        directory, PosixFilePermissions.asFileAttribute(OWNER_ONLY_DIRECTORY));
            }
            return new StoreFile(path, lock(path));
        } catch (IOException e) {
            throw new StoreUnavailable(
                    Reason.IO_ERROR, "The store " + path + " cannot be locked: " + e, e);
        }
    }

    Path path() {
        return path;
    }

    /** Gives the lock back. The lock file stays: removing it would race with another opener. */
    @Override
    public void close() {
        try {
            lockChannel.close();
        } catch (IOException e) {
            log.warn("cannot close the lock of the store file={}", path, e);
        }
    }

    private static FileChannel lock(Path path) throws IOException {
        Path lockPath = path.resolveSibling(path.getFileName() + ".lock");
        create(lockPath);
        FileChannel channel =
                FileChannel.open(lockPath, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean isOurs = false;
        try {
            isOurs = tryLock(channel) != null;
            if (!isOurs) {
                throw new StoreUnavailable(
                        Reason.BUSY,
                        "Another control plane ("
                                + readHolder(channel)
                                + ") uses the store "
                                + path
                                + ": stop it or choose another file.");
            }
            channel.truncate(0);
            channel.write(
                    ByteBuffer.wrap(
                            ("pid " + ProcessHandle.current().pid())
                                    .getBytes(StandardCharsets.US_ASCII)));
            return channel;
        } finally {
            if (!isOurs) {
                channel.close();
            }
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException _) {
            return null;
        }
    }

    private static String readHolder(FileChannel channel) throws IOException {
        var buffer = ByteBuffer.allocate(32);
        channel.read(buffer, 0);
        String holder = new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII);
        return holder.matches("pid [0-9]+") ? holder : "pid unknown";
    }

    /** Before SQLite opens it, whose other files take over the permissions of this one. */
    private static void restrict(Path path) throws IOException {
        if (create(path)) {
            return;
        }
        var permissions = Files.getPosixFilePermissions(path);
        if (!OWNER_ONLY.containsAll(permissions)) {
            log.warn(
                    "the store was accessible to other users, restricting it file={} mode={}",
                    path,
                    PosixFilePermissions.toString(permissions));
            Files.setPosixFilePermissions(path, OWNER_ONLY);
        }
    }

    private static boolean create(Path path) throws IOException {
        if (Files.exists(path)) {
            return false;
        }
        Files.createFile(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        return true;
    }
}
